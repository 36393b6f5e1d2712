"""The plain faces: escaped HTML and text, where no live widget can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_JOINERS = "\u200c\u200d\u00ad"
"""Signs that are not seen, and that words of some languages and pictures are made with."""


def table_html(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, left_out: int = 0) -> str:
    """An HTML table of text cells. Everything is escaped; `left_out` rows are mentioned, not shown."""
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    more = f"<p>… and {left_out:,} more</p>" if left_out else ""
    top = f"<caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead>"
    return f"<table>{top}<tbody>{body}</tbody></table>{more}"


def table_text(caption: str, rows: Iterable[Sequence[str]], *, left_out: int = 0) -> str:
    """The same as lines of text with aligned columns. What would command a terminal is shown as `�`."""
    lines = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)] if lines else []
    texts = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]
    more = [f"… and {left_out:,} more"] if left_out else []
    return "\n".join([printable(caption), *texts, *more])


def printable(text: str) -> str:
    """The text on one line, without signs that a terminal would obey."""
    return "".join(map(_printable, text))


def _printable(sign: str) -> str:
    if sign.isprintable() or sign in _JOINERS:
        return sign
    return " " if sign.isspace() else "�"


def problem_text(problem: dict[str, Any] | None) -> str:
    """The problem line, or ""."""
    return "" if not problem else printable(" ".join(filter(None, [problem["message"], problem["advice"]])))
