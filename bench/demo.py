"""The embedded server: how fast it starts, and how it answers the list of models beside a real InvokeAI.

`start`: from imported to answering, in a fresh process, with 34 models. `list` and `one record`: a GET on a
kept connection, identity encoding; both servers hold the same records and are asked in turn. `records held`:
what the list of a library that large counts.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.embedded import Embedded
from bench.measure import FLOOR, OURS, Measure
from bench.plan import Plan
from bench.rounds import take_turns
from bench.workers import CaseFailedError
from tests.support.invokeai.server import RealInvokeAI

FAMILY = "demo"
TITLE = "The embedded server"
REAL, EMBEDDED = "InvokeAI", "embedded server"
BASE = REAL
STARTS = 7
ROUNDS = {1_000: 9, 10_000: 5}
MOST = 100_000
LIST, ONE = "/api/v2/models/", "/api/v2/models/i/{key}"


def measure(plan: Plan) -> list[Measure]:
    """Starts, then the lists at every size, then the largest library."""
    starts = tuple(_start() for _ in range(plan.rounds(STARTS)))
    measures = [Measure(FAMILY, EMBEDDED, OURS, "start", None, "ms", starts)]
    for size, rounds in plan.sizes(ROUNDS).items():
        measures += _beside(size, rounds)
    return measures if plan.quick or plan.rows else [*measures, *_largest()]


def _start() -> float:
    with Embedded(34) as server:
        return server.seconds * 1000


def _beside(size: int, rounds: int) -> Iterator[Measure]:
    with Embedded(size) as embedded:
        records = httpx.get(embedded.url + LIST, timeout=60).json()["models"]
        try:
            with _real(records) as url:
                yield from _answers({EMBEDDED: embedded.url, REAL: url}, records, rounds)
        except (RuntimeError, OSError) as error:  # it could not be installed or started
            for what in ("list", "one record"):
                yield Measure(FAMILY, REAL, FLOOR, what, size, "ms", note=str(error).splitlines()[0])


@contextmanager
def _real(records: list[dict[str, Any]]) -> Iterator[str]:
    """A real server that holds the records: they are put into the database that its first start has made."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, RealInvokeAI(Path(folder)) as server:
        server.stop()
        rows = [(record["key"], json.dumps({**record, "cover_image": None})) for record in records]
        with sqlite3.connect(Path(folder) / "databases" / "invokeai.db") as database:
            database.executemany("INSERT INTO models (id, config) VALUES (?, ?)", rows)
        database.close()
        server.start()
        shown = len(server.api.get(LIST).json()["models"])
        if shown < len(records):
            raise RuntimeError(f"it shows {shown} of {len(records)} records put into its database")
        yield server.url


def _answers(urls: dict[str, str], records: list[dict[str, Any]], rounds: int) -> Iterator[Measure]:
    key = records[len(records) // 2]["key"]
    with httpx.Client(headers={"accept-encoding": "identity"}, timeout=120) as client:
        for what, path in (("list", LIST), ("one record", ONE.format(key=key))):
            taken = take_turns(urls, rounds, _getting(client, urls, path))
            for case, role in ((EMBEDDED, OURS), (REAL, FLOOR)):
                found = tuple(seconds * 1000 for seconds in taken.of(case))
                yield Measure(FAMILY, case, role, what, len(records), "ms", found, taken.note(case))


def _getting(client: httpx.Client, urls: dict[str, str], path: str) -> Callable[[str], float]:
    def get(case: str) -> float:
        start = time.perf_counter()
        answer = client.get(urls[case] + path)
        seconds = time.perf_counter() - start
        if answer.status_code != 200:
            raise CaseFailedError(f"answered {answer.status_code}")
        return seconds

    return get


def _largest() -> Iterator[Measure]:
    with Embedded(MOST) as server:
        start = time.perf_counter()
        held = len(httpx.get(server.url + LIST, timeout=120).json()["models"])
        listed = (time.perf_counter() - start) * 1000
        yield Measure(FAMILY, EMBEDDED, OURS, "records held", MOST, "", (float(held),))
        yield Measure(FAMILY, EMBEDDED, OURS, "list", MOST, "ms", (listed,))
        yield Measure(FAMILY, EMBEDDED, OURS, "start of a library", MOST, "ms", (server.seconds * 1000,))
