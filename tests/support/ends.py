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

PATIENCE = 60.0  # seconds


class End(NamedTuple):
    """`error` is what was raised, or None; the rest is from the job's last state, if it has ended."""

    error: type[InvokeAIError] | None
    status: str | None = None
    model_key: str | None = None
    reason: str | None = None
    words: str | None = None


async def ends_of(handle: AsyncModelInstJobHandle) -> End:
    """The end of a job that every way of waiting gives; fails if one of them gives another one."""
    waits = [_end(_awaited(handle)), _end(handle.wait_until(PATIENCE)), _end(_last(handle))]
    with InvokeAIClient.from_url(handle.base_url) as client:
        waits.append(_end(_blocking(client, handle)))
        ends = await asyncio.wait_for(asyncio.gather(*waits), PATIENCE)
    assert len(set(ends)) == 1, ends
    return ends[0]


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
        return client.dnn_model_repo._handle(made).wait_until()

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
