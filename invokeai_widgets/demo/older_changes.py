"""What older versions take as the body of PATCH and install: fewer fields, and fewer settings."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from .changes import (
    MainModelDefaultSettings,
    ModelRecordChanges,
    SettingsBase,
)

_UNKNOWN = ("source_url", "cpu_only")  # taken for fields that do not exist: ignored


class OldMain(MainModelDefaultSettings):
    """Without what came with 6.13."""

    @model_validator(mode="before")
    @classmethod
    def _know_no_fp8(cls, given: Any) -> Any:
        if isinstance(given, dict) and "fp8_storage" in given:
            raise ValueError("Extra inputs are not permitted")
        return given


class OldLora(SettingsBase):
    """The weight, and no bounds."""

    weight: float | None = None


class OldControl(SettingsBase):
    """The preprocessor, and nothing else."""

    preprocessor: str | None


class _Changes(ModelRecordChanges):
    """Drops what the version does not know."""

    def given(self) -> dict[str, Any]:
        """The fields that were in the body, and are known."""
        return {name: value for name, value in super().given().items() if name not in _UNKNOWN}


class _ChangesOf68(_Changes):
    default_settings: OldMain | OldLora | OldControl | None = None  # type: ignore[assignment]


class _ChangesOf515(_Changes):
    default_settings: OldMain | OldControl | None = None  # type: ignore[assignment]


def changes_of(release: tuple[int, ...]) -> type[ModelRecordChanges]:
    """The body of that version."""
    return _ChangesOf515 if release < (6,) else _ChangesOf68
