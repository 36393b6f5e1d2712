"""Progress events: what one costs when no delivery is due, and what a storm of them becomes.

`event not due` is what `Store.dispatch` adds to the pure `reduce` while a delivery is already planned: the
throttle. `a whole event` is a job's next state dispatched, `reduce` included. The storm is events as fast as
the loop goes, for 3 s; every delivery would be one message to the browser.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.measure import FLOOR, OURS, Measure
from bench.plan import Plan

FAMILY = "progress"
TITLE = "Progress"
BASE = "own check of the clock"
ROUNDS = 7
EVENTS = 5_000
STORM = 3.0  # seconds
JOB = {
    "id": 1, "status": "downloading", "source": {"type": "url", "url": "https://models.example/a.safetensors"},
    "local_path": "/srv/models/tmp/a.safetensors", "bytes": 0, "total_bytes": EVENTS, "inplace": False,
    "error": None, "error_reason": None, "config_in": {}, "config_out": None, "download_parts": [],
}  # fmt: skip


def measure(plan: Plan) -> list[Measure]:
    """Microseconds an event, rounds interleaved; then the storm."""
    return asyncio.run(_measure(plan.rounds(ROUNDS)))


async def _measure(rounds: int) -> list[Measure]:
    values: dict[str, list[float]] = {
        BASE: [],
        "event not due": [],
        "a whole event": [],
        "reading an event": [],
    }
    states = _states()
    for _ in range(rounds):
        reduced = _reduced(states)
        dispatched = await _dispatched(states)
        values[BASE].append(_checks())
        values["a whole event"].append(dispatched)
        values["event not due"].append(max(0.0, dispatched - reduced))
        values["reading an event"].append(_read())
        await asyncio.sleep(0)
    measures = [
        Measure(FAMILY, case, FLOOR if case == BASE else OURS, "time", None, "us", tuple(found))
        for case, found in values.items()
    ]
    return [*measures, *await _storm(states)]


def _states() -> list[Any]:
    """One job's states, a byte further each."""
    from invokeai_widgets.client.schema import ModelInstJobInfo
    from invokeai_widgets.live.store import JobsListed

    first = ModelInstJobInfo.from_wire(JOB)
    return [JobsListed({1: first.model_copy(update={"bytes": n})}) for n in range(1, EVENTS + 1)]


def _each(act: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) / count * 1e6


def _checks() -> float:
    def act() -> None:
        last = time.monotonic()
        for _ in range(EVENTS):
            if time.monotonic() - last > 3600:
                last = 0.0

    return _each(act, EVENTS)


def _read() -> float:
    from invokeai_widgets.client.schema import ModelInstJobInfo

    return _each(lambda: [ModelInstJobInfo.from_wire(JOB) for _ in range(EVENTS)], EVENTS)


def _reduced(states: list[Any]) -> float:
    from invokeai_widgets.live.store import Snapshot, reduce

    def act() -> None:
        snapshot = Snapshot()
        for state in states:
            snapshot = reduce(snapshot, state)

    return _each(act, EVENTS)


async def _dispatched(states: list[Any]) -> float:
    """Nothing is delivered in between: the loop does not turn."""
    from invokeai_widgets.live.store import Store

    store = Store()
    store.subscribe(lambda snapshot: None)
    found = _each(lambda: [store.dispatch(state) for state in states], EVENTS)
    store.flush()
    return found


async def _storm(states: list[Any]) -> list[Measure]:
    from invokeai_widgets.live.store import Store

    store, seen = Store(), []
    store.subscribe(lambda snapshot: seen.append(snapshot.jobs[1].bytes))
    end, number = time.monotonic() + STORM, 0
    while time.monotonic() < end:
        store.dispatch(states[number % EVENTS])
        number += 1
        await asyncio.sleep(0)
    last = store.snapshot.jobs[1].bytes
    await asyncio.sleep(0.3)
    return [
        Measure(FAMILY, "burst of events", OURS, "events a second", None, "", (number / STORM,)),
        Measure(FAMILY, "burst of events", OURS, "messages a second", None, "", (len(seen) / STORM,)),
        Measure(
            FAMILY, "burst of events", OURS, "last state delivered", None, "", (float(seen[-1] == last),)
        ),
    ]
