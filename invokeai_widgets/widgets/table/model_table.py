"""`ModelTable`: the models as a table to look at, search, sort, select in and act on, and as data."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import traitlets

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.library import columns as frame_columns
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.frames import conform
from invokeai_widgets.library.query import Query, rows
from invokeai_widgets.live.store import Snapshot
from invokeai_widgets.widgets.base import Panel
from invokeai_widgets.widgets.table.acting import Acting
from invokeai_widgets.widgets.table.answering import Answering
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

_WHOLE = 5.0  # seconds that the first frame waits until it is known whose file is missing


class ModelTable(Answering, Acting, Panel):
    """A live table of a server's models.

    `source` is a server's address, a client, another panel's `connection`, or a DataFrame with the columns of
    `invokeai_widgets.library.columns` (at least `name`), which makes a read-only table without a server.
    `columns` says which columns are on, and in which order; without it the browser remembers the last choice.
    `height` is that of the rows in pixels.

    `df`, `view`, `selection` are DataFrames.
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
    query = traitlets.Dict(help="By Python: the search, facets and sort, and whose they are.").tag(sync=True)
    columns = traitlets.List(traitlets.Unicode(), help="By Python: the columns that are on at first.").tag(
        sync=True
    )
    offered = traitlets.List(traitlets.Unicode(), help="By Python: the columns there are to choose.").tag(
        sync=True
    )
    own_columns = traitlets.Bool(help="By Python: the columns were asked for.").tag(sync=True)
    height = traitlets.Int(404, help="By Python: pixels of the rows, their header included.").tag(sync=True)
    selected = traitlets.List(traitlets.Unicode(), help="By the browser: the keys of the selected rows.").tag(
        sync=True
    )

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
        self._has_waited = False  # for all that the first frame is to tell
        super().__init__(
            StillConnection() if still else source,
            read_only=read_only or still,
            query=self._query.to_wire(),
            columns=self._shown_first,
            offered=list(dict.fromkeys((*OFFERED, *self._shown_first))),
            own_columns=columns is not None,
            height=height,
        )

    # -- the models as data ---------------------------------------------------------------------------------

    @property
    def df(self) -> pd.DataFrame:
        """All models, live: each call gives what is known now.

        The first one waits, 5 seconds at most, until the server has said whose file is missing.
        """
        return _copy(self._whole().frame)

    @property
    def view(self) -> pd.DataFrame:
        """The models that search and filters leave, in the order of the table."""
        catalog = self._whole()
        return _copy(catalog.frame.iloc[rows(catalog, self._query)])

    @property
    def selection(self) -> pd.DataFrame:
        """The selected models, in the order they were selected."""
        catalog = self._whole()
        return _copy(catalog.frame.loc[[key for key in self.selected if key in catalog.row_of]])

    def _whole(self) -> Catalog:
        """The catalog for a script, which unlike a person does not see that something is still to come."""
        if self._is_still or self._closed or self.connection.loop.is_current():
            return self._shelf.catalog
        if not self._has_waited:
            self._has_waited = True
            self.connection.whole_look.wait(_WHOLE)
        return self._shelf.after(self.connection.snapshot).catalog  # it may not have been delivered yet

    def select(self, what: Any = None) -> None:
        """Select these and no others: keys, records, rows of a frame, or a mask over `df`; None for none.

        Raises `InvalidInput` for a key that is not there.
        """
        keys = chosen_keys(what, self._whole())

        def take() -> None:
            if not self._is_still:
                self._show_latest()  # the rows that the keys were chosen from, or later ones
            self.set_trait("selected", [key for key in keys if key in self._shelf.catalog.row_of])

        self._on_loop(take)

    def filter(
        self,
        text: str | None = None,
        *,
        base: str | Iterable[str] | None = None,
        type: str | Iterable[str] | None = None,  # noqa: A002 - InvokeAI's word
        format: str | Iterable[str] | None = None,  # noqa: A002 - InvokeAI's word
        source_type: str | Iterable[str] | None = None,
        state: str | Iterable[str] | None = None,
        sort: str | Iterable[str | tuple[str, str]] | None = None,
    ) -> None:
        """Show only what matches; without arguments, everything. The sort stays unless one is given.

        `state`: any of "missing", "in place", "unknown", "duplicate". `sort`: columns, or pairs like
        `("size", "desc")`. Raises `InvalidInput` for a column that there is not.
        """
        facets = {"base": base, "type": type, "format": format, "source_type": source_type, "state": state}
        order = self._query.sort if sort is None else sort
        query = Query.of(text or "", {k: v for k, v in facets.items() if v is not None}, order)
        self._on_loop(lambda: self._take_query(query, None))

    def _take_query(self, query: Query, origin: str | None) -> None:
        """Remember a view; the browser that made it (`origin`) need not hear of it."""
        self._query = query
        self.query = {**query.to_wire(), "origin": origin}

    def _on_loop(self, work: Callable[[], object]) -> None:
        """Do it on the loop thread, which alone writes traits, and wait until it is done."""

        async def go() -> None:
            work()

        if self.connection.loop.is_current():
            work()
        else:
            self.connection.loop.run(go())

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
        super().set_state({name: value for name, value in sync_data.items() if name == "selected"})

    def looking_at(self) -> tuple[Catalog, Query]:
        """The rows as they are known now, and the view of them."""
        return self._shelf.catalog, self._query

    # -- the other faces ------------------------------------------------------------------------------------

    def plain(self) -> PlainTable:
        """The same table out of core ipywidgets, for a front end that cannot show this one."""
        return PlainTable(self)

    def plain_text(self) -> str:
        return text_face(self._shelf.catalog, self._query, self.connection.base_url)

    def plain_html(self) -> str:
        return html_face(self._shelf.catalog, self._query, self.connection.base_url)

    def __repr__(self) -> str:
        return f"ModelTable({self.connection.base_url!r}, {len(self._shelf.catalog)} models)"


def _copy(frame: pd.DataFrame) -> pd.DataFrame:
    copied: pd.DataFrame = frame.copy()
    return copied


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
