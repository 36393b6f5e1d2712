"""Waiting for installs: every way of it gives the same end, whatever the end is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from invokeai_widgets import as_completed, wait_all
from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.blocking import InvokeAIClient
from invokeai_widgets.client.errors import (
    ModelInstallJobCancelled,
    ModelInstallJobFailed,
    ModelInstallJobLost,
    ModelInstallTimeout,
    Unreachable,
)
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.conftest import FilledInvokeAI
from tests.support.ends import End, Waits, ends_of
from tests.support.fileserver import FileServer
from tests.support.invokeai import RealInvokeAI, at_least
from tests.support.tiny_models import write_lora
from tests.support.watching import Watching

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]

MB = 1_000_000


@pytest.fixture
async def repo(restored_invokeai: FilledInvokeAI) -> AsyncIterator[AsyncDnnModelRepository]:
    """Of the shared server, which is put back in order after each test."""
    async with AsyncInvokeAIClient.from_url(restored_invokeai.url) as client:
        yield client.dnn_model_repo


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A LoRA of 2 MiB."""
    return write_lora(tmp_path / "lora.safetensors", mib=2)


@pytest.fixture
def held(file: Path, file_server: FileServer) -> str:
    """Its address; the download comes as far as 1 MB, until it is released."""
    return file_server.add("held.safetensors", file, hold_at=MB)


async def until(handle: AsyncModelInstJobHandle, holds: Callable[[], bool]) -> None:
    """Wait for something of a job under way."""
    states = handle.__aiter__()
    async for _ in states:
        if holds():
            return
    raise AssertionError(f"it never was so: {handle!r}")


async def wait_for(handle: AsyncModelInstJobHandle) -> Waits:
    """All ways of waiting, under way."""
    waits = Waits(handle)
    await waits.begun()
    return waits


# --- ends ---


async def test_completed(repo: AsyncDnnModelRepository, held: str, file_server: FileServer) -> None:
    handle = await repo.install_model(held)
    waits = await wait_for(handle)
    await until(handle, lambda: handle.info.bytes >= 0.9 * MB)
    assert handle.status() == "downloading"
    assert 0 < (handle.progress() or 0) < 1
    assert not waits.any_ended
    file_server.release("held.safetensors")
    end = await waits.ends()
    assert (end.error, end.status, end.words) == (None, "completed", None)
    assert await repo.get_model_by_key(end.model_key or "") is not None
    assert handle.progress() == 1
    assert await handle is handle.info
    handle.raise_if_failed()


