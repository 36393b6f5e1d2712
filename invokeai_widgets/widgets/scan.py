"""`FolderScan`: what a folder of the server holds, and installing it from there."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.schema import FoundModel
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import problem_text, table_html, table_text
from invokeai_widgets.widgets.offers import OffersPanel

if TYPE_CHECKING:
    from invokeai_widgets.live.connection import Source
    from invokeai_widgets.live.store import Snapshot

_SHOWN = 30  # rows of the plain faces
_STATE_WORDS = {"new": "not installed", "installed": "installed"}


class FolderScan(OffersPanel):
    """The models in a folder of the server, as a list to search, filter and install from.

    `folder` is a path on the server; with it the folder is scanned at once. Files are installed in place
    unless the person chooses otherwise: then InvokeAI MOVES them into its models folder.

    `found` is what the last scan found; `scan(folder)` scans from Python.
    """

    built = "scan"

    folder = traitlets.Unicode("", help="By Python: the folder that was scanned last, or is to be.").tag(
        sync=True
    )

    def __init__(self, source: Source, folder: str = "", **kwargs: Any) -> None:
        self._found: tuple[FoundModel, ...] = ()
        self._by_server: set[str] = set()  # installed, as the scan said
        self._places_then: frozenset[str] = frozenset()
        self._places_now: tuple[object, frozenset[str]] = (None, frozenset())
        super().__init__(source, folder=str(folder), **kwargs)
        if not self.folder:
            self._tried.set()

    @property
    def found(self) -> list[FoundModel]:
        """What the last scan found, with `is_installed` as it is now."""
        snapshot = self.connection.snapshot
        return [each.replaced(is_installed=self.is_installed(each.path, snapshot)) for each in self._found]

    def scan(self, folder: str) -> list[FoundModel]:
        """Scan a folder of the server and show what is there; what was found. Blocks until it is done.

        Raises:
            InvalidInput: The folder is empty.
            InvalidRequest: There is no such folder on the server.
        """
        self.connection.loop.run(self.do_scan(folder))
        return self.found

    async def do_scan(self, folder: str) -> None:
        """Scan this folder from now on."""
        while self._reading is not None:  # of another folder
            await asyncio.wait({self._reading})
        self.folder = folder.strip()
        await self.read()

    async def load(self) -> None:
        """Scan the folder. A failure leaves nothing of an earlier folder on the screen."""
        found: list[FoundModel] = []
        try:
            found = await self.connection.scan(self.folder)
        finally:
            self._places_then = self._places(self.connection.snapshot)
            self._found = tuple(sorted(found, key=lambda each: each.path.casefold()))
            self.offer({each.path: {"key": each.path} for each in self._found})
            self._by_server = {each.path for each in self._found if each.is_installed}

    def is_installed(self, key: str, snapshot: Snapshot) -> bool:
        """A record came from it or uses it in place now; or the server said so for another reason."""
        places = self._places(snapshot)
        return key in places or (key in self._by_server and key not in self._places_then)

    def _places(self, snapshot: Snapshot) -> frozenset[str]:
        """The paths that records use, or came from."""
        if self._places_now[0] is not snapshot.models:
            models = snapshot.models.values()
            places = frozenset(place for m in models for place in (m.path, m.source) if place)
            self._places_now = (snapshot.models, places)
        return self._places_now[1]

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        return table_text(self._caption(), self._cells(), left_out=len(self._found[_SHOWN:]))

    def plain_html(self) -> str:
        return table_html(
            self._caption(), ("Path", "State"), self._cells(), left_out=len(self._found[_SHOWN:])
        )

    def _cells(self) -> list[tuple[str, str]]:
        return [(f.path, self._in_words(f.path)) for f in self._found[:_SHOWN]]

    def _in_words(self, key: str) -> str:
        state, text = self.state(key)
        return _STATE_WORDS.get(state, text)

    def _caption(self) -> str:
        if self.problem:
            return problem_text(self.problem)
        if not self.loaded:
            return f"No folder of {self.connection.base_url} has been scanned yet."
        states = Counter(self.state(each.path)[0] for each in self._found)
        what = words.count(len(self._found), "model")
        return f"{what} in {self.folder} at {self.connection.base_url}, {states['new']:,} not installed"
