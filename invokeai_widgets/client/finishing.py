"""Work of ours that belongs to the end of an install: what the server does not do by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from weakref import WeakKeyDictionary

from .book import JobBook
from .schema import ModelInstJobInfo
from .secrets import redact_text
from .track import Track

Completion = Callable[[ModelInstJobInfo], Awaitable[ModelInstJobInfo]]

_log = logging.getLogger(__name__)


class Finishing:
    """The work to be done at the ends of jobs. A job is shown as ended only when its work is done."""

    def __init__(self, book: JobBook, tell: Callable[[], None]) -> None:
        """`tell` is called when an end has become visible."""
        self._book = book
        self._tell = tell
        self._work: WeakKeyDictionary[Track, list[Completion]] = WeakKeyDictionary()
        self._running: dict[Track, asyncio.Task[None]] = {}

    def expect(self, track: Track, work: Completion) -> None:
        """Have `work` done whenever the job ends; at once if it has."""
        self._work.setdefault(track, []).append(work)
        if self._book.hold_end(track):
            self.begin([track])
        self._tell()

    def begin(self, ended: Iterable[Track]) -> None:
        """These jobs have ended: start what is to be done for them."""
        for track in ended:
            if track.is_held and track not in self._running:
                self._running[track] = asyncio.get_running_loop().create_task(self._finish(track))

    async def done(self, track: Track | None = None) -> None:
        """Wait for the work that is under way: for one job, or for all."""
        running = self._running.values() if track is None else [self._running.get(track)]
        if tasks := [task for task in running if task is not None]:
            await asyncio.wait(tasks)

    async def aclose(self) -> None:
        """Give up what is under way."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _finish(self, track: Track) -> None:
        end = track.truth
        try:
            for work in self._work[track]:
                end = await self._one(work, end)
        finally:
            self._running.pop(track, None)
        self._book.settle(track, end, asyncio.get_running_loop().time())
        self._tell()

    async def _one(self, work: Completion, end: ModelInstJobInfo) -> ModelInstJobInfo:
        try:
            return await work(end)
        except Exception as error:
            _log.debug("the work at the end of an install failed", exc_info=True)
            return end.replaced(warning=redact_text(str(error)))