async def test_the_bar_moves(repo: AsyncDnnModelRepository, file: Path, file_server: FileServer) -> None:
    url = file_server.add("slow.safetensors", file, rate=MB // 4, hold_at=MB // 10)
    handle = await repo.install_model(url)
    await Watching(handle.watch).until_link("live")
    file_server.release("slow.safetensors")
    states = [info async for info in handle]
    counts = [info.bytes for info in states]
    assert counts == sorted(counts)
    assert len(set(counts)) >= 10
    assert {info.total_bytes for info in states[-5:]} == {file.stat().st_size}
    assert any(info.speed and info.eta is not None for info in states)


async def test_a_site_that_does_not_say_how_much_is_to_come(
    repo: AsyncDnnModelRepository, file: Path, file_server: FileServer
) -> None:
    url = file_server.add("long.safetensors", file, length=False, hold_at=MB * 9 // 10)
    handle = await repo.install_model(url)
    await until(handle, lambda: handle.info.bytes > 0)
    info = handle.info
    assert (info.status, info.total_bytes, info.progress, info.eta) == ("downloading", 0, None, None)
    file_server.release("long.safetensors")
    assert (await handle).status == "completed"
    assert handle.progress() == 1


@pytest.mark.since("6.11.0")
async def test_a_corrupt_file_completes_with_a_warning(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    corrupt = tmp_path / "corrupt.safetensors"
    corrupt.write_bytes(b"\x00" * 5000)
    end = await ends_of(await repo.install_model(str(corrupt)))
    assert (end.error, end.status) == (None, "completed")
    assert "damaged" in (end.words or "")


async def test_an_error_gives_the_reason_and_what_to_do(
    repo: AsyncDnnModelRepository, file_server: FileServer
) -> None:
    url = file_server.add("gone.safetensors", b"", status=404)
    handle = await repo.install_model(url)
    end = await ends_of(handle)
    assert (end.error, end.status, end.reason) == (ModelInstallJobFailed, "error", "HTTPError")
    assert "no such file" in (end.words or "")
    with pytest.raises(ModelInstallJobFailed, match="Not Found"):
        handle.raise_if_failed()


async def test_cancelled(repo: AsyncDnnModelRepository, held: str) -> None:
    handle = await repo.install_model(held)
    waits = await wait_for(handle)
    await until(handle, lambda: handle.info.bytes > 0)
    assert (await handle.cancel()).status == "cancelled"
    assert (await waits.ends()).error is ModelInstallJobCancelled
    assert (await handle.cancel()).status == "cancelled"  # a second time too


async def test_a_server_that_is_not_there(
    fresh_invokeai: Callable[..., RealInvokeAI], held: str, file_server: FileServer
) -> None:
    server = fresh_invokeai()
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        handle = await client.dnn_model_repo.install_model(held)
        await asyncio.to_thread(server.kill)
        assert await ends_of(handle) == End(Unreachable)
        with pytest.raises(Unreachable, match="no InvokeAI server answers"):
            await handle.refresh()
        with pytest.raises(Unreachable):
            await client.dnn_model_repo.install_model(held)


# The numbers begin at 0 again: what was job 1 is job 0 then, and job 1 may be another one.
@pytest.mark.timeout(300)
async def test_a_server_killed_in_mid_download_and_started_again(
    fresh_invokeai: Callable[..., RealInvokeAI],
    file: Path,
    held: str,
    file_server: FileServer,
    invokeai_version: str,
) -> None:
    server = fresh_invokeai()
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        repo = client.dnn_model_repo
        first = await repo.install_model(str(file))
        await first
        handle = await repo.install_model(held)
        number = handle.job_id
        waits = await wait_for(handle)
        await until(handle, lambda: handle.info.bytes >= 0.9 * MB)
        await asyncio.to_thread(server.restart)
        if not at_least(invokeai_version, "6.13.0"):  # older ones throw their downloads away
            assert (await waits.ends()).error is ModelInstallJobLost
            return
        file_server.release("held.safetensors")
        other = await repo.install_model(str(file), config={"name": "again"})
        end = await waits.ends()
        assert (end.error, end.status) == (None, "completed")
        record = await repo.get_model_by_key(end.model_key or "")
        assert record is not None
        assert record.source == held
        assert number != handle.job_id == 0
        assert first.info.source == str(file)
        assert first.status() == "completed"
        assert other.job_id == 1


# Asked to end, the server pauses what it downloads; killed, it finds what was paused before.
@pytest.mark.since("6.13.0")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["asked to end", "killed"])
async def test_a_paused_download_outlives_its_server(
    fresh_invokeai: Callable[..., RealInvokeAI], file: Path, file_server: FileServer, how: str
) -> None:
    server = fresh_invokeai()
    url = file_server.add("slow.safetensors", file, rate=MB // 5)
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        handle = await client.dnn_model_repo.install_model(url, config={"name": "Outlived"})
        await until(handle, lambda: handle.info.bytes > MB // 10)
        if how == "killed":
            await handle.pause()
            await asyncio.to_thread(server.kill)
        else:
            await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        assert (await handle.refresh()).status == "paused"
        file_server.change("slow.safetensors", rate=0)
        await handle.resume()
        info = await handle.wait_until(60)
        assert info.config_out is not None
        assert (info.status, info.config_out.name, info.source) == ("completed", "Outlived", url)


async def test_not_in_time(
    repo: AsyncDnnModelRepository, restored_invokeai: FilledInvokeAI, held: str
) -> None:
    handle = await repo.install_model(held)
    for timeout in (0.5, 0, -1):
        with pytest.raises(ModelInstallTimeout) as caught:
            await handle.wait_until(timeout)
        assert caught.value.timeout == timeout
        assert caught.value.last_info is handle.info
        assert isinstance(caught.value, TimeoutError)

    def wait() -> None:
        with InvokeAIClient.from_url(restored_invokeai.url) as client:
            found = client.dnn_model_repo.get_install_job(handle.job_id)
            assert found is not None
            with pytest.raises(ModelInstallTimeout):
                found.wait_until(0.5)

    await asyncio.to_thread(wait)
    assert not handle.info.is_final
    await handle.cancel()


# --- handles ---


async def test_a_handle_found_later_follows_the_same_job(
    repo: AsyncDnnModelRepository, held: str, file_server: FileServer
) -> None:
    handle = await repo.install_model(held)
    found = await repo.get_install_job(handle.job_id)
    assert found is not None
    listed = next(each for each in await repo.list_install_jobs() if each.job_id == handle.job_id)
    file_server.release("held.safetensors")
    await asyncio.gather(found, listed)
    assert handle.info is found.info is listed.info
    assert (await handle.refresh()).status == "completed"


async def test_an_ended_job_that_is_cleared_away_stays_as_it_was(
    repo: AsyncDnnModelRepository, file: Path
) -> None:
    handle = await repo.install_model(str(file))
    await handle
    await repo.prune_install_jobs()
    assert (await handle.refresh()).status == "completed"
    assert (await handle).model_key == handle.info.model_key


# --- several at once ---


async def test_several(repo: AsyncDnnModelRepository, file: Path, held: str, file_server: FileServer) -> None:
    slow = await repo.install_model(held)
    failing = await repo.install_model(file_server.add("gone.safetensors", b"", status=404))
    order = []
    async for handle in as_completed([slow, failing]):
        order.append(handle)
        file_server.release("held.safetensors")
    assert order == [failing, slow]
    assert [info.status for info in await wait_all([slow, failing])] == ["completed", "error"]
    assert await wait_all([]) == [] == [handle async for handle in as_completed([])]
    late = await repo.install_model(file_server.add("late.safetensors", file, hold_at=MB))
    with pytest.raises(ModelInstallTimeout):
        await wait_all([slow, late], 0.5)
    await late.cancel()


def test_several_blocking(
    restored_invokeai: FilledInvokeAI, file: Path, held: str, file_server: FileServer
) -> None:
    with InvokeAIClient.from_url(restored_invokeai.url) as client:
        repo = client.dnn_model_repo
        slow = repo.install_model(held)
        failing = repo.install_model(file_server.add("gone.safetensors", b"", status=404))
        for handle in as_completed([slow, failing]):
            assert handle is failing
            break  # the others are left to themselves
        with pytest.raises(ModelInstallTimeout):
            wait_all([slow, failing], 0.5)
        file_server.release("held.safetensors")
        assert [info.status for info in wait_all([slow, failing])] == ["completed", "error"]
        assert list(as_completed([])) == wait_all([]) == []
