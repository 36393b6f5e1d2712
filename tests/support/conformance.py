"""Whether a value is what the schemas of InvokeAI 6.14.2 allow."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_DOCUMENT = json.loads(Path(__file__).with_name("schemas-6.14.2.json").read_text())
SCHEMAS: dict[str, Any] = _DOCUMENT["schemas"]

# The classes of records by what tells them apart; the encoders of one kind differ in `variant` only.
_CLASSES = {
    tuple(schema["properties"][field]["const"] for field in ("type", "base", "format")): name
    for name, schema in SCHEMAS.items()
    if name.endswith("_Config") or name == "ExternalApiModelConfig"
}


def complaints(name: str, value: object) -> list[str]:
    """What the schema of that name says against the value: nothing, if it is allowed."""
    return [f"{error.json_path}: {error.message[:300]}" for error in _validator(name).iter_errors(value)]


def record_complaints(record: dict[str, Any]) -> list[str]:
    """What the class of a record says against it. A field the class does not have counts, too."""
    kind = (record["type"], record["base"], record["format"])
    if kind not in _CLASSES:
        return [f"there is no class {kind}"]
    name = _CLASSES[kind]
    if kind[0] == "clip_embed":
        name = f"CLIPEmbed_Diffusers_{record['variant'][0].upper()}_Config"
    own = SCHEMAS[name]["properties"]
    return complaints(name, record) + [
        f"{field} is no field of {name}" for field in record if field not in own
    ]


def classes() -> dict[tuple[str, ...], set[str]]:
    """(type, base, format) -> the fields of that class."""
    return {kind: set(SCHEMAS[name]["properties"]) for kind, name in _CLASSES.items()}


@cache
def _validator(name: str) -> Draft202012Validator:
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    return Draft202012Validator(document)
