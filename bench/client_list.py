"""`list_models` and `frame` against a bare GET of the same bytes: time per call, and memory beyond the process before it.

A process per case, rounds interleaved; the server sends ready bytes, so what differs is the client's work. Peers and
pyarrow: a frame is measured with pyarrow hidden too, as not every installation has it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from bench import run
from bench.measure import FLOOR, OURS, PEER, Measure
from bench.server import ListServer
from bench.workers import CaseFailedError, Factory, Run, Worker

FAMILY = "client_list"
TITLE = "The list of models: call to result"
BASE = "httpx.Client bytes"
ROUNDS = {1_000: 15, 10_000: 7, 100_000: 3}
QUICK = {1_000: 3}
PATH = "/api/v2/models/"


def _http_client(url: str) -> Run:
    from http.client import HTTPConnection

    connection = HTTPConnection(url.removeprefix("http://"))

    def get() -> bytes:
        connection.request("GET", PATH)
        return connection.getresponse().read()

    return get


def _httpx(url: str) -> Run:
    import httpx

    client = httpx.Client(base_url=url, headers={"accept-encoding": "identity"}, timeout=60)
    return lambda: client.get(PATH).content


def _httpx_async(url: str) -> Run:
    import httpx

    loop = asyncio.new_event_loop()
    client = httpx.AsyncClient(base_url=url, headers={"accept-encoding": "identity"}, timeout=60)

    async def get() -> bytes:
        return (await client.get(PATH)).content

    return lambda: loop.run_until_complete(get())


def _aiohttp(url: str) -> Run:
    import aiohttp

    loop = asyncio.new_event_loop()

    async def opened() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(base_url=url, headers={"accept-encoding": "identity"})

    session = loop.run_until_complete(opened())

    async def get() -> bytes:
        async with session.get(PATH) as answer:
            return await answer.read()

    return lambda: loop.run_until_complete(get())


def _peer_list(url: str) -> Run:
    from invokeai_py_client import InvokeAIClient

    return InvokeAIClient.from_url(url).dnn_model_repo.list_models


def _peer_frame(url: str) -> Run:
    import pandas as pd

    listed = _peer_list(url)
    return lambda: pd.DataFrame([model.to_dict() for model in listed()])  # type: ignore[attr-defined]


def _our_list(url: str) -> Run:
    from invokeai_widgets import InvokeAIClient

    return InvokeAIClient.from_url(url).dnn_model_repo.list_models


def _our_list_async(url: str) -> Run:
    from invokeai_widgets import AsyncInvokeAIClient

    loop = asyncio.new_event_loop()
    client = AsyncInvokeAIClient.from_url(url)
    return lambda: loop.run_until_complete(client.dnn_model_repo.list_models())


def _our_frame(url: str) -> Run:
    from invokeai_widgets import InvokeAIClient
    from invokeai_widgets.library import frame

    client = InvokeAIClient.from_url(url)
    return lambda: frame(client)


def _without(module: str, factory: Factory) -> Factory:
    def hidden(url: str) -> Run:
        sys.modules[module] = None  # type: ignore[assignment]  # an import of it now fails as if not installed
        return factory(url)

    return hidden


CASES: dict[str, tuple[str, str, Factory]] = {
    "http.client bytes": (FLOOR, "bytes", _http_client),
    "aiohttp bytes": (FLOOR, "bytes", _aiohttp),
    BASE: (FLOOR, "bytes", _httpx),
    "httpx.AsyncClient bytes": (FLOOR, "bytes", _httpx_async),
    "list_models": (OURS, "list", _our_list),
    "list_models, async": (OURS, "list", _our_list_async),
    "frame": (OURS, "frame", _our_frame),
    "frame, without pyarrow": (OURS, "frame", _without("pyarrow", _our_frame)),
    "invokeai-py-client list_models": (PEER, "list", _peer_list),
    "invokeai-py-client DataFrame": (PEER, "frame", _peer_frame),
}


def measure(quick: bool) -> list[Measure]:
    """Time at every size, rounds interleaved over the cases, then the memory at the largest size in fresh processes."""
    rounds = QUICK if quick else ROUNDS
    with ListServer(*(name for size in rounds for name in (str(size), f"tame-{size}"))) as server:

        def url(case: str, size: int) -> str:
            return server.url[f"{'tame-' if CASES[case][0] == PEER else ''}{size}"]

        measures = [m for size, count in rounds.items() for m in _times(url, size, count)]
        return measures + _peaks(url, max(rounds))


def _times(url: Callable[[str, int], str], size: int, rounds: int) -> list[Measure]:
    values: dict[str, list[float]] = {case: [] for case in CASES}
    failed: dict[str, str] = {}
    workers = {case: Worker(__spec__.name, case) for case in CASES}
    try:
        for number in range(-1, rounds):  # the first round only warms up
            for case, worker in workers.items():
                if case in failed:
                    continue
                try:
                    seconds = worker.run(url(case, size))
                except CaseFailedError as error:
                    failed[case] = str(error)
                    continue
                if number >= 0:
                    values[case].append(seconds * 1000)
    finally:
        for worker in workers.values():
            worker.__exit__()
    return [
        Measure(FAMILY, case, role, "time", size, "ms", tuple(values[case]), failed.get(case, ""), task)
        for case, (role, task, _) in CASES.items()
    ]


def _peaks(url: Callable[[str, int], str], size: int) -> list[Measure]:
    """Each process fetches 1,000 records first: what a first call loads for good is not counted."""
    measures = []
    for case, (role, task, _) in CASES.items():
        with Worker(__spec__.name, case) as worker:
            try:
                worker.run(url(case, min(QUICK)))
                found: tuple[float, ...] = (worker.peak(url(case, size)) / 1e6,)
                note = ""
            except CaseFailedError as error:
                found, note = (), str(error)
        measures.append(Measure(FAMILY, case, role, "peak memory", size, "MB", found, note, task))
    return measures + [_body_size(size)]


def _body_size(size: int) -> Measure:
    from bench.records import list_body

    return Measure(FAMILY, "the body itself", FLOOR, "peak memory", size, "MB", (len(list_body(size)) / 1e6,))


if __name__ == "__main__":
    run.main(__spec__.name, {case: factory for case, (_, _, factory) in CASES.items()})
