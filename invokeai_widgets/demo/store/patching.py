"""What becomes of a record that is changed: the class may change with it, and fields of no class vanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from invokeai_widgets.demo.changes import SETTINGS_OF, ModelRecordChanges
from invokeai_widgets.demo.identify import CLASSES, COMMON, class_fields, variants

from .records import Record, dump

_NEVER_NULL = frozenset(
    {"name", "base", "type", "format", "path", "hash", "file_size", "source", "source_type", "repo_variant"}
    | {"prediction_type", "expert", "has_dual_expert", "latent_channels", "image_encoder_model_id"}
    | {"provider_id", "provider_model_id", "capabilities", "is_default"}
)
_DEFAULTS: Mapping[str, Any] = {
    "repo_variant": "",
    "expert": "none",
    "has_dual_expert": False,
    "latent_channels": 16,
    "is_default": False,
}
_VARIANT_MAY_BE_NULL = frozenset({("main", "qwen-image")})


class DoesNotFitError(ValueError):
    """The change leads to no record there is: 409."""


def changed(
    record: Record, changes: ModelRecordChanges, lenient: bool = True, strict: bool = False
) -> Record:
    """The record after the changes; raises `DoesNotFitError`.

    `lenient`: a new type may drop the format and variant of the old one. `strict`: fields which the class
    lacks are refused, not dropped. InvokeAI 6.14.2 is lenient and not strict, old versions are otherwise.
    """
    given = changes.given()
    merged = record | given
    foreign = given.keys() - record.keys()
    if strict and foreign:
        raise _refusal(record, min(foreign), "Object has no such attribute", given[min(foreign)])
    try:
        result = _as_class(merged, merged.get("format"))
    except DoesNotFitError:
        if not lenient or given.get("type", record["type"]) == record["type"]:
            raise
        # A new type: format and variant of the old one need not fit it.
        stale = {"format", "variant"} - given.keys()
        result = _as_type({name: value for name, value in merged.items() if name not in stale})
    try:
        dump(result)
    except ValueError as error:
        raise DoesNotFitError(str(error)) from error
    return result


def _as_type(fields: Record) -> Record:
    """The first class of that type which the fields fit."""
    formats = [
        format_ for type_, base, format_ in CLASSES if (type_, base) == (fields["type"], fields["base"])
    ]
    for format_ in sorted(formats, key=lambda each: each != "diffusers"):
        try:
            return _as_class(fields, format_)
        except DoesNotFitError:
            continue
    raise _refusal(fields, "type", f"No model config class found for type={fields['type']!r}", fields["type"])


def _as_class(fields: Record, format_: object) -> Record:
    """The fields as a record of the class they name, or `DoesNotFitError`."""
    type_, base = fields["type"], fields["base"]
    own = class_fields(str(type_), str(base), str(format_))
    if own is None:
        tag = f"{type_}.{format_}.{base}"
        raise _refusal(fields, "", f"Input tag '{tag}' found using a discriminator does not match any", tag)
    result = {name: fields.get(name) for name in COMMON}
    result |= {"type": type_, "base": base, "format": format_}
    for name in own:
        result[name] = fields.get(name, _DEFAULTS.get(name))
    _check(result)
    return result


def _check(record: Record) -> None:
    type_, base = record["type"], record["base"]
    for name, value in record.items():
        if value is None and name in _NEVER_NULL:
            raise _refusal(record, name, "Input should be a valid value", None)
    if "variant" in record:
        allowed: tuple[str | None, ...] = variants(type_, base)
        if type_ == "lora" or (type_, base) in _VARIANT_MAY_BE_NULL:
            allowed = (*allowed, None)
        if record["variant"] not in allowed:
            raise _refusal(record, "variant", "Input should be of the model's class", record["variant"])
    settings = record.get("default_settings")
    if isinstance(settings, BaseModel):
        if not _fit(settings, type_):
            asked = SETTINGS_OF[type_].__name__
            text = f"Input should be a valid dictionary or instance of {asked}"
            raise _refusal(record, "default_settings", text, settings)
        record["default_settings"] = settings.model_dump(mode="json")


def _fit(settings: BaseModel, type_: str) -> bool:
    """Whether settings are of the class for that type; those of old versions by the fields they have."""
    wanted = SETTINGS_OF[type_]
    return isinstance(settings, wanted) or type(settings).model_fields.keys() < wanted.model_fields.keys()


def _refusal(record: Record, field: str, text: str, value: object) -> DoesNotFitError:
    """In the form of pydantic's words, without the 4 KB that name all classes."""
    tag = "{type}.{format}.{base}".format_map({"format": None} | record)
    return DoesNotFitError(
        f"1 validation error for tagged-union[...]\n`{tag}`.{field}\n  {text} "
        f"[input_value={str(value)[:60]!r}, input_type={type(value).__name__}]"
    )
