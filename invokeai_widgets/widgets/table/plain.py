"""The plain face of the table: core ipywidgets only, for front ends that cannot load ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
import numpy.typing as npt

from invokeai_widgets.library.catalog import FACETS, Catalog
from invokeai_widgets.library.labels import label
from invokeai_widgets.library.query import Query, rows
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import problem_text, table_html
from invokeai_widgets.widgets.table.faces import HEAD, caption, lines

if TYPE_CHECKING:
    from invokeai_widgets.widgets.table.model_table import ModelTable

PAGE = 20
_SORTS = {"Name": "name", "Type": "type", "Base": "base", "Format": "format", "Size": "size"}
_ALL = "all"


class PlainTable(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A page of a `ModelTable`'s rows at a time, with search, filters, sort and selection.

    It shows the table's own view and selection, so both faces may be open at once.
    """

    def __init__(self, table: ModelTable) -> None:
        self._table = table
        self._page = 0
        self._view: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._showing = False
        self._search = ipywidgets.Text(placeholder="Search models", continuous_update=False)
        self._sort = ipywidgets.Dropdown(options=list(_SORTS), description="Sort by")
        self._down = ipywidgets.ToggleButton(description="Descending")
        self._facets = {name: ipywidgets.Dropdown(options=[(_ALL, "")]) for name in FACETS[:3]}
        self._rows = ipywidgets.HTML()
        self._where = ipywidgets.Label()
        self._chosen = ipywidgets.SelectMultiple(rows=8, description="Selected")
        self._buttons = [
            self._button("Previous", lambda: self._turn(-1)),
            self._button("Next", lambda: self._turn(1)),
            self._button("Select all in view", self._select_view),
            self._button("Select none", lambda: table.select(None)),
        ]
        for name, menu in self._facets.items():
            menu.description = name.capitalize()
        for control in (self._search, self._sort, self._down, *self._facets.values()):
            control.observe(self._asked, "value")
        self._chosen.observe(self._picked, "value")
        table.observe(self._changed, ["head", "query", "selected", "problem"])
        box = ipywidgets.HBox
        super().__init__(
            [
                box([self._search, self._sort, self._down]),
                box(list(self._facets.values())),
                self._rows,
                box([*self._buttons[:2], self._where]),
                box([self._chosen, ipywidgets.VBox(self._buttons[2:])]),
            ]
        )
        table.connection.set_visible(table, True)
        self._show()

    def close(self) -> None:
        """Take this face away."""
        self._table.unobserve(self._changed, ["head", "query", "selected", "problem"])
        self._table.connection.set_visible(self._table, False)
        super().close()

    # -- what the person does -------------------------------------------------------------------------------

    def _button(self, text: str, go: Any) -> ipywidgets.Button:
        button = ipywidgets.Button(description=text)
        button.on_click(lambda _button: go())
        return button

    def _asked(self, _change: object) -> None:
        if self._showing:
            return
        self._page = 0
        chosen = {name: menu.value for name, menu in self._facets.items() if menu.value}
        order = (_SORTS[self._sort.value], "desc" if self._down.value else "asc")
        self._table.filter(self._search.value, sort=[order], **chosen)

    def _turn(self, step: int) -> None:
        self._page += step
        self._show()

    def _picked(self, change: dict[str, Any]) -> None:
        """Only this page's rows are in the list: what is selected elsewhere stays."""
        if self._showing:
            return
        here = {key for _, key in self._chosen.options}
        self._select([key for key in self._table.selected if key not in here] + list(change["new"]))

    def _select_view(self) -> None:
        catalog, _ = self._table.looking_at()
        self._select([catalog.keys[row] for row in self._view.tolist()])

    def _select(self, keys: list[str]) -> None:
        """Those of the keys that are still there: a model may have gone since it was shown."""
        there = self._table.df.index if keys else ()
        self._table.select([key for key in keys if key in there])

    # -- what is shown --------------------------------------------------------------------------------------

    def _changed(self, _change: object) -> None:
        self._show()

    def _show(self) -> None:
        catalog, query = self._table.looking_at()
        self._view = rows(catalog, query)
        last = max(0, (len(self._view) - 1) // PAGE)
        self._page = min(max(0, self._page), last)
        page = self._view[self._page * PAGE : (self._page + 1) * PAGE].tolist()
        selected = set(self._table.selected)
        keys, texts = [catalog.keys[row] for row in page], lines(catalog, page)
        self._showing = True
        try:
            self._rows.value = table_html(
                self._headline(catalog, query),
                ("", *HEAD),
                [("✓" if key in selected else "", *line) for key, line in zip(keys, texts, strict=True)],
            )
            count = words.count(len(self._view), "model")
            self._where.value = f"Page {self._page + 1} of {last + 1}, {count}, {len(selected)} selected"
            self._search.value = query.text
            self._show_facets(catalog, query.facets)
            self._chosen.options = [(_line(*line), key) for key, line in zip(keys, texts, strict=True)]
            self._chosen.value = tuple(key for key in keys if key in selected)
        finally:
            self._showing = False
        self._buttons[0].disabled, self._buttons[1].disabled = self._page == 0, self._page == last

    def _headline(self, catalog: Catalog, query: Query) -> str:
        return words.joined(
            caption(catalog, query, self._table.connection.base_url), problem_text(self._table.problem)
        )

    def _show_facets(self, catalog: Catalog, chosen: Any) -> None:
        for name, menu in self._facets.items():
            value = (chosen.get(name) or ("",))[0]
            menu.options = [(_ALL, ""), *((label(name, word), word) for word in catalog.codes(name)[1])]
            menu.value = value if value in {word for _, word in menu.options} else ""


def _line(name: str, kind: str, base: str, *_: str) -> str:
    return f"{name} ({kind}, {base})"
