"""1,000 `get_model_by_key` over one client, one by one and 16 at once, beside bare libraries.

The answer is one record of 1.3 kB, ready bytes. Bare cases read the bytes only; ours and the peer's give a
typed record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bench.measure import FLOOR, OURS, PEER, Measure
from bench.plan import Plan
from bench.records import KEY
from bench.rounds import timed
from bench.server import ListServer
from bench.workers import Factory, Run

FAMILY = "client_get"
TITLE = "One record by key, 1,000 times"
CALLS = 1_000
AT_ONCE = 16
BASE = f"httpx.AsyncClient, {AT_ONCE} at once"
ROUNDS = 5
PATH = f"/api/v2/models/i/{KEY}"
Get = Callable[[], Awaitable[object]]
Open = Callable[[str], Coroutine[Any, Any, Get]]
Way = Callable[[Get], Coroutine[Any, Any, None]]


async def _one_by_one(get: Get) -> None:
    for _ in range(CALLS):
        await get()


async def _at_once(get: Get) -> None:
    async def some() -> None:
        for _ in range(CALLS // AT_ONCE):
            await get()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def _driven(open_get: Open, way: Way) -> Factory:
    def factory(url: str) -> Run:
        loop = asyncio.new_event_loop()
        get = loop.run_until_complete(open_get(url))
        return lambda: loop.run_until_complete(way(get))

    return factory


async def _httpx(url: str) -> Get:
    import httpx

    client = httpx.AsyncClient(base_url=url)
    return lambda: client.get(PATH)


async def _httpx_few(url: str) -> Get:
    """A pool as large as the number of calls under way: nobody waits for a connection, none is looked
    through."""
    import httpx

    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=None)
    client = httpx.AsyncClient(base_url=url, limits=limits)
    return lambda: client.get(PATH)


async def _httpx_on_aiohttp(url: str) -> Get:
    import httpx
    from httpx_aiohttp import AiohttpTransport

    client = httpx.AsyncClient(base_url=url, transport=AiohttpTransport())
    return lambda: client.get(PATH)


async def _aiohttp(url: str) -> Get:
    import aiohttp

    session = aiohttp.ClientSession(base_url=url)

    async def get() -> bytes:
        async with session.get(PATH) as answer:
            return await answer.read()

    return get


async def _ours(url: str) -> Get:
    from invokeai_widgets import AsyncInvokeAIClient

    client = AsyncInvokeAIClient.from_url(url)
    return lambda: client.dnn_model_repo.get_model_by_key(KEY)


def _our_blocking(url: str) -> Run:
    from invokeai_widgets import InvokeAIClient

    client = InvokeAIClient.from_url(url)
    return lambda: [client.dnn_model_repo.get_model_by_key(KEY) for _ in range(CALLS)]


def _peer(url: str) -> Run:
    from invokeai_py_client import InvokeAIClient

    client = InvokeAIClient.from_url(url)
    return lambda: [client.dnn_model_repo.get_model_by_key(KEY) for _ in range(CALLS)]


def _both(name: str, role: str, open_get: Open) -> dict[str, tuple[str, str, Factory]]:
    return {
        f"{name}, one by one": (role, "async", _driven(open_get, _one_by_one)),
        f"{name}, {AT_ONCE} at once": (role, "async", _driven(open_get, _at_once)),
    }


CASES: dict[str, tuple[str, str, Factory]] = {
    **_both("httpx.AsyncClient", FLOOR, _httpx),
    **_both(f"httpx.AsyncClient, {AT_ONCE} connections", FLOOR, _httpx_few),
    **_both("httpx.AsyncClient on aiohttp", FLOOR, _httpx_on_aiohttp),
    **_both("aiohttp", FLOOR, _aiohttp),
    **_both("get_model_by_key, async", OURS, _ours),
    "get_model_by_key, blocking": (OURS, "blocking", _our_blocking),
    "invokeai-py-client get_model_by_key": (PEER, "blocking", _peer),
}


def measure(plan: Plan) -> list[Measure]:
    """Microseconds a call; rounds interleaved over the cases, a process for each."""
    cases = plan.chosen(CASES)
    with ListServer("1", "tame-1") as server:
        urls = {case: server.url["tame-1" if role == PEER else "1"] for case, (role, _, _) in cases.items()}
        taken = timed(__name__, urls, plan.rounds(ROUNDS))
    return [
        Measure(
            FAMILY, case, role, "a call", None, "us",
            tuple(seconds / CALLS * 1e6 for seconds in taken.of(case)), taken.note(case), task,
        )
        for case, (role, task, _) in cases.items()
    ]  # fmt: skip
