"""`Connection`: one server as the widgets see it, shared by all of them.

A client, its events and a `Store` on the background loop thread. The first viewer starts it, the last one to
leave ends it: without a viewer no socket, poll or task is left. `Connection.of(...)` gives the same
connection for the same server, so that ten widgets in ten cells make one socket and one list of models.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias
from weakref import WeakValueDictionary

from invokeai_widgets.client.changes import Changes
from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.loop import LoopThread
from invokeai_widgets.live.clients import ClientSource, client_source
from invokeai_widgets.live.follow import Follower
from invokeai_widgets.live.looks import Looks
from invokeai_widgets.live.store import LinkChanged, Snapshot, Store
from invokeai_widgets.live.verbs import Verbs

if TYPE_CHECKING:
    from invokeai_widgets.client.aio import AsyncInvokeAIClient
    from invokeai_widgets.client.blocking import InvokeAIClient
    from invokeai_widgets.client.blocking.jobs import ModelInstJobHandle
    from invokeai_widgets.client.jobs import AsyncModelInstJobHandle

Source: TypeAlias = (
    "str | InvokeAIClient | AsyncInvokeAIClient | ModelInstJobHandle | AsyncModelInstJobHandle | Connection"
)
_AFTER_A_FAULT = 5.0  # seconds; what failed once inside us would fail again at once
_log = logging.getLogger(__name__)


class Viewer(Protocol):
    """Whoever shows a connection: told of every change, on the loop thread."""

    wants_models: bool
    """Whether it needs the list of models; jobs are followed in any case."""

    def on_snapshot(self, snapshot: Snapshot) -> None: ...


class Connection(Verbs):
    """One server, live, for any number of viewers. Get one by `Connection.of(...)`.

    `attach`, `detach`, `set_visible`, `spawn` and `wait_for_first_look` may be called from any thread;
    everything else belongs to the loop thread (`connection.loop`). The verbs (`install`, `delete`, ...) are
    coroutines.
    """

    _shared: ClassVar[WeakValueDictionary[tuple[Hashable, bool], Connection]] = WeakValueDictionary()
    _lock = threading.Lock()

    def __init__(self, source: ClientSource, *, read_only: bool = False) -> None:
        self.loop = LoopThread.shared()
        self.base_url = source.base_url
        self.store = Store(Snapshot(read_only=read_only))
        self.first_look = threading.Event()  # set by the follower: listed once, or a problem is known
        self.whole_look = threading.Event()  # the same, and whose file is missing is known, or cannot be
        self.looks = Looks()
        self._changes = Changes.of(self.base_url)
        self._changes.add(self)
        self._keeps_waiting = False
        self._source = source
        self._client: AsyncInvokeAIClient | None = None
        self._follower: Follower | None = None
        self._viewers: dict[int, tuple[Viewer, Callable[[], None]]] = {}
        self._visible: set[int] = set()
        self._life: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @classmethod
    def of(cls, source: Source, *, read_only: bool = False) -> Connection:
        """The connection for this address, client or connection, made if there is none yet.

        Raises `InvalidInput` for an address that cannot be one, before anything is sent.
        """
        if isinstance(source, Connection):
            return source
        found = client_source(source)
        with cls._lock:
            key = (found.identity, read_only)
            known = cls._shared.get(key)
            if known is None or not known.loop.is_alive:  # that of the process which this one was forked from
                known = cls._shared[key] = cls(found, read_only=read_only)
            return known

    # -- what is known --------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """What is known now. A frozen value, so any thread may read it."""
        return self.store.snapshot

    @property
    def client(self) -> AsyncInvokeAIClient:
        """The open client. Raises `InvokeAIError` while nobody is attached."""
        if self._client is None:
            raise InvokeAIError("This widget is closed.", advice="Run its cell again.")
        return self._client

    async def opened(self) -> None:
        """Return when the client is open for who is attached: a former life may be ending still."""
        if self._client is None and self._life is not None:
            await asyncio.wait({self._life})

    @property
    def is_watched(self) -> bool:
        """Whether a view of it is on somebody's screen."""
        return bool(self._visible)

    @property
    def wants_models(self) -> bool:
        """Whether a viewer needs the list of models. A bar alone does not: the list may be long."""
        return any(viewer.wants_models for viewer, _ in self._viewers.values())

    @staticmethod
    def now() -> float:
        """Seconds since the epoch, as used in the snapshot."""
        return time.time()

    def wait_for_first_look(self, timeout: float) -> bool:
        """Block until the models have been listed or a problem is known, at most `timeout` seconds.

        Returns whether there is something to show. On the loop thread, which does the listing, it never
        waits; nor after somebody has waited in vain.
        """
        if self.loop.is_current() or self._keeps_waiting:
            return self.first_look.is_set()
        self._keeps_waiting = not self.first_look.wait(timeout)
        return not self._keeps_waiting

    # -- viewers --------------------------------------------------------------------------------------------

    def attach(self, viewer: Viewer) -> None:
        """From now on `viewer.on_snapshot` hears of changes. The first viewer starts the connection."""
        if viewer.wants_models and not self.snapshot.loaded:  # those before it may have needed jobs only
            self.first_look.clear()
            self.whole_look.clear()
        if viewer.wants_models and self._client is None:  # nobody has followed it meanwhile
            self.whole_look.clear()
        self.loop.post(lambda: self._attach(viewer))

    def detach(self, viewer: Viewer) -> None:
        """The viewer hears nothing more. The last one to leave ends the connection."""
        self.loop.post(lambda: self._detach(viewer))

    def set_visible(self, viewer: Viewer, visible: bool) -> None:
        """Say whether the viewer is on a screen: the slow poll for edits by others rests while none is."""
        self.loop.post(lambda: self._set_visible(viewer, visible))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` on the loop to its end. It must deal with its own errors."""
        self.loop.post(lambda: self._spawn(work))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself holds tasks by weak reference only
        task.add_done_callback(self._tasks.discard)

    def _attach(self, viewer: Viewer) -> None:
        if id(viewer) in self._viewers:
            return
        self._viewers[id(viewer)] = (viewer, self.store.subscribe(viewer.on_snapshot))
        if viewer.wants_models and not self.snapshot.loaded:
            self.look_again()  # a follower that is there already was content with less
        self._start()

    def _detach(self, viewer: Viewer) -> None:
        self._visible.discard(id(viewer))
        _, unsubscribe = self._viewers.pop(id(viewer), (None, None))
        if unsubscribe is not None:
            unsubscribe()
        if not self._viewers and self._life is not None and self._client is not None:  # else it ends already
            self._client = None
            # Later: a task that is cancelled before its first step never comes to its `finally`.
            self._life.get_loop().call_soon(self._life.cancel)

    def _set_visible(self, viewer: Viewer, visible: bool) -> None:
        was_watched = self.is_watched
        if visible and id(viewer) in self._viewers:
            self._visible.add(id(viewer))
        else:
            self._visible.discard(id(viewer))
        if self.is_watched != was_watched and self._follower is not None:
            self._follower.look_again()

    # -- life -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._life is None:
            self._client = self._source.open()
            self._follower = Follower(self, self._client)
            self._life = asyncio.get_running_loop().create_task(self._live(self._client, self._follower))

    async def _live(self, client: AsyncInvokeAIClient, follower: Follower) -> None:
        """Keep the store true while there are viewers; let go of everything at the end."""
        is_end = False
        try:
            try:
                await follower.run()
            except Exception:
                _log.exception("following the server ended unexpectedly; it begins anew")
                await asyncio.sleep(_AFTER_A_FAULT)
        except asyncio.CancelledError:
            is_end = self._client is not None  # it was not us: the loop itself ends
            raise
        finally:
            self._follower = self._client = None
            with contextlib.suppress(InvokeAIError):
                await asyncio.shield(self._source.close(client))
            self.store.dispatch(LinkChanged("idle", self.now()))
            self._life = None
            if self._viewers and not is_end:  # someone came while we were leaving
                self._start()

    def look_again(self) -> None:
        """Have the records read again soon."""
        if self._follower is not None:
            self._follower.look_again()

    def models_changed(self) -> None:
        """This process has asked for a change of models, or has seen an install complete. Any thread."""
        self.looks.note_change()
        self.loop.post(self.look_again)

    def catch_up(self, timeout: float) -> bool:
        """Block until all that was changed from here is known, at most so many seconds; whether it is."""
        if self.looks.is_behind:
            self.loop.post(self._hurry)
        return self.looks.wait(timeout)

    def _hurry(self) -> None:
        if self._follower is not None:
            self._follower.hurry()

    async def refresh(self) -> None:
        """Read everything again. Raises what went wrong, in words."""
        await self.opened()
        if self._follower is None:
            raise InvokeAIError("This widget is closed.", advice="Run its cell again.")
        await self._follower.read_all(everything=True)
