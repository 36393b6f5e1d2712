"""`JobNews`: what is heard and read of the install jobs, all of it into one book."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from .book import JobBook
from .endpoints import installs
from .errors import InvokeAIError
from .events import JobEvent
from .finishing import Finishing
from .flows.completing import Models, is_duplicate, settle_duplicate
from .schema import ModelInstJobInfo
from .telling import Teller
from .track import Track

if TYPE_CHECKING:
    from .transport import Transport


class JobNews:
    """The install jobs of one server, as far as they are known, and whom a change of them is told.

    Attributes:
        transport: The way to the server.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._book = JobBook()
        self._teller = Teller()
        self._finishing = Finishing(self._book, self._after_news)

    @property
    def jobs(self) -> Mapping[int, ModelInstJobInfo]:
        """All jobs by number, as they are known; another object after each change."""
        return self._book.jobs

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
            await self.take_new(info, asked_at)

    async def take_new(self, info: ModelInstJobInfo, asked_at: float) -> ModelInstJobInfo:
        """As `take`, of a job that may be new: of the end of another one of its source no event may tell."""
        if self._book.is_unclear(info):
            with suppress(InvokeAIError):
                await self.read_list()
        return self.take(info, asked_at)

    async def settled(self) -> None:
        """Until the work that belongs to the ends of jobs is done, of those that have ended by now."""
        await self._finishing.done()

    def forget_unlisted(self) -> None:
        """Drop from `jobs` those that the server does not know: lost ones, and those never started."""
        self._book.forget_unlisted()
        self._after_news()

    def cancel_asked(self, track: Track, is_asked: bool = True) -> None:
        """Somebody wants this job cancelled: say so, if it cannot be stopped any more."""
        track.cancel_asked = is_asked
        self._book.renew(track, self.now())
        self._after_news()

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
        if self._book.has_new_model:  # tables look again before anybody hears of the end
            self._book.has_new_model = False
            self.transport.changes.tell()
        if self._book.changed:
            self._teller.add(self._book.changed, urgent=bool(ended))
            self._book.changed = set()
