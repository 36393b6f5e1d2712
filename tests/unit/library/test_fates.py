"""What a deletion takes away, as the dialog says it: the files' fate is a promise."""

from __future__ import annotations

from typing import Any

import pytest

from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library import frame_of
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.fates import conversions, freed, removals

MOVED_IN = {"path": "k/a.safetensors", "file_size": 10}
IN_PLACE = {"path": "/data/a.safetensors", "file_size": 20}
EXTERNAL = {"path": "external", "source_type": "external", "file_size": 5}


def catalog_of(*fields: dict[str, Any], missing: tuple[str, ...] = ()) -> Catalog:
    records = [ModelRecord.from_wire({"key": f"k{n}", "name": f"M{n}", **f}) for n, f in enumerate(fields)]
    return Catalog(frame_of(records, missing=missing))


CHECKPOINT = {"type": "main", "base": "sd-1", "format": "checkpoint", "file_size": 10}


@pytest.mark.parametrize(
    ("fields", "missing", "goes", "says"),
    [
        (MOVED_IN, (), True, "is deleted"),
        (IN_PLACE, (), False, "stays"),
        (MOVED_IN, ("k0",), False, "file is gone"),
        ({**MOVED_IN, "format": "diffusers"}, (), False, "refused"),
        ({**MOVED_IN, "type": "lora"}, (), False, "refused"),
        ({**MOVED_IN, "base": "flux"}, (), False, "refused"),
    ],
)
def test_what_a_conversion_does_to_the_file(
    fields: dict[str, Any], missing: tuple[str, ...], goes: bool, says: str
) -> None:
    [fate] = conversions(catalog_of({**CHECKPOINT, **fields}, missing=missing), ["k0"])
    assert fate.goes is goes
    assert says in fate.why


@pytest.mark.parametrize(
    ("fields", "missing", "goes", "says"),
    [
        (MOVED_IN, (), True, "deleted"),
        (IN_PLACE, (), False, "stays"),
        (EXTERNAL, (), False, "external"),
        (MOVED_IN, ("k0",), False, "already gone"),
        (IN_PLACE, ("k0",), False, "already gone"),
    ],
)
def test_whether_the_files_go(
    fields: dict[str, Any], missing: tuple[str, ...], goes: bool, says: str
) -> None:
    [removal] = removals(catalog_of(fields, missing=missing), ["k0"])
    assert removal.goes is goes
    assert says in removal.why


def test_only_what_goes_frees_bytes() -> None:
    plan = removals(
        catalog_of(MOVED_IN, IN_PLACE, EXTERNAL, MOVED_IN, {"path": "k/b"}), [f"k{n}" for n in range(5)]
    )
    assert freed(plan) == 20


def test_a_key_is_named_once_and_only_if_it_is_there() -> None:
    assert [r.key for r in removals(catalog_of(MOVED_IN, IN_PLACE), ["k1", "gone", "k1", "k0"])] == [
        "k1",
        "k0",
    ]
