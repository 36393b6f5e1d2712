"""Work of ours at the end of a job: until it is done the job has not ended."""

from __future__ import annotations

import asyncio

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.endpoints import installs
from invokeai_widgets.client.schema import ModelInstJobInfo
from tests.support.fileserver import FileServer
from tests.support.watching import PATIENCE, Watching, install

pytestmark = pytest.mark.anyio


async def test_a_job_has_ended_when_our_work_for_it_is_done(
    client: AsyncInvokeAIClient, watching: Watching, held: str, file_server: FileServer
) -> None:
    number = await install(client, held)
    await watching.until_status(number, "downloading")
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(info: ModelInstJobInfo) -> ModelInstJobInfo:
        assert info.status == "completed"
        begun.set()
        await go_on.wait()
        return info.replaced(warning="mind the step")

    client.jobs.on_completed(number, work)
    file_server.release("held.safetensors")
    await asyncio.wait_for(begun.wait(), PATIENCE)
    assert not client.jobs.jobs[number].is_final
    go_on.set()
    assert (await watching.until_status(number, "completed")).warning == "mind the step"


async def test_work_that_fails_becomes_a_warning(
    client: AsyncInvokeAIClient, watching: Watching, lora: str
) -> None:
    async def work(info: ModelInstJobInfo) -> ModelInstJobInfo:
        raise RuntimeError("out of paper")

    number = await install(client, lora)
    await watching.until_status(number, "completed")
    client.jobs.on_completed(number, work)  # it has ended already
    assert not client.jobs.jobs[number].is_final
    assert (await watching.until_status(number, "completed")).warning == "out of paper"


@pytest.mark.parametrize("end", ["completed", "cancelled"])
async def test_work_can_keep_the_watch_alive_until_the_job_has_ended(
    client: AsyncInvokeAIClient, held: str, file_server: FileServer, end: str
) -> None:
    before = asyncio.all_tasks()
    watch, done = client.jobs, []

    async def work(info: ModelInstJobInfo) -> ModelInstJobInfo:
        done.append(info.status)
        return info

    number = watch.track(await client._transport.send(installs.start(held))).info.job_id
    watch.on_completed(number, work, hold=True)
    if end == "completed":
        file_server.release("held.safetensors")
    else:
        await client._transport.send(installs.cancel(number))
    while asyncio.all_tasks() != before:
        await asyncio.sleep(0.01)
    assert watch.jobs[number].status == end
    assert done == (["completed"] if end == "completed" else [])
