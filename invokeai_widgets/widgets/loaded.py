"""`LoadedPanel`: a panel that shows something which is not in the snapshot, and so has to be read for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.errors import APIRequestError, InvokeAIError, NotSupported
from invokeai_widgets.widgets.base import Panel

if TYPE_CHECKING:
    from invokeai_widgets.live.store import Snapshot

_log = logging.getLogger(__name__)


class LoadedPanel(Panel):
    """Reads what it shows when it is seen first, when asked, and again after the server was away.

    Subclasses give `load`. One that nobody sees, in a tab that was never opened, asks the server nothing.
    """

    loading = traitlets.Bool(False, help="By Python: it is being read.").tag(sync=True)
    loaded = traitlets.Bool(False, help="By Python: it has been read at least once.").tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._reading: asyncio.Task[None] | None = None
        self._tried = threading.Event()
        self._again_after = 0.0  # when a reading failed that a later one may not
        super().__init__(*args, **kwargs)

    async def load(self) -> None:
        """Read it. Raises what goes wrong, in words."""
        raise NotImplementedError

    async def do_refresh(self) -> None:
        """Read it again."""
        await self.read()

    async def read(self) -> None:
        """Read it now. Whoever asks while it is being read gets that reading."""
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
        await asyncio.shield(self._reading)

    async def _read(self) -> None:
        self.loading, self._again_after = True, 0.0
        try:
            await self.connection.opened()
            await self.load()
            self._own_problem = None
            self.loaded = True
        except (APIRequestError, NotSupported):
            raise
        except InvokeAIError:
            self._again_after = self.connection.now()
            raise
        finally:
            self._reading, self.loading = None, False
            if not self._closed:
                self._show_latest()
            self._tried.set()

    def read_soon(self) -> None:
        """Read it without anybody waiting (loop thread). What goes wrong becomes the panel's problem line."""
        self.connection.spawn(self._read_quietly())

    async def _read_quietly(self) -> None:
        try:
            await self.read()
        except InvokeAIError as error:
            self._fail(error.message, error.advice, type(error).__name__)
        except Exception as error:
            _log.exception("reading for a panel failed")
            self._fail(f"Reading failed inside the widget: {error}", None, type(error).__name__)
        if not self._closed:
            self._show_latest()

    def _read_first(self) -> None:
        if not self._tried.is_set() and self._reading is None and not self._closed:
            self.read_soon()

    def _note_view(self, view: str, state: str) -> None:
        super()._note_view(view, state)
        if state == "visible":
            self._read_first()

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """As for every panel; and what failed while the server was away is read when it is back."""
        if self._again_after and snapshot.problem is None and snapshot.loaded_at > self._again_after:
            self._again_after = 0.0
            self.read_soon()
        super().on_snapshot(snapshot)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """As for every panel; in a cell of its own it is read beforehand, if that does not take long."""
        self.connection.loop.post(self._read_first)
        if not self.connection.loop.is_current():
            self._tried.wait(self.first_look)
        return super()._repr_mimebundle_(**kwargs)
