"""What deleting models takes away: the record always, its files sometimes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from invokeai_widgets.library.catalog import Catalog


@dataclass(frozen=True)
class Removal:
    """What happens to one model's files when its record is deleted."""

    key: str
    name: str
    path: str
    size: int | None  # bytes on disk, None where unknown
    goes: bool  # whether files are deleted
    why: str  # the same in words


def removals(catalog: Catalog, keys: Iterable[str]) -> list[Removal]:
    """One for each of the keys that the catalog knows, in the order asked.

    InvokeAI deletes what lies inside its models folder, and such records have a relative path; a file used in
    place elsewhere has an absolute one and stays.
    """
    return [_removal(catalog, catalog.row_of[key]) for key in dict.fromkeys(keys) if key in catalog.row_of]


def freed(plan: Iterable[Removal]) -> int:
    """The bytes that come free on the server's disk."""
    return sum(removal.size or 0 for removal in plan if removal.goes)


def _removal(catalog: Catalog, row: int) -> Removal:
    def value(name: str) -> object:
        return catalog.values(name)[row]

    path, size = str(value("path") or ""), catalog.values("size")[row]
    goes, why = True, "The file, and its folder in InvokeAI's models folder, are deleted."
    if value("source_type") == "external":
        goes, why = False, "It has no files: it runs at an external service."
    elif value("missing"):
        goes, why = False, "Its file is already gone: only the record is deleted."
    elif value("in_place"):
        goes, why = False, "The file is used in place and stays where it is."
    return Removal(catalog.keys[row], str(value("name") or ""), path, size, goes, why)
