"""Keeping one connection's store true: what is read when, and what is tried again when the server is away.

Records are read at the start, after every reconnect, when an install completes, after each change that this
process asks for, and slowly while somebody looks: InvokeAI tells nobody of what others edit and delete.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvokeAIError, NotAllowed, NotLoggedIn, NotSupported
from invokeai_widgets.client.pauses import wait_for_event
from invokeai_widgets.client.schema import InstallStatus
from invokeai_widgets.client.telling import JobChange
from invokeai_widgets.live.store import (
    JobsListed,
    Learned,
    LinkChanged,
    MissingListed,
    ModelPut,
    ModelsListed,
    Problem,
    ProblemCleared,
    ProblemRaised,
)

if TYPE_CHECKING:
    from invokeai_widgets.client.aio import AsyncInvokeAIClient
    from invokeai_widgets.client.schema import CacheStats, HFStatus, ModelInstJobInfo, User
    from invokeai_widgets.live.connection import Connection

_log = logging.getLogger(__name__)

_POLL = 20.0  # seconds between two lists while somebody looks
_POLL_COST = 30.0  # and at least this many times as long as a list takes
_SETTLE = 0.4  # seconds to wait for more news before reading the list again
_SETTLE_COST = 2.0  # and at least this many times as long as a list takes
_RETRY = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between attempts while the server is away


async def _version(client: AsyncInvokeAIClient) -> str:
    return str(await client.version())


async def _user(client: AsyncInvokeAIClient) -> User | None:
    return await client.whoami()


async def _stats(client: AsyncInvokeAIClient) -> CacheStats | None:
    return await client.dnn_model_repo.get_stats()


async def _hf(client: AsyncInvokeAIClient) -> HFStatus:
    return await client.dnn_model_repo.hf_status()


_Reader = Callable[["AsyncInvokeAIClient"], Awaitable[Any]]
_FACTS: dict[str, _Reader] = {"version": _version, "user": _user}
_ASIDES: dict[str, _Reader] = {"stats": _stats, "hf": _hf}


class Follower:
    """Reads, listens and retries for one connection until it is cancelled."""

    def __init__(self, connection: Connection, client: AsyncInvokeAIClient) -> None:
        self._connection = connection
        self._client = client
        self._store = connection.store
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._reading = asyncio.Lock()
        self._failures = 0
        self._knows_server = False  # its facts have been read since it was away
        self._completed: set[tuple[int, str, str | None]] | None = (
            None  # the jobs last seen completed; None before the first news
        )
        self._cost = 0.0  # seconds the last list took

    def look_again(self) -> None:
        """Read the records again soon."""
        self._wake.set()

    def hurry(self) -> None:
        """Read the records again now: somebody waits for it."""
        self._wake.set()
        self._hurry.set()

    async def run(self) -> None:
        """Until cancelled: read, then wait for a reason to read again."""
        jobs = self._client.jobs
        is_known = jobs.link not in ("idle", "connecting")
        unsubscribe = jobs.subscribe(self._on_job)
        if is_known:  # somebody watches already: only what changes from now on would be told
            self._on_job(JobChange(frozenset(), link=True))
        try:
            while True:
                with contextlib.suppress(InvokeAIError):
                    await self.read_all(everything=self._failures > 0 or not self._knows_server)
                await self._rest()
        finally:
            unsubscribe()

    async def _rest(self) -> None:
        """Until there is news, or no patience left; then a moment for more, unless somebody waits."""
        await wait_for_event(self._wake, self._patience())
        await wait_for_event(self._hurry, max(_SETTLE, _SETTLE_COST * self._cost))
        self._wake.clear()
        self._hurry.clear()

    def _patience(self) -> float | None:
        """Seconds until the next look without news; None: for ever, since nobody looks."""
        if self._failures:
            return _RETRY[min(self._failures, len(_RETRY)) - 1]
        if not (self._connection.is_watched and self._connection.wants_models):
            return None
        return max(_POLL, _POLL_COST * self._cost)

    async def read_all(self, *, everything: bool) -> None:
        """Read the records, and with `everything` the facts about the server. Raises what went wrong."""
        async with self._reading:
            try:
                if everything:  # first of all the version, which tells an InvokeAI from any other server
                    await self._read_facts(_FACTS)
                if self._connection.wants_models:
                    await self._read_models()
            except InvokeAIError as error:
                self._failures += 1
                self._store.dispatch(ProblemRaised(self._problem(error)))
                self._looked()
                raise
            self._looked()
            self._failures = 0
            self._store.dispatch(ProblemCleared())
            if everything:
                self._knows_server = True
                with contextlib.suppress(InvokeAIError):  # the hub may be away: that is no problem of ours
                    await self._read_facts(_ASIDES)

    def _looked(self) -> None:
        """The models are known, or why they are not."""
        self._connection.first_look.set()
        self._connection.whole_look.set()

    async def _read_models(self) -> None:
        began, look = time.monotonic(), self._connection.looks.begin()
        models = await self._client.dnn_model_repo.list_models()
        self._cost = time.monotonic() - began
        self._store.dispatch(ModelsListed(models, self._connection.now()))
        self._connection.first_look.set()
        with contextlib.suppress(NotSupported):  # older servers cannot say which files are gone
            gone = await self._client.dnn_model_repo.list_missing_models()
            self._store.dispatch(MissingListed(frozenset(m.key for m in gone)))
        self._connection.looks.end(look)

    async def _read_facts(self, facts: Mapping[str, _Reader]) -> None:
        for name, read in facts.items():
            # Not everyone may ask, and not every server knows: then the widget says nothing about it.
            with contextlib.suppress(NotAllowed, NotLoggedIn, NotSupported):
                self._store.dispatch(Learned({name: await read(self._client)}))

    def _problem(self, error: InvokeAIError) -> Problem:
        return Problem(error.message, error.advice, type(error).__name__, self._connection.now())

    # -- install jobs ---------------------------------------------------------------------------------------

    def _on_job(self, _change: JobChange) -> None:
        watch = self._client.jobs
        for job in self._just_completed(watch.jobs):
            if job.config_out is not None:
                self._store.dispatch(ModelPut(job.config_out))
            self.look_again()
        self._store.dispatch(
            JobsListed(watch.jobs), LinkChanged(watch.link, self._connection.now(), watch.link_reason)
        )

    def _just_completed(self, jobs: Mapping[int, ModelInstJobInfo]) -> list[ModelInstJobInfo]:
        """The jobs that have completed since the last news. The first news tells of old ones only."""
        known, self._completed = (
            self._completed,
            {
                (number, job.source, job.model_key)  # the number alone is given anew by a restarted server
                for number, job in jobs.items()
                if job.status == InstallStatus.COMPLETED
            },
        )
        return [] if known is None else [jobs[number] for number, *_ in self._completed - known]
