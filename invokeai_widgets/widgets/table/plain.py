"""The plain face of the table: core ipywidgets only, for front ends that cannot load ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
import numpy.typing as npt

from invokeai_widgets.library.catalog import FACETS, Catalog
from invokeai_widgets.library.labels import label
from invokeai_widgets.library.query import BY_NAME, Query, rows
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import problem_text, table_html
from invokeai_widgets.widgets.table.faces import HEAD, caption, lines

if TYPE_CHECKING:
    from invokeai_widgets.widgets.table.model_table import ModelTable

PAGE = 20
_SORTS = {"Name": "name", "Type": "type", "Base": "base", "Format": "format", "Size": "size"}
_ALL = "all"
_SEVERAL = "\0"  # the value of the words that were chosen together, elsewhere


class PlainTable(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A page of a `ModelTable`'s rows at a time, with search, filters, sort and selection.

    It shows the table's own view and selection, so both faces may be open at once.
    """

    def __init__(self, table: ModelTable) -> None:
        self._table = table
        self._page = 0
        self._view: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._showing = False
        self._gone = False
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
        self._report("visible")
        self._show()

    def close(self) -> None:
        """Take this face away; harmless twice."""
        if not self._gone:
            self._gone = True
            self._table.unobserve(self._changed, ["head", "query", "selected", "problem"])
            self._report("gone")
        super().close()

    def _report(self, state: str) -> None:
        """Be one of the table's views: as long as there is one, it follows the server."""
        table, view = self._table, f"plain-{id(self)}"
        table.connection.loop.post(lambda: table._note_view(view, state))

    # -- what the person does -------------------------------------------------------------------------------

    def _button(self, text: str, go: Any) -> ipywidgets.Button:
        button = ipywidgets.Button(description=text)
        button.on_click(lambda _button: go())
        return button

    def _asked(self, change: dict[str, Any]) -> None:
        """Change what this control says of the view, and leave the rest, which may be more than is shown."""
        control = change["owner"]
        if self._showing or change["new"] == _SEVERAL:
            return
        self._page = 0
        _, query = self._table.looking_at()
        facets: dict[str, tuple[str, ...]] = dict(query.facets)
        facets |= {name: (menu.value,) for name, menu in self._facets.items() if menu is control}
        order = list(query.sort)
        if control in (self._sort, self._down):
            order = [(_SORTS.get(self._sort.value, self._sort.value), "desc" if self._down.value else "asc")]
        chosen = {name: [word for word in words if word] for name, words in facets.items()}
        self._table.filter(self._search.value, sort=order, **chosen)

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
        catalog, _ = self._table.looking_at()
        self._table.selected = [key for key in keys if key in catalog.row_of]

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
            self._show_sort(*(query.sort or BY_NAME)[0])
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
            picked = list(chosen.get(name) or [""])
            together = ", ".join(label(name, word) for word in picked)
            several = [(together, _SEVERAL)] if len(picked) > 1 else []
            there = [(label(name, word), word) for word in catalog.codes(name)[1]]
            menu.options = [(_ALL, ""), *several, *there]
            value = _SEVERAL if several else picked[0]
            menu.value = value if value in {word for _, word in menu.options} else ""

    def _show_sort(self, column: str, direction: str) -> None:
        shown = next((name for name, sorted_by in _SORTS.items() if sorted_by == column), None)
        self._sort.options = list(_SORTS) if shown else [*_SORTS, column]
        self._sort.value = shown or column
        self._down.value = direction == "desc"


def _line(name: str, kind: str, base: str, *_: str) -> str:
    return f"{name} ({kind}, {base})"
