"""Models as InvokeAI records them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from invokeai_widgets.client.secrets import redact_text

from .base import Wire


class ModelRecord(Wire):
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
    source_api_response: str | None = None
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
        return isinstance(other, ModelRecord) and _comparable(self) == _comparable(other)

    def __hash__(self) -> int:
        return hash((self.key, self.hash))

    def __repr__(self) -> str:
        return (
            f"ModelRecord(key={self.key!r}, name={self.name!r}, type={self.type!r}, base={self.base!r}, "
            f"format={self.format!r}, file_size={self.file_size!r})"
        )

    __str__ = __repr__


def _comparable(record: ModelRecord) -> dict[str, Any]:
    values = {**record.__dict__, **(record.__pydantic_extra__ or {})}
    values["cover_image"] = (record.cover_image or "").partition("?")[0]
    if record.trigger_phrases is not None:
        values["trigger_phrases"] = frozenset(record.trigger_phrases)
    return values
