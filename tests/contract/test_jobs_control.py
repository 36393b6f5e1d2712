"""Cancel, pause, resume and restart: what the server does with them, and what it must not be asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidInput,
    ModelInstallJobCancelled,
    ModelInstallJobFailed,
    NotSupported,
)
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.conftest import FilledInvokeAI
from tests.support.ends import ends_of
from tests.support.fileserver import FileServer
from tests.support.invokeai import at_least
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]

MB = 1_000_000
NAME = "held.safetensors"


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
    return file_server.add(NAME, file, hold_at=MB)


def write_large(path: Path, mib: int = 4096) -> Path:
    """A LoRA which the server takes long to read, most of it a hole in the file."""
    small = write_lora(path).read_bytes()
    begin = 8 + int.from_bytes(small[:8], "little")
    header, data, size = json.loads(small[8:begin]), small[begin:], mib * 2**20
    offsets = [len(data), len(data) + size]
    header["lora_unet_filler.diff"] = {"dtype": "F16", "shape": [mib, 512, 1024], "data_offsets": offsets}
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)
        file.truncate(file.tell() + size)
    return path


async def until(handle: AsyncModelInstJobHandle, holds: Callable[[], bool]) -> None:
    """Wait for something of a job under way."""
    async for _ in handle:
        if holds():
            return


async def half_way(repo: AsyncDnnModelRepository, url: str) -> AsyncModelInstJobHandle:
    handle = await repo.install_model(url)
    await until(handle, lambda: handle.info.bytes >= 0.8 * MB)
    return handle


# --- cancel ---


async def test_a_download_is_cancelled_and_its_files_are_gone(
    repo: AsyncDnnModelRepository, held: str, restored_invokeai: FilledInvokeAI, invokeai_version: str
) -> None:
    def left() -> set[Path]:
        return set((restored_invokeai.root / "models").glob("tmpinstall_*"))

    before = left()
    handle = await half_way(repo, held)
    assert (await handle.cancel()).status == "cancelled"
    if at_least(invokeai_version, "6.13.0"):  # older ones tidy up when they start
        assert left() <= before


async def test_what_is_complete_cannot_be_cancelled(repo: AsyncDnnModelRepository, file: Path) -> None:
    handle = await repo.install_model(str(file))
    key = (await handle).model_key
    with pytest.raises(InvalidInput, match="delete_model"):
        await handle.cancel()
    assert (await handle.refresh()).status == "completed"
    assert await repo.get_model_by_key(key or "") is not None


# The server says it is cancelled, and installs it all the same.
async def test_what_runs_cannot_be_stopped_and_is_followed_to_its_end(
    repo: AsyncDnnModelRepository, tmp_path: Path
) -> None:
    handle = await repo.install_model(str(write_large(tmp_path / "large.safetensors")))
    seen = []
    async for info in handle:
        if info.status == "running" and not seen:
            seen.append(await handle.cancel())
    assert [info.status for info in seen] == ["completed"]
    assert "cannot be stopped" in (handle.info.warning or "")
    assert f"delete_model({handle.info.model_key!r})" in (handle.info.warning or "")
    assert (await handle).config_out is not None


# --- pause and resume ---


@pytest.mark.since("6.13.0")
async def test_a_paused_download_goes_on_where_it_was(
    repo: AsyncDnnModelRepository, held: str, file_server: FileServer
) -> None:
    handle = await half_way(repo, held)
    paused = await handle.pause()
    assert (paused.status, paused.speed, paused.advice) == ("paused", None, None)
    assert await handle.pause() == handle.info  # a second time, too
    await asyncio.to_thread(file_server.hang_up, NAME)
    resumed = await handle.resume()
    assert resumed.bytes >= 0.8 * MB
    assert (await ends_of(handle)).status == "completed"
    assert [request["status"] for request in file_server.asked(NAME)] == [200, 206]
    with pytest.raises(InvalidInput, match="it has ended"):
        await handle.pause()
    with pytest.raises(InvalidInput, match="it is not paused"):
        await handle.resume()


@pytest.mark.since("6.13.0")
async def test_without_range_a_pause_costs_the_download(
    repo: AsyncDnnModelRepository, held: str, file_server: FileServer
) -> None:
    file_server.change(NAME, ranges=False)
    handle = await half_way(repo, held)
    await handle.pause()
    await asyncio.to_thread(file_server.hang_up, NAME)
    await handle.resume()
    await until(handle, lambda: handle.info.advice is not None)
    assert handle.status() == "paused"
    assert "Cancel the install, and start it again" in (handle.info.advice or "")
    assert (await handle.cancel()).status == "cancelled"


@pytest.mark.since("6.13.0")
async def test_what_is_resumed_before_another_byte_came_is_cancelled_by_the_server(
    repo: AsyncDnnModelRepository, held: str, file_server: FileServer
) -> None:
    handle = await half_way(repo, held)
    await handle.pause()
    await handle.resume()
    await until(handle, lambda: handle.status() == "downloading")
    file_server.change(NAME, rate=MB // 2)  # the second download shall not be over before the first is
    file_server.release(NAME)
    with pytest.raises(ModelInstallJobCancelled):
        await handle
    assert "If nobody cancelled it, InvokeAI did" in (handle.info.advice or "")


@pytest.mark.since("6.13.0")
async def test_what_would_hang_is_refused(repo: AsyncDnnModelRepository, tmp_path: Path, file: Path) -> None:
    before = await repo.install_model(str(write_large(tmp_path / "large.safetensors")))
    handle = await repo.install_model(str(file))
    with pytest.raises(InvalidInput, match=r"it would hang for ever|it has ended"):
        await handle.pause()
    assert (await handle).status == "completed"
    await before


@pytest.mark.since("6.13.0")
async def test_a_pause_by_another_client_is_seen(
    repo: AsyncDnnModelRepository, held: str, file_server: FileServer, restored_invokeai: FilledInvokeAI
) -> None:
    handle = await half_way(repo, held)
    restored_invokeai.api.post(f"/api/v2/models/install/{handle.job_id}/pause").raise_for_status()
    assert (await handle.refresh()).status == "paused"
    await asyncio.to_thread(file_server.hang_up, NAME)
    restored_invokeai.api.post(f"/api/v2/models/install/{handle.job_id}/resume").raise_for_status()
    assert (await handle).status == "completed"


@pytest.mark.since("5.15.0")
async def test_older_servers_cannot_pause(
    repo: AsyncDnnModelRepository, held: str, invokeai_version: str
) -> None:
    handle = await half_way(repo, held)
    if tuple(map(int, invokeai_version.split("."))) < (6, 13):
        with pytest.raises(NotSupported, match=r"6\.13"):
            await handle.pause()
    await handle.cancel()


# --- again ---


@pytest.mark.since("6.13.0")
async def test_a_failed_file_is_fetched_again(
    repo: AsyncDnnModelRepository, file: Path, file_server: FileServer
) -> None:
    handle = await repo.install_model(file_server.add("cut.safetensors", file, cut_after=MB))
    with pytest.raises(ModelInstallJobFailed):
        await handle
    file_server.change("cut.safetensors", cut_after=None)
    assert not (await handle.restart_failed()).is_final
    end = await ends_of(handle)
    assert (end.error, end.status) == (None, "completed")
    with pytest.raises(InvalidInput, match="it has not failed"):
        await handle.restart_failed()
    with pytest.raises(InvalidInput, match="second model"):
        await handle.restart_file(handle.info.parts[0].url)


@pytest.mark.since("6.13.0")
async def test_a_file_that_never_began_is_not_fetched_again(
    repo: AsyncDnnModelRepository, file_server: FileServer
) -> None:
    handle = await repo.install_model(file_server.add("gone.safetensors", b"", status=404))
    with pytest.raises(ModelInstallJobFailed):
        await handle
    with pytest.raises(NotSupported, match="did not start install job"):
        await handle.restart_failed()
    assert handle.status() == "error"


# With an address that differs by a letter the job would wait for ever; ours has no token in it.
@pytest.mark.since("6.13.0")
async def test_a_file_with_a_secret_in_its_address_is_fetched_again(
    repo: AsyncDnnModelRepository, file: Path, file_server: FileServer
) -> None:
    url = file_server.add("secret.safetensors", file, token="tiptop-secret", cut_after=MB)
    handle = await repo.install_model(f"{url}?token=tiptop-secret")
    with pytest.raises(ModelInstallJobFailed):
        await handle
    shown = handle.info.parts[0].url
    assert "tiptop" not in shown
    with pytest.raises(InvalidInput, match="no file of that address"):
        await handle.restart_file(f"{url}?token=other")
    file_server.change("secret.safetensors", cut_after=None)
    await handle.restart_file(shown)
    assert (await handle).status == "completed"
