"""The calls about models that the user linked to each other."""

from __future__ import annotations

from urllib.parse import quote

from . import readers
from .call import Call, key_path

_PATH = "api/v1/model_relationships/"


def related(key: str) -> Call[list[str]]:
    key_path(key)
    return Call(
        f"list the models linked to {key}", "GET", f"{_PATH}i/{quote(key, safe='')}", readers.key_list
    )


def link(key: str, other: str) -> Call[None]:
    return Call(f"link {key} and {other}", "POST", _PATH, readers.nothing, body=_pair(key, other))


def unlink(key: str, other: str) -> Call[None]:
    return Call(f"unlink {key} and {other}", "DELETE", _PATH, readers.nothing, body=_pair(key, other))


def _pair(key: str, other: str) -> dict[str, str]:
    for each in (key, other):
        key_path(each)
    return {"model_key_1": key, "model_key_2": other}
