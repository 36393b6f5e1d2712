"""`JobWatch`: all install jobs of a server, kept true while somebody watches.

Events over a socket and a slow poll go through the same book. The first subscriber starts both, the last one
to leave ends them: nothing is left then, neither task nor socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .book import JobBook
from .endpoints import installs
from .errors import InvalidInput, InvokeAIError
from .events import JobEvent
from .finishing import Completion, Finishing
from .flows.completing import Models, is_duplicate, settle_duplicate
from .following import Following
from .schema import InstallStatus, ModelInstJobInfo
from .telling import JobChange, Teller
from .track import Track

if TYPE_CHECKING:
    from .transport import Transport

#: Seconds between the looks at a job of whose next change no event may tell.
_LOOKS: Final = (0.3, 1.0)
_AFTER_A_FAULT: Final = 5.0

_log = logging.getLogger(__name__)


class JobWatch:
    """The install jobs of one server; `client.jobs`. Belongs to the event loop of its client.

    Attributes:
        transport: The way to the server.
        link: How the server is heard: `idle` (nobody watches), `connecting`, `live` (events arrive),
            `polling` (the list is read again and again) or `down` (the server does not answer).
        link_reason: Why it is not `live`, in words; or None.
        problem: The error that keeps the jobs from being read, or None.
        kept_back: What installs of ours were asked for and the server was not told, by source.
        is_closed: Whether it will never tell anything again.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.link = "idle"
        self.link_reason: str | None = None
        self.problem: InvokeAIError | None = None
        self.kept_back: dict[str, Mapping[str, Any]] = {}
        self.is_closed = False
        self._book = JobBook()
        self._teller = Teller()
        self._finishing = Finishing(self._book, self._after_news)
        self._life: asyncio.Task[None] | None = None
        self._leaving = False
        self._looking: set[asyncio.Task[Any]] = set()

    def __repr__(self) -> str:
        return f"JobWatch({self.transport.address.base!r}, {self.link})"

    @property
    def jobs(self) -> Mapping[int, ModelInstJobInfo]:
        """All jobs by number, as they are known; another object after each change."""
        return self._book.jobs

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

    # -- news -----------------------------------------------------------------------------------------------

    def track(self, info: ModelInstJobInfo) -> Track:
        """What is followed of a job, by a state of it that may be old."""
        track = self._book.attach(info, self.now())
        self._after_news()
        return track

    def take(self, info: ModelInstJobInfo, asked_at: float) -> ModelInstJobInfo:
        """Take in what the server says of a job, asked for at that time (`now()`); what is known then."""
        track = self._book.put(info, asked_at=asked_at, now=self.now())
        self._after_news()
        return track.info

    def put(self, info: ModelInstJobInfo, *, anew: bool = False) -> ModelInstJobInfo:
        """Take in the server's answer to something that was asked of a job: it is newer than all events.

        Returns what is known of the job now. `anew`: its download begins at 0 again.
        """
        track = self._book.put(info, asked_at=self.now(), now=self.now(), anew=anew, own=True)
        self._after_news()
        return track.info

    async def read_list(self, *, restarted: bool = False) -> None:
        """Read the whole list; `restarted`: the server may have been, so that jobs begin anew."""
        asked_at = self.now()
        listed = await self.transport.send(installs.list_jobs())
        self._book.put_list(listed, asked_at=asked_at, now=self.now(), restarted=restarted)
        self._after_news()

    async def read_job(self, track: Track) -> ModelInstJobInfo:
        """Read one job; the whole list, if it is not there under its number. Raises as `refresh`."""
        asked_at = self.now()
        info = await self.transport.send(installs.get_job(track.truth.job_id))
        if info is None or info.source != track.truth.source or self._book.get(info.job_id) is not track:
            if not track.info.is_final:
                self._book.watch_out(track)
                await self.read_list()
        else:
            self._book.put(info, asked_at=asked_at, now=self.now())
            self._after_news()
        await self._finishing.done(track)
        return track.info

    async def read_number(self, number: int) -> None:
        """Read the job of a number that an event named; nothing if there is none yet."""
        asked_at = self.now()
        info = await self.transport.send(installs.get_job(number))
        if info is not None:
            self._book.put(info, asked_at=asked_at, now=self.now())
            self._after_news()

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

    async def settled(self) -> None:
        """Until the work that belongs to the ends of jobs is done, of those that have ended by now."""
        await self._finishing.done()

    def forget_unlisted(self) -> None:
        """Drop from `jobs` those that the server does not know: lost ones, and those never started."""
        self._book.forget_unlisted()
        self._after_news()

    def cancel_asked(self, track: Track) -> None:
        """Somebody wants this job cancelled: say so, if it cannot be stopped any more."""
        track.cancel_asked = True
        self._book.renew(track, self.now())
        self._after_news()

    def look_soon(self, track: Track) -> None:
        """Read a job some times in the next seconds: there are changes of which no event tells."""
        task = asyncio.get_running_loop().create_task(self._look_soon(track))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    @staticmethod
    def now() -> float:
        """Seconds on the loop's clock."""
        return asyncio.get_running_loop().time()

    @property
    def has_open(self) -> bool:
        """Whether there are jobs that have not ended."""
        return self._book.has_open

    def hear(self, event: JobEvent) -> bool:
        """Take in an event; False if the job must be read to understand it."""
        fits = self._book.hear(event, self.now())
        self._after_news()
        return fits

    def renew_stalled(self) -> None:
        """Let downloads that stand still say so."""
        self._book.renew_stalled(self.now())
        self._after_news()

    def tell_now(self) -> None:
        """Let all who listen know what is known; who waited for a job finds the same everywhere then."""
        self._teller.tell_now()

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

    def _expect_duplicates(self, ended: list[Track]) -> None:
        """A model that is there already is no failure, whoever asked for it."""
        models = Models(self.transport)  # read once for all of them
        for track in ended:
            if is_duplicate(track.truth) and not track.has_work:
                self._finishing.expect(track, partial(settle_duplicate, models))

    def _after_news(self) -> None:
        ended, self._book.ended = self._book.ended, []
        self._expect_duplicates(ended)
        self._finishing.begin(ended)
        if self._book.changed:
            self._teller.add(self._book.changed, urgent=bool(ended))
            self._book.changed = set()
