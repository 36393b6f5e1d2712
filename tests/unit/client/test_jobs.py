"""Handles: waiting that is given up, that nobody answers, and what is refused before it is sent."""

from __future__ import annotations

import asyncio
import gc
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from invokeai_widgets import as_completed, wait_all
from invokeai_widgets.client import steering
from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.blocking import InvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidInput,
    InvokeAIError,
    ModelInstallTimeout,
    NotAllowed,
    NotLoggedIn,
)
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.schema import DownloadPart, ModelInstJobInfo
from invokeai_widgets.demo.server import DemoServer
from tests.support.fileserver import FileServer
from tests.support.tiny_models import write_lora
from tests.support.watching import Watching

pytestmark = pytest.mark.anyio


@pytest.fixture
async def handle(client: AsyncInvokeAIClient, held: str) -> AsyncModelInstJobHandle:
    """A download that comes as far as 1 MB."""
    return await client.dnn_model_repo.install_model(held)


# --- giving up ---


@pytest.mark.parametrize("way", ["wait_until", "await", "async for", "several"])
async def test_a_wait_that_is_cancelled_leaves_nothing(handle: AsyncModelInstJobHandle, way: str) -> None:
    async def wait() -> None:
        if way == "wait_until":
            await handle.wait_until()
        elif way == "await":
            await handle
        elif way == "async for":
            async for _ in handle:
                pass
        else:
            await wait_all([handle, handle])

    before = asyncio.all_tasks()
    waiting = asyncio.ensure_future(wait())
    watching = Watching(handle.watch)
    await watching.until_link("live")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    watching.leave()
    while asyncio.all_tasks() != before:
        await asyncio.sleep(0.01)
    assert handle.watch.link == "idle"
    assert not handle.info.is_final


async def test_leaving_a_loop_over_the_states_leaves_nothing(handle: AsyncModelInstJobHandle) -> None:
    before = asyncio.all_tasks()
    async for info in handle:
        if info.bytes:
            break
    gc.collect()
    while asyncio.all_tasks() != before:
        await asyncio.sleep(0.01)


async def test_closing_the_client_ends_the_waiting(
    client: AsyncInvokeAIClient, handle: AsyncModelInstJobHandle
) -> None:
    waiting = asyncio.ensure_future(handle.wait_until())
    while not client.jobs._teller.has_subscribers:
        await asyncio.sleep(0.01)
    await client.aclose()
    with pytest.raises(InvokeAIError, match="closed before the install had ended"):
        await waiting


async def test_a_server_that_no_longer_lets_us_see_ends_the_waiting(
    server: DemoServer, handle: AsyncModelInstJobHandle
) -> None:
    waiting = asyncio.ensure_future(handle.wait_until())
    await Watching(handle.watch).until_link("live")
    server.faults.add(path="*/install*", instead=401, detail="Invalid or expired token")
    await asyncio.to_thread(server.drop_sockets)
    with pytest.raises(NotLoggedIn, match="expired token"):
        await waiting


async def test_no_time_at_all(handle: AsyncModelInstJobHandle, file_server: FileServer) -> None:
    with pytest.raises(ModelInstallTimeout):
        await handle.wait_until(0)
    file_server.release("held.safetensors")
    await handle
    assert (await handle.wait_until(0)).status == "completed"


async def test_who_looks_again_and_again_without_waiting_sees_the_end(
    handle: AsyncModelInstJobHandle, file_server: FileServer
) -> None:
    file_server.release("held.safetensors")
    for _ in range(400):
        try:
            info = await handle.wait_until(0)
            break
        except ModelInstallTimeout:
            await asyncio.sleep(0.05)
    assert info.status == "completed"
    assert (await wait_all([handle], 0))[0] is info


async def test_jobs_come_in_the_order_of_their_ends_though_the_caller_takes_its_time(
    client: AsyncInvokeAIClient, server: DemoServer, tmp_path: Path
) -> None:
    await Watching(client.jobs).until_link("live")
    server.faults.install_seconds = 0.2  # so that two ends are never between two readings
    paths = [str(write_lora(tmp_path / f"{n}.safetensors")) for n in range(8)]
    handles = [await client.dnn_model_repo.install_model(path) for path in paths]
    order: list[int] = []
    async for handle in as_completed(handles):
        order.append(handle.job_id)
        await asyncio.sleep(0.3)  # all the others end meanwhile
    assert order == sorted(order), "the server does one after the other"


