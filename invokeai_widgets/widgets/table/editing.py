"""What can be changed of a model, by its class: the fields, what they may hold, and the change to send.

The limits are those of the server (`PATCH /api/v2/models/i/{key}`): a mistake is told before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvalidInput

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelRecord

# fmt: off
SCHEDULERS = (
    "ddim", "ddpm", "deis", "deis_k", "lms", "lms_k", "pndm", "heun", "heun_k", "euler", "euler_k",
    "euler_a", "kdpm_2", "kdpm_2_k", "kdpm_2_a", "kdpm_2_a_k", "dpmpp_2s", "dpmpp_2s_k", "dpmpp_2m",
    "dpmpp_2m_k", "dpmpp_2m_sde", "dpmpp_2m_sde_k", "dpmpp_3m", "dpmpp_3m_k", "dpmpp_sde",
    "dpmpp_sde_k", "er_sde", "unipc", "unipc_k", "lcm", "tcd",
)
# fmt: on


@dataclass(frozen=True)
class Setting:
    """One default setting: its name on the wire, and what it may hold."""

    name: str
    label: str
    kind: str  # number | choice | flag | text
    minimum: float | None = None
    maximum: float | None = None
    below: float | None = None  # as `maximum`, but for that number itself
    step: float | None = None  # a multiple of it, counted from 0
    options: tuple[str, ...] = ()
    unit: str = ""

    def to_wire(self, value: Any) -> dict[str, Any]:
        """The field of the editor."""
        field = {"name": f"settings.{self.name}", "label": self.label, "kind": self.kind, "value": value}
        most = self.maximum if self.below is None else self.below
        limits = {"min": self.minimum, "max": most, "step": self.step}
        extra: dict[str, Any] = {k: v for k, v in limits.items() if v is not None}
        if self.options:
            extra["options"] = list(self.options)
        return {**field, **extra, "group": "Default settings"}

    def check(self, value: Any) -> None:
        """Raises `InvalidInput` for what the server would refuse."""
        if value is None or self.kind != "number":
            return
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidInput(f"{self.label} must be a number.")
        if self.minimum is not None and value < self.minimum:
            raise InvalidInput(f"{self.label} must be at least {self.minimum:g}.")
        if self.maximum is not None and value > self.maximum:
            raise InvalidInput(f"{self.label} must be at most {self.maximum:g}.")
        if self.below is not None and value >= self.below:
            raise InvalidInput(f"{self.label} must be less than {self.below:g}.")
        if self.step is not None and self.step >= 1 and value % self.step:
            raise InvalidInput(f"{self.label} must be a multiple of {self.step:g}.")


_CPU = Setting("cpu_only", "Run on the CPU only", "flag")
_FP8 = Setting("fp8_storage", "Store as FP8", "flag")
_MAIN = (
    Setting("vae", "VAE (key)", "text"),
    Setting("vae_precision", "VAE precision", "choice", options=("fp16", "fp32")),
    Setting("scheduler", "Scheduler", "choice", options=SCHEDULERS),
    Setting("steps", "Steps", "number", minimum=1, step=1),
    Setting("cfg_scale", "CFG scale", "number", minimum=1),
    Setting("cfg_rescale_multiplier", "CFG rescale", "number", minimum=0, below=1),
    Setting("guidance", "Guidance", "number", minimum=1),
    Setting("width", "Width", "number", minimum=64, step=8),
    Setting("height", "Height", "number", minimum=64, step=8),
    _CPU,
    _FP8,
)
_LORA = (
    Setting("weight", "Weight", "number"),
    Setting("weight_min", "Least weight", "number"),
    Setting("weight_max", "Largest weight", "number"),
)
_CONTROL = (Setting("preprocessor", "Preprocessor", "text"), _FP8)
_EXTERNAL = (
    Setting("num_images", "Images", "number", minimum=1, step=1),  # first: a main model has the others, too
    Setting("width", "Width", "number", minimum=1, step=1),
    Setting("height", "Height", "number", minimum=1, step=1),
)

SETTINGS: dict[str, tuple[Setting, ...]] = {
    "main": _MAIN,
    "lora": _LORA,
    "control_lora": _CONTROL,
    "controlnet": _CONTROL,
    "t2i_adapter": _CONTROL,
    "external_image_generator": _EXTERNAL,
}
"""Which default settings a type of model has. Other types have none."""

_WEIGHTS = (-1.0, 2.0)
"""The least and the largest weight of a LoRA that says neither."""

_NEWER = frozenset(("weight_min", "weight_max", "cpu_only", "fp8_storage"))
"""Those that no server before 6.13 has; it refuses all that is sent beside one that it does not know."""


def editor_fields(record: ModelRecord) -> list[dict[str, Any]]:
    """The fields of the editor for one model, with their values."""
    fields: list[dict[str, Any]] = [
        {"name": "name", "label": "Name", "kind": "text", "value": record.name, "required": True},
        {"name": "description", "label": "Description", "kind": "long", "value": record.description},
    ]
    if record.trigger_phrases is not None or record.type in ("main", "lora"):
        phrases = "\n".join(sorted(record.trigger_phrases or ()))
        fields.append(
            {
                "name": "trigger_phrases",
                "label": "Trigger phrases",
                "kind": "lines",
                "value": phrases,
                "help": "One a line.",
            }
        )
    if record.has("source_url"):
        fields.append(
            {"name": "source_url", "label": "Source URL", "kind": "text", "value": record.source_url}
        )
    values = record.default_settings or {}
    return fields + [setting.to_wire(values.get(setting.name)) for setting in _settings_of(record)]


def _settings_of(record: ModelRecord) -> tuple[Setting, ...]:
    """The settings that the server knows for a model: it tells all of its own, and refuses any other."""
    known = SETTINGS.get(record.type, ()) if record.has("default_settings") else ()
    if told := record.default_settings:
        return tuple(setting for setting in known if setting.name in told)
    is_old = not record.has("source_url")  # the field came with the newer settings, and is in every record
    return tuple(setting for setting in known if not (is_old and setting.name in _NEWER))


def changed_fields(record: ModelRecord, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields to send for what the editor changed. `InvalidInput` for what would be refused."""
    fields = {name: value for name, value in changes.items() if not name.startswith("settings.")}
    if "name" in fields and not str(fields["name"] or "").strip():
        raise InvalidInput("A model needs a name.")
    if "trigger_phrases" in fields:
        lines = str(fields["trigger_phrases"] or "").splitlines()
        fields["trigger_phrases"] = sorted({line.strip() for line in lines if line.strip()}) or None
    url = fields.get("source_url")
    if url and not str(url).startswith(("http://", "https://")):
        raise InvalidInput("The source URL must start with http:// or https://.")
    settings = {
        name.partition(".")[2]: value for name, value in changes.items() if name.startswith("settings.")
    }
    if settings:
        fields["default_settings"] = _whole_settings(record, settings)
    return fields


