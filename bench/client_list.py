"""`list_models` and `frame` against a bare GET of the same bytes: the time and the memory of a call.

A process per case, rounds interleaved; the server sends ready bytes, so what differs is the client's work.
`+ msgspec` reads the same fields and nothing else into plain structs, `+ pandas` makes a frame of them with
whatever dtypes: the least that any typed list and any frame cost here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from bench.measure import FLOOR, OURS, PEER, Measure
from bench.plan import Plan
from bench.records import list_body
from bench.rounds import Rounds, timed
from bench.server import ListServer
from bench.workers import Factory, Run, Worker

FAMILY = "client_list"
TITLE = "The list of models: call to result"
BASE = "httpx.Client bytes"
ROUNDS = {1_000: 15, 10_000: 7, 100_000: 3}
PEAK_ROUNDS = 2
BODY = "the body itself"
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

    client = InvokeAIClient.from_url(url)

    def listed() -> object:
        return client.dnn_model_repo.list_models()  # by the client, which must live as long

    return listed


def _peer_frame(url: str) -> Run:
    import pandas as pd
    from invokeai_py_client import InvokeAIClient

    client = InvokeAIClient.from_url(url)
    return lambda: pd.DataFrame([model.to_dict() for model in client.dnn_model_repo.list_models()])


def _our_list(url: str) -> Run:
    from invokeai_widgets import InvokeAIClient

    client = InvokeAIClient.from_url(url)

    def listed() -> object:
        return client.dnn_model_repo.list_models()  # by the client, which must live as long

    return listed


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


def _typed(url: str) -> Callable[[], list[Any]]:
    import msgspec

    from invokeai_widgets.client.schema import ModelRecord

    fields = [(f.name, f.type, f.default) for f in msgspec.structs.fields(ModelRecord) if f.name != "sent_"]
    model = msgspec.defstruct("Model", fields)
    listed = msgspec.defstruct("Models", [("models", list[model])])  # type: ignore[valid-type]
    decoder: Any = msgspec.json.Decoder(listed)
    get = _httpx(url)
    return lambda: decoder.decode(get()).models


def _typed_frame(url: str) -> Run:
    import pandas as pd

    listed = _typed(url)

    def framed() -> object:
        models = listed()
        return pd.DataFrame(
            {name: [getattr(m, name) for m in models] for name in models[0].__struct_fields__}
        )

    return framed


CASES: dict[str, tuple[str, str, Factory]] = {
    "http.client bytes": (FLOOR, "bytes", _http_client),
    "aiohttp bytes": (FLOOR, "bytes", _aiohttp),
    BASE: (FLOOR, "bytes", _httpx),
    "httpx.AsyncClient bytes": (FLOOR, "bytes", _httpx_async),
    "httpx.Client + msgspec": (FLOOR, "list", _typed),
    "httpx.Client + msgspec + pandas": (FLOOR, "frame", _typed_frame),
    "list_models": (OURS, "list", _our_list),
    "list_models, async": (OURS, "list", _our_list_async),
    "frame": (OURS, "frame", _our_frame),
    "invokeai-py-client list_models": (PEER, "list", _peer_list),
    "invokeai-py-client DataFrame": (PEER, "frame", _peer_frame),
}


def measure(plan: Plan) -> list[Measure]:
    """Time at every size, rounds interleaved over the cases, then the memory at the largest size."""
    rounds, cases = plan.sizes(ROUNDS), plan.chosen(CASES)
    warm = min(ROUNDS)
    with ListServer(*(name for size in {warm, *rounds} for name in (str(size), f"tame-{size}"))) as server:

        def urls(size: int) -> dict[str, str]:
            return {
                case: server.url[f"tame-{size}" if role == PEER else str(size)]
                for case, (role, _, _) in cases.items()
            }

        measures = [m for size, count in rounds.items() for m in _times(urls(size), size, count)]
        return measures + _peaks(urls(warm), urls(max(rounds)), max(rounds))


def _times(urls: Mapping[str, str], size: int, rounds: int) -> list[Measure]:
    taken = timed(__name__, urls, rounds)
    return [
        _measure(case, "time", size, "ms", [s * 1000 for s in taken.of(case)], taken.note(case))
        for case in urls
    ]


def _peaks(warm: Mapping[str, str], urls: Mapping[str, str], size: int) -> list[Measure]:
    """A fresh process each time, which first fetches a short list: what a first call loads for good is not
    counted."""
    taken = Rounds()

    def peak(case: str) -> dict[str, float]:
        with Worker(__name__, case) as worker:
            worker.run(warm[case])
            return {"": worker.peak(urls[case]) / 1e6}

    for _ in range(PEAK_ROUNDS):
        for case in urls:
            taken.add(case, partial(peak, case))
    body = Measure(FAMILY, BODY, FLOOR, "peak memory", size, "MB", (len(list_body(size)) / 1e6,))
    return [
        *(_measure(case, "peak memory", size, "MB", taken.of(case), taken.note(case)) for case in urls),
        body,
    ]


def _measure(case: str, what: str, size: int, unit: str, values: Iterable[float], note: str) -> Measure:
    role, task, _ = CASES[case]
    return Measure(FAMILY, case, role, what, size, unit, tuple(values), note, task)
