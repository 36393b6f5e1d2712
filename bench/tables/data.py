"""The table that every widget gets: 12 columns of a library of models, most of them strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.records import records

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "name", "type", "base", "format", "variant", "file_size", "key", "hash", "path", "source", "source_type",
    "description",
)  # fmt: skip
CATEGORIES = ("type", "base", "format", "variant", "source_type")


def rows(count: int) -> list[dict[str, Any]]:
    """`count` records, cut to the columns; no column holds a null, which some peers do not show."""
    return [{name: record.get(name) or "" for name in COLUMNS} for record in records(count)]


def models(count: int) -> pd.DataFrame:
    """The same as a DataFrame, five columns categorical."""
    import pandas as pd

    frame = pd.DataFrame(rows(count), columns=list(COLUMNS))
    coded: pd.DataFrame = frame.astype(dict.fromkeys(CATEGORIES, "category"))
    return coded


def expected(count: int) -> dict[str, list[str]]:
    """What the first row says after sorting, either way, and the text that only one row's name has."""
    listed = rows(count)
    by_size = sorted(listed, key=lambda row: row["file_size"])
    by_hash = sorted(listed, key=lambda row: row["hash"])
    return {
        "first": [listed[0]["name"]],
        "sorted": [by_size[0]["name"], by_size[-1]["name"]],
        "sorted by hash": [by_hash[0]["name"], by_hash[-1]["name"]],
        "needle": [f"v{count * 7 // 10:06}"],
    }
