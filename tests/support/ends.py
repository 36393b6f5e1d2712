"""Waiting for an install in every way there is, and what each of them ends with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import NamedTuple

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.blocking import InvokeAIClient
from invokeai_widgets.client.errors import InvokeAIError, ModelInstallJobFailed
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.schema import ModelInstJobInfo

PATIENCE = 200.0  # seconds; a real server takes long to start on a busy machine


class End(NamedTuple):
    """`error` is what was raised, or None; the rest is from the job's last state, if it has ended."""

    error: type[InvokeAIError] | None
    status: str | None = None
    model_key: str | None = None
    reason: str | None = None
    words: str | None = None


class Waits:
    """Waiting for one job in every way at once."""

    def __init__(self, handle: AsyncModelInstJobHandle) -> None:
        self._handle = handle
        self._client = InvokeAIClient.from_url(handle.base_url)
        begin = asyncio.get_running_loop().create_task
        self._tasks = [
            begin(_end(_awaited(handle))),
            begin(_end(handle.wait_until(PATIENCE))),
            begin(_end(_last(handle))),
            begin(_end(_blocking(self._client, handle))),
        ]

    async def begun(self) -> None:
        """Until all of them wait for news: the server has answered each of them once then."""
        # `wait_until` subscribes twice: before it asks the server for the first time, and after the answer.
        watches = {self._handle.watch: 2 + 2 + 1, self._client.aio.jobs: 2}
        while any(len(watch._teller._subscribers) < count for watch, count in watches.items()):
            assert not any(task.done() for task in self._tasks)
            await asyncio.sleep(0.01)

    @property
    def any_ended(self) -> bool:
        """Whether one of them has come to an end."""
        return any(task.done() for task in self._tasks)

    async def ends(self) -> End:
        """The end that all of them give; fails if one of them gives another one."""
        try:
            ends = await asyncio.wait_for(asyncio.gather(*self._tasks), PATIENCE)
        finally:
            await asyncio.to_thread(self._client.close)
        assert len(set(ends)) == 1, ends
        return ends[0]


async def ends_of(handle: AsyncModelInstJobHandle) -> End:
    """The end of a job that every way of waiting gives."""
    return await Waits(handle).ends()


async def _awaited(handle: AsyncModelInstJobHandle) -> ModelInstJobInfo:
    return await handle


async def _last(handle: AsyncModelInstJobHandle) -> ModelInstJobInfo:
    """The last of all states that are given; the end comes before what is raised."""
    states: list[ModelInstJobInfo] = []
    try:
        async for info in handle:
            states.append(info)
    finally:
        assert all(not info.is_final for info in states[:-1])
        assert not states or states[-1] is handle.info
    return states[-1]


async def _blocking(client: InvokeAIClient, handle: AsyncModelInstJobHandle) -> ModelInstJobInfo:
    def wait() -> ModelInstJobInfo:
        made = client._thread.run(_same_job(client.aio, handle.info))
        return client.dnn_model_repo._handle(made).wait_until(PATIENCE)

    return await asyncio.to_thread(wait)


async def _same_job(client: AsyncInvokeAIClient, info: ModelInstJobInfo) -> AsyncModelInstJobHandle:
    return AsyncModelInstJobHandle(client.jobs, info)


async def _end(waiting: Awaitable[ModelInstJobInfo]) -> End:
    try:
        info = await waiting
    except ModelInstallJobFailed as error:
        info = error.info
        return End(type(error), info.status, info.model_key, info.error_reason, info.advice)
    except InvokeAIError as error:
        return End(type(error))
    return End(None, info.status, info.model_key, info.extra.get("reason"), info.warning)
