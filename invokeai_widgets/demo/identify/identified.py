"""What identification finds out, and the record InvokeAI would store of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .classes import CLASSES
from .settings import default_settings

_DEFAULTS: Mapping[str, Any] = {"repo_variant": ""}
"""Fields of a class that are not null by default."""


@dataclass(frozen=True)
class Identified:
    """The class of a model and everything its files say."""

    type: str
    base: str
    format: str
    path: str  # as given, absolute or not, with forward slashes
    name: str
    hash: str  # "blake3:..."
    file_size: int  # bytes
    description: str | None = None  # of the JSON file beside a LoRA
    fields: Mapping[str, Any] = field(default_factory=dict)  # those of the class, see `classes`

    def record(
        self, key: str, *, source: str | None = None, source_type: str = "path", **given: Any
    ) -> dict[str, Any]:
        """The record of a freshly installed model, with every field of its class.

        `given` replaces what was found (`name`, `description`, `path`, `hash`, `file_size`, ...); what is
        None there is ignored.
        """
        found = {
            "key": key,
            "hash": self.hash,
            "path": self.path,
            "file_size": self.file_size,
            "name": self.name,
            "description": self.description,
            "source": source or self.path,
            "source_type": source_type,
            "source_api_response": None,
            "source_url": None,
            "cover_image": None,
            "type": self.type,
            "base": self.base,
            "format": self.format,
            **self.fields,
        }
        return found | {name: value for name, value in given.items() if value is not None and name in found}


def complete_fields(
    type_: str, base: str, format_: str, name: str, told: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of a class: those told, the default settings, and the defaults of all others."""
    fields = {field: told.get(field, _DEFAULTS.get(field)) for field in CLASSES[type_, base, format_]}
    if "default_settings" in fields:
        fields["default_settings"] = default_settings(type_, base, told.get("variant"), name)
    return fields
