"""Rows for the browser: windows as columns of plain values, and whole columns packed into bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from invokeai_widgets.library.catalog import SEARCHED, Catalog

ALWAYS = ("key", "name", "type", "base", "size", "state", "cover")
"""Columns that the browser needs for each row it shows, whichever columns are on."""

LOCAL = (*ALWAYS, "format", "variant", "source_type", *SEARCHED)
"""Columns that searching, sorting and counting in the browser need."""

PART = 2000
"""Rows to a packed document. A tab keeps room for what it unpacked at once; small pieces share theirs."""

Columns = dict[str, list[Any]]


def window(catalog: Catalog, rows: list[int], names: Sequence[str]) -> Columns:
    """The columns `ALWAYS` and `names` of some rows."""
    return catalog.some(dict.fromkeys((*ALWAYS, *names)), rows)


def packed(catalog: Catalog, names: Iterable[str]) -> tuple[list[str], list[bytes]]:
    """Whole columns in the catalog's order: their names, and the documents, as many for each name.

    Each is deflated JSON and has the values of `PART` rows, the last of a column those that are left: where
    many are equal as `{"words": [...], "codes": [...]}`, else as `{"values": [...]}`.
    """
    unique = list(dict.fromkeys((*LOCAL, *names)))
    starts = range(0, max(1, len(catalog)), PART)
    return unique, [
        zlib.compress(_encoded(catalog.values(name)[start : start + PART]), 1)
        for name in unique
        for start in starts
    ]


def _encoded(values: list[Any]) -> bytes:
    codes: dict[Any, int] = {}
    coded = [codes.setdefault(value, len(codes)) for value in values]
    short = len(codes) * 2 <= len(values)
    document = {"words": list(codes), "codes": coded} if short else {"values": values}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
