"""What keeps a `JobWatch` true while somebody watches: the socket, the slow poll, and trying again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import TYPE_CHECKING, Final

from .errors import InvokeAIError, NotAllowed, NotLoggedIn
from .events import Connected, Disconnected, FileCancelled, JobEvent, Refused, Signal, listen
from .pauses import wait_for_event

if TYPE_CHECKING:
    from .watch import JobWatch

#: Seconds between two looks at what is due.
_TICK: Final = 1.0
#: Seconds between two lists: with events (while jobs are open), without, and where nothing may be read.
_LIVE, _POLLING, _FORBIDDEN = 10.0, 2.0, 30.0
#: The same with events and no open job: new jobs are told by events.
_NOTHING_OPEN: Final = 60.0
#: Seconds between two readings of one job.
_JOB_REST: Final = 0.3
#: As many jobs are read one by one at the same time; for more the list is read.
_ONE_BY_ONE: Final = 3
#: How often to read a job of which a file was cancelled: the server says so before it has done it.
_CANCEL_LOOKS: Final = 10
#: The time between two lists is at least so many times what one takes.
_COST: Final = 10.0
#: Seconds between two tries while the server does not answer; each is varied by half.
_RETRIES: Final = (0.5, 1.0, 2.0, 4.0)
#: The same for the socket alone.
_SOCKET_RETRIES: Final = (0.5, 1.0, 2.0, 5.0, 15.0)

_log = logging.getLogger(__name__)


class Following:
    """Reads and listens for one watch until it is cancelled."""

    def __init__(self, watch: JobWatch) -> None:
        self._watch = watch
        self._wake = asyncio.Event()  # something is due before its time
        self._answers = asyncio.Event()  # the server has answered after a time of silence
        self._wanted = True  # whether the list is to be read at once
        self._read_at = float("-inf")
        self._cost = 0.0  # seconds that the last list took
        self._pause = 0.0  # seconds to the next try, while the server does not answer
        self._failures = 0
        self._error: InvokeAIError | None = None
        self._socket: str | None = None  # None: open; else why not
        self._tried = False  # whether it is known yet if a socket can be had
        self._looks: dict[int, int] = {}  # how often to read which job
        self._reading: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        self._show_link()
        listening = asyncio.get_running_loop().create_task(self._listen())
        try:
            await self._poll()
        finally:
            await _end({listening, *self._reading.values()})

    # -- reading --------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        while True:
            if self._due_in() <= 0:
                await self._read_list()
            self._watch.renew_stalled()
            await wait_for_event(self._wake, max(0.05, min(_TICK, self._due_in())))
            self._wake.clear()

    def _due_in(self) -> float:
        """Seconds until the list is to be read."""
        rest = max(_JOB_REST, 2 * self._cost) if self._wanted else self._patience()
        return self._read_at + rest - self._watch.now()

    def _patience(self) -> float:
        """Seconds between two lists."""
        if isinstance(self._error, (NotAllowed, NotLoggedIn)):
            return _FORBIDDEN
        if self._error is not None:
            return self._pause
        if self._socket is not None or not self._tried:
            return max(_POLLING, _COST * self._cost)
        return max(_LIVE, _COST * self._cost) if self._watch.has_open else _NOTHING_OPEN

    async def _read_list(self) -> None:
        began = self._watch.now()
        self._wanted = False
        try:
            await self._watch.read_list(restarted=self._failures > 0)
        except InvokeAIError as error:
            self._pause = _RETRIES[min(self._failures, len(_RETRIES) - 1)] * random.uniform(0.5, 1.5)
            self._failures += 1
            self._error = error
        else:
            if self._failures:
                self._answers.set()
            self._error, self._failures = None, 0
        self._read_at = self._watch.now()
        self._cost = self._read_at - began
        self._show_link()

    def _read_list_now(self) -> None:
        self._wanted = True
        self._wake.set()

    def _read_job(self, number: int, looks: int = 1) -> None:
        """Read one job, at once and `looks` times until it has ended, with rests; events may ask for more."""
        if looks == 1 and number not in self._reading and len(self._reading) >= _ONE_BY_ONE:
            self._read_list_now()
            return
        self._looks[number] = max(looks, self._looks.get(number, 0))
        if number not in self._reading:
            self._reading[number] = asyncio.get_running_loop().create_task(self._read_while_asked(number))

    async def _read_while_asked(self, number: int) -> None:
        try:
            while looks := self._looks.pop(number, 0):
                try:
                    await self._watch.read_number(number)
                except InvokeAIError:
                    self._read_list_now()
                await asyncio.sleep(_JOB_REST)
                info = self._watch.jobs.get(number)
                if looks > 1 and info is not None and not info.is_final:
                    self._looks[number] = max(looks - 1, self._looks.get(number, 0))
        finally:  # here and not later: nobody would read what is asked for in between
            self._reading.pop(number, None)

    # -- listening ------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        tries = 0
        while True:
            try:
                opened = await self._one_socket()
            except Exception as error:  # whatever it is, there may be events again
                _log.warning("listening to the server's events failed: %r", error)
                opened = False
                self._take(Disconnected(type(error).__name__))
            tries = 0 if opened else tries + 1
            pause = _SOCKET_RETRIES[min(tries, len(_SOCKET_RETRIES) - 1)] * random.uniform(0.5, 1.5)
            self._answers.clear()
            await wait_for_event(self._answers, pause)

    async def _one_socket(self) -> bool:
        """Open the socket and hear what comes, until it closes. Whether it was open."""
        opened = False
        async with contextlib.aclosing(listen(self._watch.transport)) as signals:
            async for signal in signals:
                opened = opened or isinstance(signal, Connected)
                self._take(signal)
        return opened

    def _take(self, signal: Signal) -> None:
        if isinstance(signal, JobEvent):
            self._hear(signal)
        elif isinstance(signal, FileCancelled):
            self._read_those_fetching(signal.url)
        else:
            self._tried = True
            if isinstance(signal, Connected):  # a server that was away may come back as another version
                self._watch.transport.forget_version()
            self._socket = _why_not(signal)
            self._read_list_now()  # what happened meanwhile is told to nobody
            self._show_link()

    def _hear(self, event: JobEvent) -> None:
        if not self._watch.hear(event):
            self._read_job(event.job_id)

    def _read_those_fetching(self, url: str) -> None:
        """A cancelled download is told by the file only."""
        for info in self._watch.jobs.values():
            if not info.is_final and (info.source == url or any(part.url == url for part in info.parts)):
                self._read_job(info.job_id, _CANCEL_LOOKS)

    # -- the link -------------------------------------------------------------------------------------------

    def _show_link(self) -> None:
        link, reason = self._link()
        self._watch.set_link(link, reason, self._error)

    def _link(self) -> tuple[str, str | None]:
        if isinstance(self._error, NotAllowed):
            return "polling", "This user may not see install jobs; an administrator may."
        if self._error is not None:
            return "polling" if isinstance(self._error, NotLoggedIn) else "down", str(self._error)
        if not self._tried:
            return "connecting", None
        return ("live", None) if self._socket is None else ("polling", self._socket)


def _why_not(signal: Connected | Disconnected | Refused) -> str | None:
    if isinstance(signal, Connected):
        return None
    if isinstance(signal, Refused):
        return f"Looking every {_POLLING:g} s, as there are no live events: {signal.why}."
    return f"Looking every {_POLLING:g} s until there are live events again: {signal.why}."


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: socketio may swallow a cancellation while it connects."""
    left = tasks
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.2)
    await asyncio.gather(*tasks, return_exceptions=True)
