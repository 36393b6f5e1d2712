"""The table without a live widget: HTML for nbconvert and GitHub, text for a terminal."""

from __future__ import annotations

from invokeai_widgets.library.catalog import STATES, Catalog
from invokeai_widgets.library.labels import label
from invokeai_widgets.library.query import Query, extent, first_rows
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import table_html, table_text

HEAD = ("Name", "Type", "Base", "Format", "Size", "State")
_HTML_ROWS = 20
_TEXT_ROWS = 12


def lines(catalog: Catalog, rows: list[int]) -> list[tuple[str, ...]]:
    """Some rows in words, as the rich table shows them."""
    texts = ("name", "type", "base", "format")
    columns = catalog.some((*texts, "size", "state"), rows)
    shown = [[label(name, value or "") for value in columns[name]] for name in texts]
    sizes = map(words.size, columns["size"])
    states = (
        ", ".join(word for bit, word in enumerate(STATES) if bits & (1 << bit)) for bits in columns["state"]
    )
    return list(zip(*shown, sizes, states, strict=True))


def html_face(catalog: Catalog, query: Query, where: str) -> str:
    """The first rows of the view as an escaped HTML table."""
    shown, left_out = _first(catalog, query, _HTML_ROWS)
    return table_html(caption(catalog, query, where), HEAD, shown, left_out=left_out)


def text_face(catalog: Catalog, query: Query, where: str) -> str:
    """The first rows of the view as lines of text."""
    shown, left_out = _first(catalog, query, _TEXT_ROWS)
    return table_text(caption(catalog, query, where), shown, left_out=left_out)


def caption(catalog: Catalog, query: Query, where: str) -> str:
    """What the table shows: "34 models, 211.00 GB, at http://...", or "3 of 34 models, ..."."""
    count, size = extent(catalog, query)
    part = f"{count:,} of " if count < len(catalog) else ""
    place = f", at {where}" if where else ""
    return f"{part}{words.count(len(catalog), 'model')}, {words.size(size)}{place}"


def _first(catalog: Catalog, query: Query, limit: int) -> tuple[list[tuple[str, ...]], int]:
    """The first rows in words, and how many are left out."""
    count, _ = extent(catalog, query)
    return lines(catalog, first_rows(catalog, query, limit)), max(0, count - limit)
