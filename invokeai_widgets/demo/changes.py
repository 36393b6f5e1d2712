"""What PATCH and install take as a body: the fields of a record that may be given, and the settings.

The names of the classes are InvokeAI's: they appear in `loc` of its 422 answers.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from typing_extensions import Self

from .vocabulary import (
    SCHEDULERS,
    AnyVariant,
    BaseModelType,
    ModelSourceType,
    ModelType,
    SchedulerPredictionType,
)


class SettingsBase(BaseModel):
    """Settings of any class: no field but its own."""

    model_config = ConfigDict(extra="forbid")


_Side = Annotated[int, Field(ge=64, multiple_of=8)]


class MainModelDefaultSettings(SettingsBase):
    """Of main models."""

    vae: str | None = None
    vae_precision: Literal["fp16", "fp32"] | None = None
    scheduler: Literal[SCHEDULERS] | None = None  # type: ignore[valid-type]
    steps: int | None = Field(default=None, gt=0)
    cfg_scale: float | None = Field(default=None, ge=1)
    cfg_rescale_multiplier: float | None = Field(default=None, ge=0, lt=1)
    width: _Side | None = None
    height: _Side | None = None
    guidance: float | None = Field(default=None, ge=1)
    cpu_only: bool | None = None
    fp8_storage: bool | None = None


class LoraModelDefaultSettings(SettingsBase):
    """Of LoRAs: the weight lies between the bounds, which are -1 and 2 where none are given."""

    weight: float | None = None
    weight_min: float | None = None
    weight_max: float | None = None

    @model_validator(mode="after")
    def _validate_weight_bounds(self) -> Self:
        low = -1.0 if self.weight_min is None else self.weight_min
        high = 2.0 if self.weight_max is None else self.weight_max
        if low >= high:
            raise ValueError(f"weight_min ({low}) must be less than weight_max ({high})")
        if self.weight is not None and not low <= self.weight <= high:
            raise ValueError(f"weight ({self.weight}) must be within the effective range [{low}, {high}]")
        return self


class ControlAdapterDefaultSettings(SettingsBase):
    """Of ControlNets, T2I adapters and control LoRAs."""

    preprocessor: str | None
    fp8_storage: bool | None = None


class ExternalApiModelDefaultSettings(SettingsBase):
    """Of models that run elsewhere."""

    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)
    num_images: int | None = Field(default=None, gt=0)


Settings = (
    MainModelDefaultSettings
    | LoraModelDefaultSettings
    | ControlAdapterDefaultSettings
    | ExternalApiModelDefaultSettings
)
SETTINGS_OF: dict[str, type[SettingsBase]] = {
    "main": MainModelDefaultSettings,
    "lora": LoraModelDefaultSettings,
    "control_lora": ControlAdapterDefaultSettings,
    "controlnet": ControlAdapterDefaultSettings,
    "t2i_adapter": ControlAdapterDefaultSettings,
    "external_image_generator": ExternalApiModelDefaultSettings,
}
"""Type of a model -> the class its settings must be of."""


class ModelRecordChanges(BaseModel):
    """The 23 fields of `config_in`, in the server's order. Unknown ones are ignored."""

    source: str | None = None
    source_type: ModelSourceType | None = None
    source_api_response: str | None = None
    source_url: str | None = None
    name: str | None = None
    path: str | None = None
    description: str | None = None
    base: BaseModelType | None = None
    type: ModelType | None = None
    key: str | None = None
    hash: str | None = None
    file_size: int | None = None
    format: str | None = None
    trigger_phrases: set[str] | None = None
    default_settings: Settings | None = None
    provider_id: str | None = None
    provider_model_id: str | None = None
    capabilities: dict[str, Any] | None = None
    cpu_only: bool | None = None
    variant: AnyVariant | None = None
    prediction_type: SchedulerPredictionType | None = None
    upcast_attention: bool | None = None
    config_path: str | None = None

    @field_validator("source_url")
    @classmethod
    def _is_a_web_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("source_url must be an http or https URL")
        return value

    def given(self) -> dict[str, Any]:
        """The fields that were in the body, as JSON values; settings as instances of their class."""
        plain = self.model_dump(mode="json", exclude_unset=True)
        if "default_settings" in plain:
            plain["default_settings"] = self.default_settings
        return plain

    def wire(self) -> dict[str, Any]:
        """All fields, as `config_in` of a job shows them."""
        return self.model_dump(mode="json")
