"""`JobWatch`: all install jobs of a server, kept true while somebody watches.

Events over a socket and a slow poll go through the same book. The first subscriber starts both, the last one
to leave ends them: nothing is left then, neither task nor socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from .errors import InvalidInput, InvokeAIError
from .finishing import Completion
from .following import Following
from .news import JobNews
from .schema import InstallStatus
from .telling import JobChange
from .track import Track

if TYPE_CHECKING:
    from .transport import Transport

#: Seconds between the looks at a job of whose next change no event may tell.
_LOOKS: Final = (0.3, 1.0)
_AFTER_A_FAULT: Final = 5.0

_log = logging.getLogger(__name__)


class JobWatch(JobNews):
    """The install jobs of one server; `client.jobs`. Belongs to the event loop of its client.

    Attributes:
        link: How the server is heard: `idle` (nobody watches), `connecting`, `live` (events arrive),
            `polling` (the list is read again and again) or `down` (the server does not answer).
        link_reason: Why it is not `live`, in words; or None.
        problem: The error that keeps the jobs from being read, or None.
        kept_back: What installs of ours were asked for and the server was not told, by source.
        is_closed: Whether it will never tell anything again.
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.link = "idle"
        self.link_reason: str | None = None
        self.problem: InvokeAIError | None = None
        self.kept_back: dict[str, Mapping[str, Any]] = {}
        self.is_closed = False
        self._life: asyncio.Task[None] | None = None
        self._leaving = False
        self._looking: set[asyncio.Task[Any]] = set()

    def __repr__(self) -> str:
        return f"JobWatch({self.transport.address.base!r}, {self.link})"

    @property
    def silence(self) -> str | None:
        """Why nothing is heard of the server, in words; None while it answers."""
        return self.link_reason if self.link == "down" else None

    # -- watching -------------------------------------------------------------------------------------------

    def subscribe(self, tell: Callable[[JobChange], None]) -> Callable[[], None]:
        """Watch, and call `tell` on the loop after changes, at most 20 times a second; of an end at once.

        Returns the function that ends it (harmless twice).
        """
        leave = self._teller.subscribe(tell)
        self._start()

        def unsubscribe() -> None:
            leave()
            if not self._teller.has_subscribers:
                self._stop()

        return unsubscribe

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Watch as long as it lasts; how the server is heard is known until the end."""
        leave = self.subscribe(lambda _: None)
        try:
            yield
        finally:
            leave()

    def begin_again(self) -> None:
        """Read and listen anew, if anybody watches: the client is another user now."""
        self._stop()  # while there are subscribers, the end is a new beginning

    async def refresh(self) -> None:
        """Read the list of all jobs now (`GET /api/v2/models/install`).

        Raises:
            Unreachable, RequestTimedOut, NotLoggedIn, NotAllowed, ...: It could not be read.
        """
        await self.read_list()
        await self._finishing.done()

    async def aclose(self) -> None:
        """End the watching; who waits is told that the client is closed."""
        self.is_closed = True
        self._teller.close()
        self._stop()
        tasks = [*self._looking, *([self._life] if self._life else [])]
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._finishing.aclose()

    def on_completed(self, job_id: int, work: Completion, *, hold: bool = False) -> None:
        """Have work done when the server says that a job has ended: completed, or in error.

        `work` is called on the loop with that end, and what it returns is the end that is shown and that
        waits give; until then the job counts as not ended. A failure of it becomes a warning. It is called
        again if the server reopens the job and that ends.

        Args:
            hold: Watch until it is done, even if nobody else does.
        """
        track = self._book.get(job_id)
        if track is None:
            raise InvalidInput(f"There is no install job {job_id}.")
        self._finishing.expect(track, work)
        if hold:
            self._watch_to_the_end(track)

    def look_soon(self, track: Track) -> None:
        """Read a job some times in the next seconds: there are changes of which no event tells."""
        task = asyncio.get_running_loop().create_task(self._look_soon(track))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    def set_link(self, link: str, reason: str | None, problem: InvokeAIError | None = None) -> None:
        """How the server is heard now; for what keeps it."""
        if (link, reason, problem) != (self.link, self.link_reason, self.problem):
            self.link, self.link_reason, self.problem = link, reason, problem
            self._teller.add((), link=True)

    # -- work of its own ------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._life is None and not self.is_closed:
            self.set_link("connecting", None)
            self._life = asyncio.get_running_loop().create_task(self._live())

    def _stop(self) -> None:
        if self._life is not None and not self._leaving:
            self._leaving = True
            # Later: a task that is cancelled before its first step never comes to its `finally`.
            self._life.get_loop().call_soon(self._life.cancel)

    async def _live(self) -> None:
        try:
            while True:
                try:
                    await Following(self).run()
                except Exception:
                    _log.exception("watching the install jobs failed; it begins anew")
                    await asyncio.sleep(_AFTER_A_FAULT)
        finally:
            self._life, was_leaving, self._leaving = None, self._leaving, False
            self.set_link("idle", None)
            if was_leaving and self._teller.has_subscribers:  # someone came while we were leaving
                self._start()

    async def _look_soon(self, track: Track) -> None:
        for pause in _LOOKS:
            await asyncio.sleep(pause)
            if track.info.is_final and track.info.status != InstallStatus.CANCELLED:
                return
            with contextlib.suppress(InvokeAIError):
                await self.read_job(track)

    def _watch_to_the_end(self, track: Track) -> None:
        def tell(change: JobChange) -> None:
            if track.info.is_final:
                leave()

        leave = self.subscribe(tell)
        tell(JobChange(frozenset()))
