"""Models as InvokeAI records them."""

from __future__ import annotations

from operator import attrgetter
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import msgspec

from invokeai_widgets.client.secrets import redact_text

from .base import Wire, beyond


class ModelRecord(Wire, frozen=True, kw_only=True, gc=False, eq=False):
    """A model in InvokeAI's database (`GET /api/v2/models/i/{key}`).

    What the server sends beyond the fields below is kept in `model_extra`: `repo_variant`, `prediction_type`,
    `config_path`, `cpu_only` and others, depending on the class of model. A field that the server does not
    send has the default given here. Two records are equal if they agree in all but the tag of the cover
    image, which is new in every answer, and the order of the trigger phrases, which the server does not keep.

    Attributes:
        key: The identity; changes only when the model is converted.
        hash: Of the file's content, e.g. `"blake3:..."`. Not unique.
        path: Absolute on the server for a model used in place, else relative to the server's models folder.
        file_size: In bytes.
        source: Where it came from: a path, a URL or a repository. May hold a token; show `display_source`.
        source_type: `path`, `url`, `hf_repo_id` or `external`.
        cover_image: The address of the cover relative to the server's root, or None if there is none.
        type, base, format: InvokeAI's words, e.g. `lora`, `sdxl`, `lycoris`; `unknown` if not identified.
        trigger_phrases: A set, in no order.
        default_settings: The class of model determines which.
    """

    key: str = ""
    hash: str = ""
    path: str = ""
    file_size: int | None = None
    name: str = ""
    description: str | None = None
    source: str = ""
    source_type: str | None = None
    source_url: str | None = None
    cover_image: str | None = None
    type: str = "unknown"
    base: str = "unknown"
    format: str = "unknown"
    variant: str | None = None
    trigger_phrases: list[str] | None = None
    default_settings: dict[str, Any] | None = None

    @property
    def in_place(self) -> bool:
        """Whether the file lies where the user put it, outside of InvokeAI's models folder."""
        return PurePosixPath(self.path).is_absolute() or PureWindowsPath(self.path).is_absolute()

    @property
    def is_unknown(self) -> bool:
        """Whether InvokeAI could not tell what kind of model it is."""
        return self.type == "unknown"

    @property
    def display_source(self) -> str:
        """The source without passwords and tokens."""
        return redact_text(self.source)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelRecord) or _comparable(self) != _comparable(other):
            return False
        return _same_bytes(self, other) or beyond(self) == beyond(other)

    def __hash__(self) -> int:
        return hash((self.key, self.hash))

    def _shown(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _SHOWN}


_SHOWN = ("key", "name", "type", "base", "format", "file_size")
#: All fields but those of which the server changes how they look.
_STABLE = tuple({*ModelRecord.__struct_fields__} - {"sent_", "cover_image", "trigger_phrases"})
_stable = attrgetter(*_STABLE)


def _comparable(record: ModelRecord) -> tuple[Any, ...]:
    phrases = record.trigger_phrases
    cover = (record.cover_image or "").partition("?")[0]
    return cover, None if phrases is None else frozenset(phrases), _stable(record)


def _same_bytes(one: ModelRecord, other: ModelRecord) -> bool:
    """Whether the server sent the very same but for the tag of the cover: no need to look into it then."""
    raws = [_untagged(record) for record in (one, other) if isinstance(record.sent_, msgspec.Raw)]
    return len(raws) == 2 and raws[0] == raws[1]


def _untagged(record: ModelRecord) -> bytes:
    raw, (_, mark, tag) = bytes(record.sent_), (record.cover_image or "").partition("?")
    return raw.replace(f"{mark}{tag}".encode(), b"", 1) if tag else raw