async def test_a_cancel_that_was_refused_is_not_told_at_the_end(
    handle: AsyncModelInstJobHandle, file_server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse() -> None:
        raise NotAllowed(403)

    monkeypatch.setattr(handle, "_send_cancel", refuse)
    with pytest.raises(NotAllowed):
        await handle.cancel()
    file_server.release("held.safetensors")
    info = await handle.wait_until(20)
    assert info.warning is None


async def test_out_of_time_because_the_server_is_gone(
    server: DemoServer, handle: AsyncModelInstJobHandle
) -> None:
    waiting = asyncio.ensure_future(wait_all([handle], timeout=8))
    one = asyncio.ensure_future(handle.wait_until(8))
    # A server that is away at the start is said at once. Each of them subscribes twice, the second time
    # when it has had its first answer.
    watch = handle.watch
    await Watching(watch).until(lambda: watch.link == "live" and len(watch._teller._subscribers) == 5)
    await asyncio.to_thread(server.crash)
    with pytest.raises(ModelInstallTimeout, match="when the server was last heard") as late:
        await one
    assert "no InvokeAI server answers" in (late.value.advice or "")
    with pytest.raises(ModelInstallTimeout, match="when the server was last heard"):
        await waiting


async def test_what_has_ended_is_in_time(client: AsyncInvokeAIClient, lora: str) -> None:
    done = await client.dnn_model_repo.install_model(lora)
    await done
    for timeout in (0, -1, cast("float", np.float32(3))):
        assert [info.status for info in await wait_all([done], timeout)] == ["completed"]
    found = await client.dnn_model_repo.get_install_job(cast("int", np.int64(done.job_id)))
    assert found is not None


@pytest.mark.parametrize("timeout", ["3", float("nan"), True, [1], 10**400, Decimal("0.5")])
async def test_a_timeout_is_a_number(handle: AsyncModelInstJobHandle, timeout: Any) -> None:
    with pytest.raises(InvalidInput, match="number of seconds"):
        await handle.wait_until(timeout)
    with pytest.raises(InvalidInput, match="number of seconds"):
        await wait_all([handle], timeout)


# --- kinds of handles ---


async def test_one_handle_is_not_several(handle: AsyncModelInstJobHandle) -> None:
    lone: Any = handle
    for wait in (wait_all, as_completed):
        with pytest.raises(InvalidInput, match="several jobs"):
            wait(lone)


async def test_async_and_blocking_handles_do_not_mix(
    server: DemoServer, handle: AsyncModelInstJobHandle
) -> None:
    def mix() -> None:
        with InvokeAIClient.from_url(server.url) as client:
            blocking = client.dnn_model_repo.list_install_jobs()
            both: Any = [*blocking, handle]
            with pytest.raises(InvalidInput, match="together"):
                wait_all(both)

    await asyncio.to_thread(mix)


async def test_a_handle_as_text(handle: AsyncModelInstJobHandle) -> None:
    assert repr(handle) == f"AsyncModelInstJobHandle({handle.job_id}, {handle.info.source!r}, 'waiting')"
    assert handle._repr_mimebundle_() == {"text/plain": repr(handle)}


# --- what is refused ---


def job(status: str, kind: str = "url", files: int = 1) -> ModelInstJobInfo:
    parts = tuple(DownloadPart(url=f"http://models.example/{number}") for number in range(files))
    return ModelInstJobInfo(job_id=3, status=status, parts=parts, extra={"source": {"type": kind}})


PAUSE, RESUME, FILE = steering.check_pause, steering.check_resume, steering.check_restart_file


def AGAIN(info: ModelInstJobInfo) -> None:  # noqa: N802 - a row's word, like the others
    steering.check_restart(info, force=False)


def FORCED(info: ModelInstJobInfo) -> None:  # noqa: N802
    steering.check_restart(info, force=True)


@pytest.mark.parametrize(
    ("check", "info", "why"),
    [
        (PAUSE, job("waiting", "local"), "hang for ever"),
        (PAUSE, job("downloads_done"), "throw that away"),
        (PAUSE, job("running"), "cannot be stopped"),
        (PAUSE, job("error"), "has ended"),
        (RESUME, job("downloading"), "not paused"),
        (RESUME, job("paused", "local"), "can only hang"),
        (AGAIN, job("paused"), "has not failed"),
        (AGAIN, job("error", "local"), "nothing is downloaded"),
        (AGAIN, job("error", "hf", 6), "broken model"),
        (FILE, job("completed"), "second model"),
        (FILE, job("error", "hf", 6), "broken model"),
        (FILE, job("running"), "it is running"),
        (FILE, job("error", "local"), "nothing is downloaded"),
    ],
)
async def test_what_would_do_harm_is_refused_with_the_reason(check: Any, info: Any, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        check(info)


@pytest.mark.parametrize(
    ("check", "info"),
    [
        (PAUSE, job("waiting")),
        (PAUSE, job("downloading", "hf", 6)),
        (RESUME, job("paused")),
        (AGAIN, job("error")),
        (FORCED, job("error", "hf", 6)),
        (FILE, job("paused", "hf", 6)),
        (FILE, job("error")),
    ],
)
async def test_the_rest_is_not(check: Any, info: Any) -> None:
    check(info)
