"""What can be done about installs. On several jobs: one `Outcome` each, `key` being the job's number as text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.live.guard import Desk, changes
from invokeai_widgets.live.outcome import Outcome

if TYPE_CHECKING:
    from invokeai_widgets.client.jobs import AsyncModelInstJobHandle

_AT_ONCE = 4  # requests side by side when many installs are started


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
    ) -> int:
        """Start an install and return the job's number. `inplace=False` MOVES a local file into the models folder.

        Raises `InvalidInput` for an empty source before anything is sent, and `ModelInstallStartError` if the
        server refuses.
        """
        handle = await self.client.dnn_model_repo.install_model(
            source, config=config, inplace=inplace, access_token=access_token
        )
        return handle.job_id

    @changes
    async def install_each(self, sources: Iterable[str], *, inplace: bool = True) -> list[Outcome]:
        """Start these installs, a few at a time. `key` of an outcome is the source; it says started, or why not."""
        gate = asyncio.Semaphore(_AT_ONCE)

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
    async def prune(self) -> None:
        """Take the ended jobs off the server's list. Models stay."""
        await self.client.dnn_model_repo.prune_install_jobs()
        await self.client.jobs.refresh()

    async def _each(
        self, job_ids: Iterable[int], done: str, act: Callable[[AsyncModelInstJobHandle], Awaitable[Any]]
    ) -> list[Outcome]:
        return [await self._one(job_id, done, act) for job_id in dict.fromkeys(job_ids)]

    async def _one(
        self, job_id: int, done: str, act: Callable[[AsyncModelInstJobHandle], Awaitable[Any]]
    ) -> Outcome:
        key = str(job_id)
        try:
            handle = await self.client.dnn_model_repo.get_install_job(job_id)
            if handle is None:
                return Outcome(key, False, "The server no longer knows this job.")
            await act(handle)
        except InvokeAIError as error:
            return Outcome.of_error(key, error)
        return Outcome(key, True, done)
