"""The table without a live widget: HTML for nbconvert and GitHub, text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from invokeai_widgets.library.catalog import STATES, Catalog
from invokeai_widgets.library.labels import label
from invokeai_widgets.library.query import Query, rows
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import table_html, table_text

HEAD = ("Name", "Type", "Base", "Format", "Size", "State")
_HTML_ROWS = 20
_TEXT_ROWS = 12


def cells(catalog: Catalog, row: int) -> tuple[str, ...]:
    """A row in words, as the rich table shows it."""

    def text(name: str) -> str:
        return str(catalog.values(name)[row] or "")

    states = [word for bit, word in enumerate(STATES) if catalog.state[row] & (1 << bit)]
    kind, base = label("type", text("type")), label("base", text("base"))
    size = words.size(catalog.values("size")[row])
    return text("name"), kind, base, text("format"), size, ", ".join(states)


def html_face(catalog: Catalog, query: Query, where: str) -> str:
    """The first rows of the view as an escaped HTML table."""
    view = rows(catalog, query)
    return table_html(
        caption(catalog, where), HEAD, _shown(catalog, query, _HTML_ROWS), left_out=len(view[_HTML_ROWS:])
    )


def text_face(catalog: Catalog, query: Query, where: str) -> str:
    """The first rows of the view as lines of text."""
    view = rows(catalog, query)
    return table_text(
        caption(catalog, where), _shown(catalog, query, _TEXT_ROWS), left_out=len(view[_TEXT_ROWS:])
    )


def caption(catalog: Catalog, where: str) -> str:
    """What the table is of: "34 models, 211.00 GB, at http://..."."""
    place = f", at {where}" if where else ""
    return f"{words.count(len(catalog), 'model')}, {words.size(int(catalog.sizes.sum()))}{place}"


def _shown(catalog: Catalog, query: Query, limit: int) -> Iterator[tuple[str, ...]]:
    return (cells(catalog, row) for row in rows(catalog, query)[:limit].tolist())
