"""Watching the jobs of a server that goes away and comes back, or that has users."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import NotAllowed, NotLoggedIn, Unreachable
from invokeai_widgets.demo import start
from invokeai_widgets.demo.server import DemoServer
from tests.support.fileserver import FileServer
from tests.support.watching import Watching, install

pytestmark = pytest.mark.anyio

PASSWORD = "Secret-1234"


async def test_a_server_that_goes_and_comes_back(
    client: AsyncInvokeAIClient, server: DemoServer, watching: Watching
) -> None:
    await asyncio.to_thread(server.crash)
    await watching.until_link("down")
    assert "no InvokeAI server answers" in (client.jobs.link_reason or "")
    with pytest.raises(Unreachable):
        await client.jobs.refresh()
    await asyncio.to_thread(server.start)
    await watching.until_link("live")
    assert client.jobs.problem is None


async def test_after_a_restart_jobs_are_found_under_their_new_numbers(
    client: AsyncInvokeAIClient,
    server: DemoServer,
    watching: Watching,
    lora: str,
    held: str,
    file_server: FileServer,
) -> None:
    await watching.until_status(await install(client, lora), "completed")
    number = await install(client, held)
    track = client.jobs.track(await watching.until_status(number, "downloading"))
    await watching.until(lambda: track.info.bytes >= 500_000)
    await asyncio.to_thread(server.restart, True)
    await watching.until(lambda: track.info.job_id == 0)
    file_server.release("held.safetensors")
    await watching.until(lambda: track.info.is_final)
    assert (track.info.status, track.info.source) == ("completed", held)
    assert list(client.jobs.jobs) == [0]
    own = [jobs[number].bytes for jobs in watching.states if number in jobs]
    assert own == sorted(own)


async def test_what_a_restart_cost_is_lost(client: AsyncInvokeAIClient, tmp_path: Path, lora: str) -> None:
    with start(root=tmp_path / "slow", clock_by_hand=True) as server:
        server.faults.install_seconds = 10
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            watching = Watching(client.jobs)
            number = await install(client, lora)
            await watching.until_status(number, "running")
            await asyncio.to_thread(server.restart, True)
            info = await watching.until_status(number, "lost")
            assert "restarted" in (info.advice or "")
            await client.dnn_model_repo.prune_install_jobs()
            assert dict(client.jobs.jobs) == {}


async def test_a_user_without_rights_is_told_so() -> None:
    with start(multiuser=True) as server:
        server.add_user("ada@example.org", PASSWORD, is_admin=True)
        server.add_user("bob@example.org", PASSWORD)
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            watching = Watching(client.jobs)
            await watching.until(lambda: isinstance(client.jobs.problem, NotLoggedIn))
            await client.login("bob@example.org", PASSWORD)
            await watching.until(lambda: isinstance(client.jobs.problem, NotAllowed))
            assert client.jobs.link == "polling"
            assert "administrator" in (client.jobs.link_reason or "")
            await client.login("ada@example.org", PASSWORD)
            await watching.until_link("live")
