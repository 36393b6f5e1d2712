"""`ModelTable`: the models as a table to look at, search, sort, select in and act on, and as data."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
import traitlets

from invokeai_widgets.client.errors import InvalidInput, InvokeAIError
from invokeai_widgets.library import columns as frame_columns
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.conforming import conform
from invokeai_widgets.library.query import Query
from invokeai_widgets.live.store import Snapshot
from invokeai_widgets.widgets.base import Panel
from invokeai_widgets.widgets.table.acting import Acting
from invokeai_widgets.widgets.table.answering import Answering
from invokeai_widgets.widgets.table.as_data import AsData
from invokeai_widgets.widgets.table.choosing import chosen_keys
from invokeai_widgets.widgets.table.faces import html_face, text_face
from invokeai_widgets.widgets.table.plain import PlainTable
from invokeai_widgets.widgets.table.shelf import Shelf
from invokeai_widgets.widgets.table.still import StillConnection

SHOWN = ("name", "type", "base", "format", "size", "state")
"""The columns that are on at first."""

OFFERED = (*SHOWN, "variant", "source_type", "source", "path", "description")
"""The columns that the menu offers, beside those asked for. `state`: missing, in place, and so on."""

_MORE = ("trigger_phrases", "hash", "key")

_ROW, _SPARE = 34, 6
"""Pixels of a row, and the rows that the browser has ready below those in sight (js/src/table/grid.ts)."""


class ModelTable(AsData, Answering, Acting, Panel):
    """A live table of a server's models.

    `df`, `view` and `selection` are DataFrames of all models, of what search and filters leave, and of what
    is selected; `selected` has the keys. `filter(...)` and `select(...)` do what search field and mouse do.

    Args:
        source: A server's address, a client, another panel's `connection`; or a DataFrame with the columns
            below (at least `name`), which makes a read-only table without a server.
        columns: Which columns are on, and in which order; without it the browser remembers the last choice.
        height: Of the rows, their header included, in pixels.
        read_only: Change nothing on the server, and offer nothing that would.

    Raises:
        InvalidInput: An address that cannot be one, a column that there is not, or a frame that is none of
            models. A server that does not answer raises nothing: the table says so, and tries again.
    """

    built = "table"

    head = traitlets.Dict(help="By Python: the first window of rows, and numbers of the whole.").tag(
        sync=True
    )
    labels = traitlets.Dict(help="By Python: how words are shown, by column.").tag(sync=True)
    busy = traitlets.Dict(help="By Python: key -> the verb at work on it.").tag(sync=True)
    status = traitlets.Dict(help="By Python: how the server is heard, and how fresh the rows are.").tag(
        sync=True
    )
    query = traitlets.Dict(
        help="By Python: the search, facets and sort, and which browser asked for them."
    ).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode(), help="By Python: the columns that are on at first.").tag(
        sync=True
    )
    offered = traitlets.List(traitlets.Unicode(), help="By Python: the columns there are to choose.").tag(
        sync=True
    )
    own_columns = traitlets.Bool(help="By Python: the columns were asked for.").tag(sync=True)
    height = traitlets.Int(404, help="By Python: pixels of the rows, their header included.").tag(sync=True)
    selected = traitlets.List(
        traitlets.Unicode(), help="By the browser, and by who likes: the keys of the selected rows."
    ).tag(sync=True)

    _clicked = False  # the selection comes from a browser

    def __init__(
        self,
        source: Any,
        *,
        columns: Sequence[str] | None = None,
        height: int = 404,
        read_only: bool = False,
    ) -> None:
        self._shown_first = _checked(columns or SHOWN)
        self._first_window = math.ceil(height / _ROW) + _SPARE
        self._query = Query()
        self._made_head: tuple[tuple[Shelf, Query], dict[str, Any]] | None = None
        self._follow_lock = threading.Lock()
        self._sent: set[str] = set()  # the columns that some browser has whole
        still = isinstance(source, pd.DataFrame)
        self._shelf = Shelf.of_frame(conform(source)) if still else Shelf.empty()
        self._is_still = still
        super().__init__(
            StillConnection() if still else source,
            read_only=read_only or still,
            query=self._query.to_wire(),
            columns=self._shown_first,
            offered=list(dict.fromkeys((*OFFERED, *self._shown_first))),
            own_columns=columns is not None,
            height=height,
        )

    # -- following the server -------------------------------------------------------------------------------

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        shelf = self._follow(snapshot)
        return {
            "head": self._head(shelf),
            "labels": shelf.labels,
            "busy": dict(snapshot.busy),
            "status": {
                "loaded": snapshot.loaded,
                "loaded_at": snapshot.loaded_at,
                "link": snapshot.link,
                "since": snapshot.link_since,
                "base_url": self.connection.base_url,
            },
        }

    def _head(self, shelf: Shelf) -> dict[str, Any]:
        """What the first picture needs; made anew only for other rows or another view."""
        made_of, made = (shelf, self._query), self._made_head
        if made is None or made[0] != made_of:
            made = self._made_head = (made_of, shelf.head(made_of[1], self._first_window, self._shown_first))
        return made[1]

    def _follow(self, snapshot: Snapshot) -> Shelf:
        with self._follow_lock:  # the snapshot may come from the loop while the widget is being built
            if not self._is_still:
                self._shelf = self._shelf.after(snapshot)
            return self._shelf

    def on_snapshot(self, snapshot: Snapshot) -> None:
        before = self._shelf
        super().on_snapshot(snapshot)
        after = self._shelf
        if after is before or self._closed:
            return
        self.send({"kind": "rows", "change": after.change_since(before, self._sent)})
        left = [key for key in self.selected if key in after.catalog.row_of]
        if len(left) < len(self.selected):
            self.selected = left

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take from a browser what it may write, `selected`. Its copies of other traits may be cut short."""
        self._clicked = True
        try:
            super().set_state({name: value for name, value in sync_data.items() if name == "selected"})
        finally:
            self._clicked = False

    @traitlets.validate("selected")
    def _only_models(self, proposal: Any) -> list[str]:
        """Refuse what no row has, as `select` does; of clicks drop it: a model may have gone meanwhile."""
        keys, shelf = proposal["value"], self._shelf
        if self._clicked:
            return [key for key in keys if key in shelf.catalog.row_of]
        if keys and (unread := self._unread()):
            raise InvokeAIError(unread)
        if not self._is_still and any(key not in shelf.catalog.row_of for key in keys):
            shelf = shelf.after(self.connection.snapshot)  # `df` may tell of rows before they are delivered
        return chosen_keys(keys, shelf.catalog)

    def looking_at(self) -> tuple[Catalog, Query]:
        """The rows as they are known now, and the view of them."""
        return self._shelf.catalog, self._query

    # -- the other faces ------------------------------------------------------------------------------------

    def plain(self) -> PlainTable:
        """The same table out of core ipywidgets, for a front end that cannot show this one."""
        return PlainTable(self)

    def plain_text(self) -> str:
        return self._unread() or text_face(self._shelf.catalog, self._query, self.connection.base_url)

    def plain_html(self) -> str:
        if unread := self._unread():
            return f"<p>{escape(unread)}</p>"
        return html_face(self._shelf.catalog, self._query, self.connection.base_url)

    def __repr__(self) -> str:
        told = "not read" if self._unread() else f"{len(self._shelf.catalog)} models"
        return f"ModelTable({self.connection.base_url!r}, {told})"


def _checked(columns: Sequence[str]) -> list[str]:
    """The columns without repeats; `name` is always there, first if nobody says where."""
    known = (*OFFERED, *_MORE)
    for name in columns:
        if name not in known:
            raise InvalidInput(f"The table has no column {name!r}.", advice=f"It has: {', '.join(known)}.")
    return list(dict.fromkeys(columns if "name" in columns else ("name", *columns)))


ModelTable.__doc__ = (
    f"{ModelTable.__doc__}\n    Columns of the frames, indexed by key:\n\n{frame_columns.describe()}\n"
)
