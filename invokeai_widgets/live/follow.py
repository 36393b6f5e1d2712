"""Keeping one connection's store true: what is read when, and what is tried again when the server is away.

Records are read at the start, after every reconnect, when an install completes, after each verb, and slowly while
somebody looks: InvokeAI tells nobody of edits and deletions made elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvokeAIError, NotAllowed, NotLoggedIn, NotSupported
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
    from invokeai_widgets.client.watch import JobChange
    from invokeai_widgets.live.connection import Connection

_log = logging.getLogger(__name__)

_POLL = 20.0  # seconds between two lists while somebody looks
_POLL_COST = 30.0  # and at least this many times as long as a list takes
_SETTLE = 0.4  # seconds to wait for more news before reading the list again
_RETRY = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between attempts while the server is away


class Follower:
    """Reads, listens and retries for one connection until it is cancelled."""

    def __init__(self, connection: Connection, client: AsyncInvokeAIClient) -> None:
        self._connection = connection
        self._client = client
        self._store = connection.store
        self._wake = asyncio.Event()
        self._reading = asyncio.Lock()
        self._failures = 0
        self._cost = 0.0  # seconds the last list took

    def look_again(self) -> None:
        """Read the records again soon."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled: read, then wait for a reason to read again."""
        unsubscribe = self._client.jobs.subscribe(self._on_job)
        try:
            while True:
                with contextlib.suppress(InvokeAIError):
                    await self.read_all(everything=self._failures > 0 or not self._store.snapshot.loaded)
                await self._rest()
        finally:
            unsubscribe()

    async def _rest(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._patience())
            await asyncio.sleep(_SETTLE)
        self._wake.clear()

    def _patience(self) -> float | None:
        """Seconds until the next look without news; None: for ever, since nobody looks."""
        if self._failures:
            return _RETRY[min(self._failures, len(_RETRY)) - 1]
        return max(_POLL, _POLL_COST * self._cost) if self._connection.is_watched else None

    async def read_all(self, *, everything: bool) -> None:
        """Read the records, and with `everything` the facts about the server. Raises what went wrong."""
        async with self._reading:
            try:
                await self._read_models()
                if everything:
                    await self._read_facts()
            except InvokeAIError as error:
                self._failures += 1
                self._store.dispatch(ProblemRaised(self._problem(error)))
                raise
            else:
                self._failures = 0
                self._store.dispatch(ProblemCleared())
            finally:
                self._connection.first_look.set()

    async def _read_models(self) -> None:
        began = time.monotonic()
        models = await self._client.dnn_model_repo.list_models()
        self._cost = time.monotonic() - began
        self._store.dispatch(ModelsListed(models, self._connection.now()))
        self._connection.first_look.set()
        with contextlib.suppress(NotSupported):  # older servers cannot say which files are gone
            gone = await self._client.dnn_model_repo.list_missing_models()
            self._store.dispatch(MissingListed(frozenset(m.key for m in gone)))

    async def _read_facts(self) -> None:
        repo = self._client.dnn_model_repo
        facts = {
            "version": self._client.version,
            "user": self._client.whoami,
            "hf": repo.hf_status,
            "stats": repo.get_stats,
        }
        for name, read in facts.items():
            # Not everyone may ask, and not every server knows: then the widget says nothing about it.
            with contextlib.suppress(NotAllowed, NotLoggedIn, NotSupported):
                self._store.dispatch(Learned({name: await read()}))

    def _problem(self, error: InvokeAIError) -> Problem:
        return Problem(error.message, error.advice, type(error).__name__, self._connection.now())

    # -- install jobs ---------------------------------------------------------------------------------------

    def _on_job(self, change: JobChange) -> None:
        watch = self._client.jobs
        self._store.dispatch(JobsListed(watch.jobs), LinkChanged(watch.link, self._connection.now()))
