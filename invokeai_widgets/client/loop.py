"""One event loop on a thread of its own, shared by the blocking client and the widgets.

A notebook's own loop stands still while a cell runs; this one goes on, so that bars move and clicks act.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import os
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Final, Generic, TypeVar

from .errors import InvokeAIError, RequestTimedOut

T = TypeVar("T")

#: Seconds between two chances for Ctrl-C: a thread that waits without end does not hear it everywhere.
_HEARTBEAT: Final = 0.1
#: Seconds that what runs gets to end by itself when the loop stops.
_LAST_WORDS: Final = 0.2
#: Seconds that a cancelled coroutine gets to clean up before the waiter leaves.
_FAREWELL: Final = 1.0


class LoopThread:
    """A daemon thread that runs an event loop. Get the shared one by `LoopThread.shared()`."""

    _shared: ClassVar[LoopThread | None] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, name: str = "invokeai-widgets") -> None:
        self.loop = asyncio.new_event_loop()
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        _all.add(self)

    @classmethod
    def shared(cls) -> LoopThread:
        """The one of this process, started at the first call. A forked process gets its own."""
        with cls._lock:
            if cls._shared is None or not cls._shared.is_alive:
                cls._shared = cls()
            return cls._shared

    @property
    def is_alive(self) -> bool:
        """Whether it runs in this process."""
        return self._pid == os.getpid() and self._thread.is_alive()

    def is_current(self) -> bool:
        """Whether the caller is on this very thread."""
        return threading.current_thread() is self._thread

    def post(self, work: Callable[[], object]) -> None:
        """Have the loop call `work` soon, from any thread; returns at once. A stopped loop drops it."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(work)

    def run(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run a coroutine on the loop and wait for its end. Giving up, by Ctrl-C too, cancels it.

        Raises:
            RequestTimedOut: It did not end within `timeout` seconds, and was cancelled.
            InvokeAIError: Called on the loop thread, which would wait for itself; or that has ended.
        """
        try:
            self._check_callable()
        except BaseException:
            work.close()
            raise
        running = _Running(self.loop, work)
        self.post(running.begin)
        try:
            return self._wait(running.outcome, timeout)
        except BaseException:
            self.post(running.cancel)
            concurrent.futures.wait((running.outcome,), timeout=_FAREWELL)
            raise

    def stop(self) -> None:
        """Cancel what still runs, and end the thread."""
        if self.is_alive and not self.is_current():
            self.post(self.loop.stop)
            self._thread.join(timeout=2 * _FAREWELL)

    def _check_callable(self) -> None:
        if self.is_current():
            raise InvokeAIError(
                "A blocking call on the background thread would wait for itself.",
                advice="There use AsyncInvokeAIClient, and await.",
            )
        if not self.is_alive:
            raise InvokeAIError(
                "The background thread of this client has ended (the process was forked, or is ending).",
                advice="Make a new client with InvokeAIClient.from_url(...).",
            )

    def _wait(self, outcome: concurrent.futures.Future[T], timeout: float | None) -> T:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _HEARTBEAT if deadline is None else deadline - time.monotonic()
            concurrent.futures.wait((outcome,), timeout=max(0.0, min(_HEARTBEAT, left)))
            if outcome.done():
                return outcome.result()
            if left <= 0:
                raise RequestTimedOut(f"Not done within {timeout:g} s; the waiting was given up.")
            if not self.is_alive:
                raise InvokeAIError("The background thread ended before the work did.")

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self._clear())
            self.loop.close()
            _all.discard(self)

    async def _clear(self) -> None:
        """Let clients close, then end what is left: no task, generator or connection outlives the loop."""
        await self._finish(_LAST_WORDS)
        for task in self._others():
            task.cancel()
        await self._finish(_FAREWELL)
        await self.loop.shutdown_asyncgens()
        with contextlib.suppress(RuntimeError):  # no thread may be started while Python ends
            await self.loop.shutdown_default_executor()

    async def _finish(self, seconds: float) -> None:
        if tasks := self._others():
            await asyncio.wait(tasks, timeout=seconds)

    def _others(self) -> set[asyncio.Task[Any]]:
        return asyncio.all_tasks(self.loop) - {asyncio.current_task()}


class _Running(Generic[T]):
    """A coroutine of another thread on its way: begun and cancelled on the loop, its outcome for anyone."""

    def __init__(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> None:
        self.outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._loop = loop
        self._work = work
        self._task: asyncio.Task[T] | None = None

    def begin(self) -> None:
        self._task = self._loop.create_task(self._work)
        self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.outcome.set_exception(InvokeAIError("The work was cancelled."))
        elif error := task.exception():
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(task.result())


#: Strong references: an event loop that is collected while open complains.
_all: set[LoopThread] = set()


@atexit.register
def _stop_all() -> None:
    for thread in list(_all):
        thread.stop()


def _after_fork() -> None:
    """The thread did not come along, and the lock may have been taken by another one."""
    LoopThread._lock = threading.Lock()
    LoopThread._shared = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
