"""The table as data: the frames that a script reads from it, and the selection and view that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.frames import own_copy
from invokeai_widgets.library.labels import word_of
from invokeai_widgets.library.query import Query, rows
from invokeai_widgets.widgets.table.choosing import chosen_keys
from invokeai_widgets.widgets.table.shelf import Shelf

if TYPE_CHECKING:
    from invokeai_widgets.live.connection import Connection

_WHOLE = 5.0  # seconds that a frame waits for a first look
_AGAIN = "Ask again when the server answers."
_CHANGES = 10.0  # the same for what was changed from here


class AsData:
    """The face of the table for a script. Mixed into `ModelTable`; all of it may be called on any thread."""

    connection: Connection
    selected: Any
    query: Any
    _closed: bool
    _is_still: bool
    _query: Query
    _shelf: Shelf

    if TYPE_CHECKING:

        def _attach_for_a_while(self) -> None: ...

        def _show_latest(self) -> None: ...

        def set_trait(self, name: str, value: Any) -> None: ...

    @property
    def df(self) -> pd.DataFrame:
        """All models, live: each call gives what is known now.

        Waits for the first look at the server, and for a new one after a change that this process has asked
        for, by whatever client of the same address. For changes made elsewhere: `refresh`.

        Raises:
            InvokeAIError: Nothing could be read within 5 seconds, with the reason; or what was changed from
                here within 10. `view` and `selection` do so, too.
        """
        return own_copy(self._whole().frame)

    @property
    def view(self) -> pd.DataFrame:
        """The models that search and filters leave, in the order of the table."""
        catalog = self._whole()
        return own_copy(catalog.frame.iloc[rows(catalog, self._query)])

    @property
    def selection(self) -> pd.DataFrame:
        """The selected models, in the order they were selected."""
        catalog = self._whole()
        return own_copy(catalog.frame.loc[[key for key in self.selected if key in catalog.row_of]])

    def _whole(self) -> Catalog:
        """The catalog for a script, which unlike a person does not see that something is still to come."""
        if self._is_still or self._closed or self.connection.loop.is_current():
            return self._shelf.catalog
        self._attach_for_a_while()
        self.connection.whole_look.wait(_WHOLE)
        if unread := self._unread():
            raise InvokeAIError(unread, advice=_AGAIN)
        if not self.connection.catch_up(_CHANGES):
            raise InvokeAIError("Models were changed from here, and not read since.", advice=_AGAIN)
        return self._shelf.after(self.connection.snapshot).catalog  # it may not have been delivered yet

    def _unread(self) -> str:
        """Why nothing is known of the models so far, or ""; to show none then would be a wrong answer."""
        snapshot = self.connection.snapshot
        if self._is_still or snapshot.loaded:
            return ""
        if snapshot.problem is not None:
            return snapshot.problem.message
        return f"The models of {self.connection.base_url} have not been read yet."

    def refresh(self) -> None:
        """Read the models again now, and return when they are known.

        Raises:
            Unreachable, RequestTimedOut, NotLoggedIn, ...: They could not be read; the table keeps those it
                has.
            InvokeAIError: The table is closed.
        """
        if self._closed:
            raise InvokeAIError("This table is closed.", advice="Run its cell again.")
        self._attach_for_a_while()
        self.connection.loop.run(self.connection.refresh())

    def select(self, what: Any = None) -> None:
        """Select these and no others: keys, records, rows of a frame, or a mask over `df`; None for none.

        Raises:
            InvalidInput: A key that no model has, or something that names none.
            InvokeAIError: As `df`.
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

        Args:
            text: Words that must all be found, in upper or lower case, in the name, description, source or
                path, or be those of base, type or format.
            base, type, format, source_type: One or several, as InvokeAI or as the table writes them ("sdxl"
                or "SDXL"). A word that no model has is no error.
            state: Any of "missing", "in place", "unknown", "duplicate".
            sort: Columns, or pairs like `("size", "desc")`; the first counts most.

        Raises:
            InvalidInput: A column or state that there is not.
        """
        facets = {"base": base, "type": type, "format": format, "source_type": source_type, "state": state}
        order = self._query.sort if sort is None else sort
        query = Query.of(text or "", facets, order)
        meant = {name: self._meant(name, words) for name, words in query.facets.items()}
        query = Query.of(query.text, meant, query.sort)

        def take() -> None:
            self._take_query(query, None)
            self._show_latest()  # the first window, for a browser that is still to come

        self._on_loop(take)

    def _meant(self, facet: str, words: Iterable[str]) -> list[str]:
        """The words as they are if a row has them, else InvokeAI's for what a person writes."""
        there = () if facet == "state" else self._shelf.catalog.codes(facet)[1]
        return [word if word in there else word_of(facet, word) for word in words]

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
