"""Two widgets as small as they can be: the cost of a table that only shows, sorts and searches rows.

`FloorWindow` keeps the data in the kernel: 60 rows a message, sorted and searched with pandas. `FloorClient`
sends all columns once, dictionary-coded, and does the rest in the browser. No styles, no selection, no
accessibility.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).resolve().parent
WINDOW = 60


class FloorWindow(anywidget.AnyWidget):
    """Sends the first window in its state, later ones on request; JavaScript asks `{sort, ascending, search,
    first}`."""

    _esm = HERE / "floor_window.js"
    columns: traitlets.List[str] = traitlets.List().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = self._shown = frame
        self._order: tuple[Any, ...] = (None, True, "")
        super().__init__(columns=list(frame.columns), start=self._window(0))
        self.on_msg(self._asked)

    def _window(self, first: int) -> dict[str, Any]:
        part = self._shown.iloc[first : first + WINDOW]
        return {"total": len(self._shown), "first": first, "rows": part.astype(object).to_numpy().tolist()}

    def _asked(self, _widget: object, ask: dict[str, Any], _buffers: object) -> None:
        order = (ask["sort"], ask["ascending"], ask["search"])
        if order != self._order:
            self._order, self._shown = order, self._ordered(*order)
        self.send(self._window(ask["first"]))

    def _ordered(self, sort: str | None, ascending: bool, search: str) -> pd.DataFrame:
        shown = self._frame
        if search:
            shown = shown[shown["name"].str.contains(search, case=False, regex=False)]
        return shown.sort_values(sort, ascending=ascending) if sort else shown


class FloorClient(anywidget.AnyWidget):
    """Sends every column once: `{"values": [...]}`, or `{"codes": [...], "of": [...]}` for a category."""

    _esm = HERE / "floor_client.js"
    data = traitlets.Bytes().tag(sync=True)

    def __init__(self, frame: pd.DataFrame) -> None:
        columns = {name: _coded(frame[name]) for name in frame.columns}
        super().__init__(data=json.dumps({"total": len(frame), "columns": columns}).encode())


def _coded(column: pd.Series[Any]) -> dict[str, Any]:
    if column.dtype == "category":
        return {"codes": column.cat.codes.tolist(), "of": column.cat.categories.tolist()}
    return {"values": column.tolist()}
