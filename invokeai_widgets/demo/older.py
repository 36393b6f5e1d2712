"""What older versions do otherwise, as far as a client of the model routes can see it.

A version of 6.13 or later behaves as 6.14.2. Three steps count: 5.15 to 6.8 refuse models that are not
identified and a second model of a name; up to 6.11 there are no pauses, users or web page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, create_model

from .changes import ModelRecordChanges
from .older_changes import changes_of
from .settings import Settings

_NEWER_PARTS = (
    "canonical_url", "etag", "last_modified", "final_url", "expected_total_bytes", "resume_required",
    "resume_message", "resume_from_scratch",
)  # fmt: skip
_NEWER_CHANGES = ("source_url", "cpu_only", "provider_id", "provider_model_id", "capabilities")
_NEWER_SETTINGS = ("weight_min", "weight_max", "cpu_only", "fp8_storage")


class Version:
    """The version a server pretends to be."""

    def __init__(self, settings: Settings) -> None:
        self.release = settings.release
        self.is_old = self.release < (6, 13)
        self.unique_names = self.release < (6, 11)
        self.has_unknown = not self.unique_names
        self.has_highlights = self.unique_names
        self.events_have_records = not self.unique_names
        self.changes_records = self.is_old
        self.has_web_page = not self.is_old  # for unknown paths: old ones say 404
        self.key_may_change = self.is_old
        self.changes: type[ModelRecordChanges] = (
            changes_of(self.release) if self.is_old else ModelRecordChanges
        )

    def has(self, since: tuple[int, ...]) -> bool:
        """Whether there is already what came with that version."""
        return self.release >= since

    def filters(self, model: type[BaseModel]) -> type[BaseModel]:
        """The filters of the list: old ones ignore the order."""
        if not self.is_old:
            return model
        fields: dict[str, Any] = {
            name: (field.annotation, field.default)
            for name, field in model.model_fields.items()
            if name not in ("order_by", "direction")
        }
        return create_model("OldFilters", **fields, order_by=(str, "default"), direction=(str, "ASC"))

    def order(self, order_by: str, direction: str) -> tuple[str, str]:
        """How the list is sorted."""
        return ("default", "ASC") if self.is_old else (order_by, direction)

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record without the fields that came later."""
        if not self.is_old:
            return record
        left_out = {"source_url", "cpu_only"}
        if record["type"] == "lora" and self.release < (6,):
            left_out.add("default_settings")
        shown = {name: value for name, value in record.items() if name not in left_out}
        if self.unique_names:
            shown |= {"submodels": record.get("submodels"), "usage_info": None}
        if settings := shown.get("default_settings"):
            shown["default_settings"] = {
                name: value for name, value in settings.items() if name not in _NEWER_SETTINGS
            }
        return shown

    def job(self, job: dict[str, Any]) -> dict[str, Any]:
        """A job without the fields that came later."""
        if not self.is_old:
            return job
        return job | {
            "config_in": {
                name: value for name, value in job["config_in"].items() if name not in _NEWER_CHANGES
            },
            "config_out": job["config_out"] and self.record(job["config_out"]),
            "download_parts": [
                {name: value for name, value in part.items() if name not in _NEWER_PARTS}
                for part in job["download_parts"]
            ],
        }

    def starters(self, told: dict[str, Any]) -> dict[str, Any]:
        """The suggestions: in 5.15 a bundle is the list of its models."""
        if self.release >= (6,):
            return told
        bundles = {key: bundle["models"] for key, bundle in told["starter_bundles"].items()}
        return told | {"starter_bundles": bundles}

    def taken_at_install(self, record: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """What old versions put into a fresh record: a description, and what new ones drop of the body."""
        if not self.unique_names:
            return {}
        taken = {"trigger_phrases": given["trigger_phrases"], "default_settings": given["default_settings"]}
        named = f"{record['base']} {record['type']} model {record['name']}"
        return {
            "description": record["description"] or named,
            **{name: value for name, value in taken.items() if value is not None and name in record},
        }

    def not_identified(self, path: Path) -> str:
        """Why a model is refused that is not identified."""
        if self.has_unknown:
            return f"Could not identify model for {path}"
        return "No valid config found" if self.release < (6,) else "Unable to determine model type"

    def cannot_scan(self, path: str | None) -> str:
        """The refusal of a folder that cannot be searched."""
        if self.is_old:
            return f"The search path '{path}' does not exist or is not directory"
        return f"The search path '{path}' could not be scanned"
