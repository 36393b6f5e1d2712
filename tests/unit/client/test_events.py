"""The socket: what is heard over it, how it is refused, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from invokeai_widgets.client.auth import Auth
from invokeai_widgets.client.endpoints import installs
from invokeai_widgets.client.events import (
    Connected,
    Disconnected,
    FileCancelled,
    JobEvent,
    Refused,
    Signal,
    listen,
)
from invokeai_widgets.client.transport import Transport
from invokeai_widgets.client.urls import parse_address
from invokeai_widgets.demo import start
from invokeai_widgets.demo.server import DemoServer
from tests.support.fileserver import FileServer
from tests.support.ports import free_port
from tests.support.scripted import PAGE, Answer, ScriptedServer
from tests.support.tiny_models import write_lora

pytestmark = pytest.mark.anyio


def to(url: str, token: str | None = None) -> Transport:
    address = parse_address(url)
    return Transport(address, Auth(token, fallback=address.authorization))


async def until(signals: AsyncGenerator[Signal, None], kind: str) -> list[Signal]:
    """What is heard up to the first event of that kind."""
    heard: list[Signal] = []
    while not (heard and isinstance(heard[-1], JobEvent) and heard[-1].kind == kind):
        heard.append(await asyncio.wait_for(anext(signals), 20))
    return heard


async def first(transport: Transport) -> Signal:
    async with contextlib.aclosing(listen(transport)) as signals:
        return await anext(signals)


async def test_an_install_is_heard_from_its_start_to_its_end(server: DemoServer, tmp_path: Path) -> None:
    transport = to(server.url)
    async with contextlib.aclosing(listen(transport)) as signals:
        assert await anext(signals) == Connected()
        path = str(write_lora(tmp_path / "a.safetensors"))
        job = await transport.send(installs.start(path, inplace=True))
        heard = await until(signals, "complete")
    assert [(each.kind, each.job_id, each.source) for each in heard if isinstance(each, JobEvent)] == [
        ("started", job.job_id, path),
        ("complete", job.job_id, path),
    ]
    assert heard[-1].payload["config"]["name"] == "a"  # type: ignore[union-attr]
    await transport.aclose()


async def test_tokens_are_not_kept(server: DemoServer, tmp_path: Path, file_server: FileServer) -> None:
    url = file_server.add("a.safetensors", write_lora(tmp_path / "a.safetensors", mib=1))
    transport = to(server.url)
    async with contextlib.aclosing(listen(transport)) as signals:
        await anext(signals)
        asked = f"{url}?token=tiptop-secret-1"
        job = await transport.send(installs.start(asked, access_token="tiptop-secret-2"))
        heard = await until(signals, "complete")
    events = [each for each in heard if isinstance(each, JobEvent)]
    assert {each.source for each in events} == {job.source}
    for each in events:
        told = {name: value for name, value in each.payload.items() if name != "config"}
        assert "tiptop" not in f"{each!r} {told!r}"
    await transport.aclose()


async def test_a_cancelled_download_is_told_by_its_file(
    server: DemoServer, tmp_path: Path, file_server: FileServer
) -> None:
    model = write_lora(tmp_path / "a.safetensors", mib=2)
    url = file_server.add("a.safetensors", model, hold_at=1_000_000)
    transport = to(server.url)
    async with contextlib.aclosing(listen(transport)) as signals:
        await anext(signals)
        job = await transport.send(installs.start(url))
        await until(signals, "download_progress")
        await transport.send(installs.cancel(job.job_id))
        async for each in signals:
            if isinstance(each, FileCancelled):
                assert each.url == url
                break
    await transport.aclose()


async def test_the_end_is_told(server: DemoServer) -> None:
    async with contextlib.aclosing(listen(to(server.url))) as signals:
        assert await anext(signals) == Connected()
        server.drop_sockets()
        heard = [each async for each in signals]
    assert isinstance(heard[-1], Disconnected)


async def test_the_server_refuses(server: DemoServer) -> None:
    server.faults.refuse_sockets = True
    assert isinstance(await first(to(server.url)), Refused)


async def test_the_token_opens_the_socket() -> None:
    with start(multiuser=True) as server:
        server.add_user("ada@example.org", "Secret-1234", is_admin=True)
        assert isinstance(await first(to(server.url)), Refused)
        assert isinstance(await first(to(server.url, "not.a.token")), Refused)
        from invokeai_widgets.client.aio import AsyncInvokeAIClient

        async with AsyncInvokeAIClient.from_url(server.url) as client:
            await client.login("ada@example.org", "Secret-1234")
            assert await first(client._transport) == Connected()


@pytest.mark.parametrize("answer", [Answer(403, {}), PAGE], ids=["403", "page"])
async def test_something_answers_that_is_no_socket(answer: Answer) -> None:
    with ScriptedServer([answer]) as server:
        refused = await first(to(server.url))
        assert isinstance(refused, Refused)
        assert str(answer.status) in refused.why


async def test_folder_and_password_of_the_address_are_used() -> None:
    with ScriptedServer([Answer(403, {})]) as server:
        url = server.url.replace("//", "//ada:lovelace@")
        refused = await first(to(f"{url}/invoke"))
        assert "lovelace" not in repr(refused)
        assert server.seen[0].path.startswith("/invoke/ws/socket.io/?transport=websocket")
        assert server.seen[0].headers["Authorization"] == "Basic YWRhOmxvdmVsYWNl"


async def test_a_way_of_ones_own_knows_no_socket() -> None:
    own = Transport(parse_address("http://models.example"), Auth(), http=httpx.AsyncHTTPTransport)
    assert isinstance(await first(own), Refused)


async def test_nobody_listens() -> None:
    heard: list[Any] = [each async for each in listen(to(f"http://127.0.0.1:{free_port()}"))]
    assert len(heard) == 1
    assert isinstance(heard[0], Disconnected)


# socketio takes Ctrl-C for itself unless it is told not to, and leaves tasks behind if it is only dropped.
async def test_nothing_is_left_and_nothing_taken(server: DemoServer) -> None:
    before, handler = asyncio.all_tasks(), signal.getsignal(signal.SIGINT)
    for _ in range(2):
        assert await first(to(server.url)) == Connected()
    assert asyncio.all_tasks() == before
    assert signal.getsignal(signal.SIGINT) is handler


async def test_giving_up_while_it_connects(server: DemoServer) -> None:
    before = asyncio.all_tasks()
    connecting = asyncio.ensure_future(first(to(server.url)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    while asyncio.all_tasks() != before:
        await asyncio.sleep(0.01)
