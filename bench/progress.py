"""Progress events: what one costs in the kernel, and how many messages a storm of them becomes.

`event not due`: what the throttle adds to an event while a telling is planned already. `a whole event`: the
next bytes of a download taken in by the watch of the jobs. `a job of a list`: read from JSON. The storm is
events as fast as the loop goes, for 3 s, through watch and store: each delivery would be a message.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.measure import FLOOR, OURS, Measure
from bench.plan import Plan

FAMILY = "progress"
TITLE = "Progress"
BASE = "own check of the clock"
ROUNDS = 7
EVENTS = 5_000
STORM = 3.0  # seconds
LAST_WORDS = 0.5  # seconds until everything that was planned has been told
SOURCE = "https://models.example/a.safetensors"
JOB = {
    "id": 1, "status": "downloading", "source": {"type": "url", "url": SOURCE}, "local_path": "/srv/tmp/a",
    "bytes": 0, "total_bytes": 10**12, "inplace": False, "error": None, "error_reason": None, "config_in": {},
    "config_out": None, "download_parts": [],
}  # fmt: skip
NOWHERE = "http://127.0.0.1:9"  # where no server answers: what is heard comes from here alone


def measure(plan: Plan) -> list[Measure]:
    """Microseconds an event, rounds interleaved; then the storm."""
    return asyncio.run(_measure(plan.rounds(ROUNDS)))


async def _measure(rounds: int) -> list[Measure]:
    cases = {
        BASE: _checks,
        "event not due": _not_due,
        "a whole event": _heard,
        "a job of a list": _read,
    }
    values: dict[str, list[float]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case, seconds in cases.items():
            values[case].append(seconds() / EVENTS * 1e6)
            await asyncio.sleep(0)
    measures = [
        Measure(FAMILY, case, FLOOR if case == BASE else OURS, "time", None, "us", tuple(found))
        for case, found in values.items()
    ]
    return [*measures, *await _storm()]


def _checks() -> float:
    last = start = time.perf_counter()
    for _ in range(EVENTS):
        if time.perf_counter() - last > 3600:
            last = 0.0
    return time.perf_counter() - start


def _not_due() -> float:
    """The loop does not turn, so the first telling stays planned."""
    from invokeai_widgets.client.telling import Teller

    teller, number = Teller(), (1,)
    teller.add(number)
    start = time.perf_counter()
    for _ in range(EVENTS):
        teller.add(number)
    seconds = time.perf_counter() - start
    teller.close()
    return seconds


def _heard() -> float:
    watch, events = _watch(), _events()
    start = time.perf_counter()
    for _ in range(EVENTS):
        watch.hear(next(events))
    return time.perf_counter() - start


def _read() -> float:
    from invokeai_widgets.client.schema import ModelInstJobInfo

    body = json.dumps(JOB)
    start = time.perf_counter()
    for _ in range(EVENTS):
        ModelInstJobInfo.from_wire(json.loads(body))
    return time.perf_counter() - start


def _watch() -> Any:
    """The jobs of a server, one of which is downloading."""
    from invokeai_widgets.client.aio import AsyncInvokeAIClient
    from invokeai_widgets.client.schema import ModelInstJobInfo

    watch = AsyncInvokeAIClient.from_url(NOWHERE).jobs
    watch.put(ModelInstJobInfo.from_wire(JOB))
    return watch


def _events() -> Iterator[Any]:
    from invokeai_widgets.client.events import JobEvent

    number = 0
    while True:
        number += 1
        payload = {"bytes": number, "total_bytes": JOB["total_bytes"], "parts": []}
        yield JobEvent("download_progress", 1, SOURCE, payload)


async def _storm() -> list[Measure]:
    from invokeai_widgets.live.store import JobsListed, Store

    watch, events, store, told = _watch(), _events(), Store(), []
    leave: Callable[[], None] = watch.subscribe(lambda _: store.dispatch(JobsListed(watch.jobs)))
    store.subscribe(lambda snapshot: told.append(snapshot.jobs[1].bytes))
    end, heard = time.monotonic() + STORM, 0
    while time.monotonic() < end:
        event = next(events)
        watch.hear(event)
        heard += 1
        await asyncio.sleep(0)
    await asyncio.sleep(LAST_WORDS)
    leave()
    await watch.aclose()
    figures = {
        "events a second": heard / STORM,
        "messages a second": len(told) / (STORM + LAST_WORDS),
        "last state delivered": float(told[-1] == event.number("bytes")),
    }
    return [
        Measure(FAMILY, "burst of events", OURS, what, None, "", (value,)) for what, value in figures.items()
    ]
