"""Watching the jobs of a server, with events and without."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from invokeai_widgets.client import following
from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.endpoints import installs
from invokeai_widgets.client.events import Signal, listen
from invokeai_widgets.client.schema import ModelInstJobInfo
from invokeai_widgets.client.telling import JobChange
from invokeai_widgets.demo.server import DemoServer
from tests.support.fileserver import FileServer
from tests.support.tiny_models import write_lora
from tests.support.watching import Watching, install

pytestmark = pytest.mark.anyio


# --- coming and going ---


async def test_the_first_subscriber_starts_it_and_the_last_one_ends_it(
    client: AsyncInvokeAIClient, server: DemoServer
) -> None:
    watch, before = client.jobs, asyncio.all_tasks()
    assert watch.link == "idle"
    first, second = Watching(watch), Watching(watch)
    await first.until_link("live")
    assert first.links == ["connecting", "live"]
    first.leave()
    first.leave()
    await asyncio.sleep(0)
    assert watch.link == "live"
    second.leave()
    while asyncio.all_tasks() != before or server.backend.events.sio.eio.sockets:
        await asyncio.sleep(0.01)
    assert (watch.link, watch.link_reason) == ("idle", None)


async def test_who_comes_while_it_ends_is_served(
    client: AsyncInvokeAIClient, server: DemoServer, watching: Watching
) -> None:
    sockets = server.backend.events.sio.eio.sockets
    before = set(sockets)
    watching.leave()
    after = Watching(client.jobs)
    await after.until(lambda: client.jobs.link == "live" and not before & set(sockets))


async def test_who_leaves_at_once_does_not_end_it_for_the_next(client: AsyncInvokeAIClient) -> None:
    Watching(client.jobs).leave()
    while client.jobs.link != "idle":
        await asyncio.sleep(0.01)
    await Watching(client.jobs).until_link("live")


async def test_listening_that_fails_in_a_way_nobody_foresaw_is_tried_again(
    client: AsyncInvokeAIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def odd(transport: object) -> AsyncGenerator[Signal, None]:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise TypeError("object of type 'int' has no len()")
        async with contextlib.aclosing(listen(client._transport)) as signals:
            async for signal in signals:
                yield signal

    monkeypatch.setattr(following, "listen", odd)
    watching = Watching(client.jobs)
    await watching.until_link("live")
    assert "polling" in watching.links
    assert tries == 2


async def test_a_subscriber_that_fails_does_not_silence_the_others(client: AsyncInvokeAIClient) -> None:
    def fail(change: JobChange) -> None:
        raise RuntimeError("broken widget")

    client.jobs.subscribe(fail)
    await Watching(client.jobs).until_link("live")


# --- events ---


async def test_jobs_that_others_start_are_heard_of(
    client: AsyncInvokeAIClient, watching: Watching, lora: str
) -> None:
    before = client.jobs.jobs
    number = await install(client, lora)
    info = await watching.until_status(number, "completed")
    assert info.model_key
    assert client.jobs.jobs is not before


async def test_many_news_are_told_together(client: AsyncInvokeAIClient, watching: Watching) -> None:
    told = len(watching.told)
    for count in range(1000):
        client.jobs.put(
            ModelInstJobInfo(job_id=5, source="x", status="downloading", bytes=count, total_bytes=1000)
        )
    await watching.until(lambda: len(watching.told) > told)
    assert len(watching.told) == told + 1
    assert watching.told[-1].ids == {5}
    assert client.jobs.jobs[5].bytes == 999


async def test_events_twice_and_late(
    client: AsyncInvokeAIClient,
    server: DemoServer,
    watching: Watching,
    tmp_path: Path,
    file_server: FileServer,
) -> None:
    server.faults.event_copies, server.faults.event_delay = 2, 0.3
    model = write_lora(tmp_path / "a.safetensors", mib=4)
    number = await install(client, file_server.add("a.safetensors", model, rate=4_000_000))
    await watching.until_status(number, "completed")
    await asyncio.sleep(0.5)  # the last of them come after the end
    shown = [jobs[number] for jobs in watching.states if number in jobs]
    assert [info.bytes for info in shown] == sorted(info.bytes for info in shown)
    assert [info.status for info in shown if info.is_final] == ["completed"] * sum(i.is_final for i in shown)
    assert shown[-1].is_final


# Nothing but the address of the file is told when a download is cancelled by somebody else.
async def test_a_download_that_another_client_cancels(
    client: AsyncInvokeAIClient, watching: Watching, held: str
) -> None:
    number = await install(client, held)
    await watching.until_status(number, "downloading")
    await client._transport.send(installs.cancel(number))
    await watching.until_status(number, "cancelled")
    assert client.jobs.link == "live"


# --- without events ---


async def test_a_refused_socket_means_polling(
    client: AsyncInvokeAIClient, server: DemoServer, lora: str
) -> None:
    server.faults.refuse_sockets = True
    watching = Watching(client.jobs)
    await watching.until_link("polling")
    assert "no live events" in (client.jobs.link_reason or "")
    number = await install(client, lora)
    await watching.until_status(number, "completed")
    assert "live" not in watching.links


async def test_a_pause_by_another_client_is_found_by_looking(
    client: AsyncInvokeAIClient, server: DemoServer, held: str
) -> None:
    server.faults.refuse_sockets = True
    watching = Watching(client.jobs)
    number = await install(client, held)
    await watching.until_status(number, "downloading")
    await client._transport.send(installs.pause(number))
    assert (await watching.until_status(number, "paused")).speed is None


async def test_a_dropped_socket_comes_back_and_nothing_is_missed(
    client: AsyncInvokeAIClient, server: DemoServer, watching: Watching, lora: str
) -> None:
    server.faults.refuse_sockets = True
    await asyncio.to_thread(server.drop_sockets)
    number = await install(client, lora)
    await watching.until_status(number, "completed")
    await watching.until_link("polling")
    server.faults.refuse_sockets = False
    await watching.until_link("live")
    assert client.jobs.link_reason is None
