"""Long answers are read in large pieces: by names of httpx that are private, hence this test."""

from __future__ import annotations

import httpx
import pytest

from invokeai_widgets.client.pieces import read_in_large_pieces
from tests.support.fileserver import FileServer

pytestmark = pytest.mark.anyio

DEFAULT = 64 * 1024  # bytes at a time, as httpcore asks for them
LONG = bytes(8_000_000)


async def sizes_of(client: httpx.AsyncClient, url: str) -> list[int]:
    async with client, client.stream("GET", url) as answer:
        return [len(piece) async for piece in answer.aiter_raw()]


async def test_pieces_are_larger_than_by_default_and_nothing_is_lost(file_server: FileServer) -> None:
    url = file_server.add("long", LONG)
    usual = await sizes_of(httpx.AsyncClient(trust_env=False), url)
    client = httpx.AsyncClient(trust_env=False)
    read_in_large_pieces(client._transport)
    ours = await sizes_of(client, url)
    assert sum(ours) == sum(usual) == len(LONG)
    assert max(usual) <= DEFAULT < max(ours)


async def test_another_transport_is_left_as_it_is() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    read_in_large_pieces(transport)
    async with httpx.AsyncClient(transport=transport) as client:
        assert (await client.get("http://anywhere")).status_code == 200