def _whole_settings(record: ModelRecord, changes: Mapping[str, Any]) -> dict[str, Any] | None:
    """All default settings, since the server replaces them as a whole; None when none is left."""
    known = {setting.name: setting for setting in _settings_of(record)}
    for name, value in changes.items():
        if name not in known:
            raise InvalidInput(f"A model of type {record.type} has no setting {name!r}.")
        known[name].check(value)
    # The first name says for which class they are: the server takes what fits several for a main model's.
    unset = {name: None if value == "" else value for name, value in changes.items()}
    whole = {next(iter(known)): None, **(record.default_settings or {}), **unset}
    if "weight_min" in known:
        _check_weights(whole)
    return whole if any(value is not None for value in whole.values()) else None


def _check_weights(settings: Mapping[str, Any]) -> None:
    given = (settings.get("weight_min"), settings.get("weight_max"))
    low, high = (usual if said is None else said for said, usual in zip(given, _WEIGHTS, strict=True))
    if low >= high:
        raise InvalidInput(f"The least weight, {low:g}, must be below the largest, {high:g}.")
    weight = settings.get("weight")
    if weight is not None and not low <= weight <= high:
        raise InvalidInput(f"The weight must lie between the least, {low:g}, and the largest, {high:g}.")


def settings_in_words(settings: Mapping[str, Any] | None) -> list[str]:
    """The default settings that are set, each in a few words: "1024 x 1024", "30 steps", "CFG 5"."""
    left = {name: value for name, value in (settings or {}).items() if value is not None}
    said = []
    if "width" in left and "height" in left:
        said.append(f"{left.pop('width')} × {left.pop('height')}")
    for name, shape in (
        ("steps", "{} steps"),
        ("cfg_scale", "CFG {:g}"),
        ("scheduler", "{}"),
        ("weight", "weight {:g}"),
    ):
        if name in left:
            said.append(_shaped(shape, left.pop(name)))
    return [*said, *(f"{name.replace('_', ' ')} {value}" for name, value in left.items())]


def _shaped(shape: str, value: Any) -> str:
    try:
        return shape.format(value)
    except (TypeError, ValueError):
        return str(value)
