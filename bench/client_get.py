"""1,000 `get_model_by_key` over one open client, one by one and 16 at once, against bare libraries doing the same GETs.

The answer is one record of 1.3 kB, ready bytes. Bare cases read the bytes only; ours and the peer's give a typed record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bench import run
from bench.measure import FLOOR, OURS, PEER, Measure
from bench.records import KEY
from bench.server import ListServer
from bench.workers import CaseFailedError, Factory, Run, Worker

FAMILY = "client_get"
TITLE = "One record by key, 1,000 times"
BASE = "httpx.AsyncClient, one by one"
CALLS = 1_000
AT_ONCE = 16
ROUNDS, QUICK = 5, 1
PATH = f"/api/v2/models/i/{KEY}"
Get = Callable[[], Awaitable[object]]


async def _one_by_one(get: Get) -> None:
    for _ in range(CALLS):
        await get()


async def _at_once(get: Get) -> None:
    async def some() -> None:
        for _ in range(CALLS // AT_ONCE):
            await get()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def _driven(
    open_get: Callable[[str], Coroutine[Any, Any, Get]], way: Callable[[Get], Awaitable[None]]
) -> Factory:
    def factory(url: str) -> Run:
        loop = asyncio.new_event_loop()
        get = loop.run_until_complete(open_get(url))
        return lambda: loop.run_until_complete(way(get))  # type: ignore[arg-type]

    return factory


async def _httpx(url: str) -> Get:
    import httpx

    client = httpx.AsyncClient(base_url=url)
    return lambda: client.get(PATH)


async def _httpx_few(url: str) -> Get:
    """A pool as large as the number of calls under way: nobody waits for a connection, none is looked through."""
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

    return _repeated(InvokeAIClient.from_url(url).dnn_model_repo.get_model_by_key)


def _peer(url: str) -> Run:
    from invokeai_py_client import InvokeAIClient

    return _repeated(InvokeAIClient.from_url(url).dnn_model_repo.get_model_by_key)


def _repeated(get: Callable[[str], object]) -> Run:
    return lambda: [get(KEY) for _ in range(CALLS)]


def _both(
    name: str, role: str, open_get: Callable[[str], Coroutine[Any, Any, Get]]
) -> dict[str, tuple[str, Factory]]:
    return {
        f"{name}, one by one": (role, _driven(open_get, _one_by_one)),
        f"{name}, {AT_ONCE} at once": (role, _driven(open_get, _at_once)),
    }


CASES: dict[str, tuple[str, Factory]] = {
    **_both("httpx.AsyncClient", FLOOR, _httpx),
    **_both(f"httpx.AsyncClient, {AT_ONCE} connections", FLOOR, _httpx_few),
    **_both("httpx.AsyncClient on aiohttp", FLOOR, _httpx_on_aiohttp),
    **_both("aiohttp", FLOOR, _aiohttp),
    **_both("get_model_by_key, async", OURS, _ours),
    "get_model_by_key, blocking": (OURS, _our_blocking),
    "invokeai-py-client get_model_by_key": (PEER, _peer),
}


def measure(quick: bool) -> list[Measure]:
    """Microseconds a call; rounds interleaved over the cases, a process for each."""
    with ListServer("1", "tame-1") as server:
        workers = {case: Worker(__spec__.name, case) for case in CASES}
        try:
            return _rounds(workers, server.url, QUICK if quick else ROUNDS)
        finally:
            for worker in workers.values():
                worker.__exit__()


def _rounds(workers: dict[str, Worker], url: dict[str, str], rounds: int) -> list[Measure]:
    values: dict[str, list[float]] = {case: [] for case in CASES}
    failed: dict[str, str] = {}
    for number in range(-1, rounds):  # the first round only warms up
        for case, worker in workers.items():
            if case in failed:
                continue
            try:
                seconds = worker.run(url["tame-1" if CASES[case][0] == PEER else "1"])
            except CaseFailedError as error:
                failed[case] = str(error)
                continue
            if number >= 0:
                values[case].append(seconds / CALLS * 1e6)
    return [
        Measure(FAMILY, case, role, "a call", None, "us", tuple(values[case]), failed.get(case, ""))
        for case, (role, _) in CASES.items()
    ]


if __name__ == "__main__":
    run.main(__spec__.name, {case: factory for case, (_, factory) in CASES.items()})
