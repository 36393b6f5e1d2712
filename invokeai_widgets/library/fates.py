"""What becomes of models' files: deleted with the record or not, replaced by a conversion, left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from invokeai_widgets.library.catalog import Catalog


@dataclass(frozen=True)
class Fate:
    """What happens to one model's files."""

    key: str
    name: str
    path: str
    size: int | None  # bytes on disk, None where unknown
    goes: bool  # whether files are deleted
    why: str  # the same in words; "" if nothing happens to them


_Value = Callable[[str], Any]  # of one model, by column


def removals(catalog: Catalog, keys: Iterable[str]) -> list[Fate]:
    """When the records are deleted: one for each of the keys that the catalog knows, in the order asked.

    InvokeAI deletes what lies inside its models folder, and such records have a relative path; a file used in
    place elsewhere has an absolute one and stays.
    """
    return _fates(catalog, keys, _removed)


def conversions(catalog: Catalog, keys: Iterable[str]) -> list[Fate]:
    """When checkpoints are converted to diffusers folders; one for each key, as in `removals`.

    InvokeAI converts main checkpoints of SD 1, SD 2 and SDXL. It deletes the old file unless it is used in
    place.
    """
    return _fates(catalog, keys, _converted)


def identifications(catalog: Catalog, keys: Iterable[str]) -> list[Fate]:
    """When the server looks at the files again: nothing. One for each key, as in `removals`."""
    return _fates(catalog, keys, lambda _: (False, ""))


def freed(plan: Iterable[Fate]) -> int:
    """The bytes that come free on the server's disk."""
    return sum(fate.size or 0 for fate in plan if fate.goes)


def _fates(catalog: Catalog, keys: Iterable[str], judge: Callable[[_Value], tuple[bool, str]]) -> list[Fate]:
    def fate(key: str) -> Fate:
        row = catalog.row_of[key]

        def value(name: str) -> Any:
            return catalog.values(name)[row]

        return Fate(key, str(value("name") or ""), str(value("path") or ""), value("size"), *judge(value))

    return [fate(key) for key in dict.fromkeys(keys) if key in catalog.row_of]


def _removed(value: _Value) -> tuple[bool, str]:
    if value("source_type") == "external":
        return False, "It has no files: it runs at an external service."
    if value("missing"):
        return False, "Its file is already gone: only the record is deleted."
    if value("in_place"):
        return False, "The file is used in place and stays where it is."
    return True, "The file, and its folder in InvokeAI's models folder, are deleted."


_CONVERTIBLE = {"sd-1", "sd-2", "sdxl", "sdxl-refiner"}


def _converted(value: _Value) -> tuple[bool, str]:
    if value("type") != "main" or value("format") != "checkpoint" or value("base") not in _CONVERTIBLE:
        return False, "Will be refused: only main checkpoints of SD 1, SD 2 and SDXL can be converted."
    if value("missing"):
        return False, "Will be refused: its file is gone."
    if value("in_place"):
        return False, "The checkpoint is used in place and stays where it is."
    return True, "The checkpoint is deleted when the folder is there."
