"""What can be done about installs. On several jobs: an `Outcome` each, `key` being the number as text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.flows.repeating import asked_for
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.live.guard import Desk, changes
from invokeai_widgets.live.outcome import Outcome

_JOBS_AT_ONCE = 6  # jobs that are acted on side by side: a cancel takes up to two seconds each
_STARTS_AT_ONCE = 4  # requests side by side when many installs are started
_Act = Callable[[AsyncModelInstJobHandle], Awaitable[Any]]


class JobVerbs(Desk):
    """The verbs on install jobs."""

    @changes
    async def install(
        self,
        source: str,
        *,
        config: Mapping[str, Any] | None = None,
        inplace: bool = True,
        access_token: str | None = None,
    ) -> AsyncModelInstJobHandle:
        """Start an install; the job's handle. `inplace=False` MOVES a local file into the models folder.

        Raises `InvalidInput` for an empty source before anything is sent, and `ModelInstallStartError` if the
        server refuses.
        """
        return await self.client.dnn_model_repo.install_model(
            source, config=config, inplace=inplace, access_token=access_token
        )

    @changes
    async def install_each(self, sources: Iterable[str], *, inplace: bool = True) -> list[Outcome]:
        """Start these installs, a few at a time. `key` of an outcome is the source."""
        gate = asyncio.Semaphore(_STARTS_AT_ONCE)

        async def one(source: str) -> Outcome:
            async with gate:
                try:
                    await self.install(source, inplace=inplace)
                except InvokeAIError as error:
                    return Outcome.of_error(source, error)
                return Outcome(source, True, "Started")

        return list(await asyncio.gather(*map(one, dict.fromkeys(sources))))

    @changes
    async def cancel(self, job_ids: Iterable[int]) -> list[Outcome]:
        """Stop these installs. One that is being taken in cannot be stopped any more; its outcome says so."""
        return await self._each(job_ids, "Cancelled", lambda handle: handle.cancel())

    @changes
    async def pause(self, job_ids: Iterable[int]) -> list[Outcome]:
        """Pause these downloads. What has arrived is kept."""
        return await self._each(job_ids, "Paused", lambda handle: handle.pause())

    @changes
    async def resume(self, job_ids: Iterable[int]) -> list[Outcome]:
        """Go on with these downloads."""
        return await self._each(job_ids, "Resumed", lambda handle: handle.resume())

    @changes
    async def install_again(self, job_ids: Iterable[int]) -> list[Outcome]:
        """Install the same sources anew, as they were asked for; `new_key` is the new job's number.

        A restart of the old job would be quicker, but of a job of several files the server makes a broken
        model.
        """
        return await self._each(job_ids, "Started again", self._again)

    async def _again(self, handle: AsyncModelInstJobHandle) -> str:
        asked = await asked_for(handle.watch, handle.info)
        again = await self.install(
            asked.source, config=asked.config, inplace=asked.inplace, access_token=asked.access_token
        )
        return str(again.job_id)

    @changes
    async def prune(self) -> None:
        """Take the ended jobs off the server's list. Models stay."""
        await self.client.dnn_model_repo.prune_install_jobs()
        await self.client.jobs.refresh()

    async def _each(self, job_ids: Iterable[int], done: str, act: _Act) -> list[Outcome]:
        gate = asyncio.Semaphore(_JOBS_AT_ONCE)

        async def one(job_id: int) -> Outcome:
            async with gate:
                return await self._one(job_id, done, act)

        return list(await asyncio.gather(*map(one, dict.fromkeys(job_ids))))

    async def _one(self, job_id: int, done: str, act: _Act) -> Outcome:
        key = str(job_id)
        info = self.client.jobs.jobs.get(job_id)
        if info is None:
            return Outcome(key, False, "The server no longer knows this job.")
        try:
            new_key = await act(AsyncModelInstJobHandle(self.client.jobs, info))
        except InvokeAIError as error:
            return Outcome.of_error(key, error)
        return Outcome(key, True, done, new_key=new_key if isinstance(new_key, str) else None)
