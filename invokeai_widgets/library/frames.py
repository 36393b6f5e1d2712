"""The models as a pandas DataFrame."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.library import columns
from invokeai_widgets.library.series import MAKERS

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelRecord

#: A whole path of some system: the server may run on another one than we do.
_ABSOLUTE = re.compile(r"/|\\\\|.:[/\\]", re.DOTALL).match
#: A text without all of these, in lower case, holds no user, no query and no token of a header.
_MARKS = ("@", "?", "&", "bearer", "basic")


def frame_of(records: Iterable[ModelRecord], *, missing: Collection[str] = frozenset()) -> pd.DataFrame:
    """The records as a frame, in their order, indexed by key, with the columns of `library.columns`.

    `missing`: the keys whose files the server does not find; no record says so itself.
    """
    models = list(records)
    fields: dict[str, list[Any]] = {  # one comprehension each: twice as fast as by the names
        "name": [m.name for m in models],
        "type": [m.type for m in models],
        "base": [m.base for m in models],
        "format": [m.format for m in models],
        "variant": [m.variant for m in models],
        "size": [m.file_size for m in models],
        "hash": [m.hash for m in models],
        "path": [m.path for m in models],
        "source": _shown_sources([m.source for m in models]),
        "source_type": [m.source_type for m in models],
        "description": [m.description for m in models],
        "trigger_phrases": [_phrases(m.trigger_phrases) for m in models],
        "default_settings": [m.default_settings for m in models],
        "cover": [m.cover_image is not None for m in models],
    }
    keys = [m.key for m in models]
    fields["in_place"] = [_ABSOLUTE(path) is not None for path in fields["path"]]
    fields["missing"] = [key in missing for key in keys] if missing else [False] * len(keys)
    return assemble(keys, {name: fields[name] for name in columns.NAMES})


def _phrases(phrases: list[str] | None) -> tuple[str, ...] | None:
    return None if phrases is None else tuple(sorted(phrases))


def _shown_sources(sources: list[str]) -> list[str]:
    """The sources without passwords and tokens. Most often no source of all could hold any."""
    if not _may_hold_secret("\0".join(sources)):
        return sources
    return [redact_text(source) if _may_hold_secret(source) else source for source in sources]


def _may_hold_secret(text: str) -> bool:
    lower = text.lower()
    return any(mark in lower for mark in _MARKS)


def assemble(keys: Iterable[Any], fields: dict[str, Any]) -> pd.DataFrame:
    """The frame of these columns, each a list of plain values."""
    data = {name: MAKERS[columns.BY_NAME[name].kind](values) for name, values in fields.items()}
    frame: pd.DataFrame = pd.DataFrame(
        data, index=pd.Index(list(keys), dtype="object", name="key"), copy=False
    )
    return frame
