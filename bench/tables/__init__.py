"""`ModelTable` beside other tables in JupyterLab, in headless Chromium: 12 columns, most of them strings.

A fresh page and kernel for every case, cases in turn.

- `first row`: from running the cell to two frames after the first data row has a size. `again`: of a second
  display.
- `wire`: bytes received on the page's websockets, JavaScript included where it comes that way.
- `sort` by size, two ways, and `search` for a text that one row has: from the click to two frames after the
  right row is on top. `sort, kernel busy`: while a Python loop holds the main thread.
- `frames`: 5 s of wheel, up to 60 turns a second, away and back.
- `tab growth`: resident memory of the page's renderer, at rest before and after. `saved notebook`: with the
  widgets' state.

`floor-window` and `floor-client` are two tables of 3 kB of JavaScript that do nothing else: one sends 60 rows
at a time and asks pandas to sort and search, the other sends all columns at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial

from playwright.sync_api import Error as PageError

from bench import env
from bench.measure import OURS, PEER, Measure
from bench.plan import Plan
from bench.rounds import Rounds
from bench.tables.cases import CASES, Case
from bench.tables.data import expected
from bench.tables.figures import UNITS, Sitting
from bench.workers import CaseFailedError
from tests.support.jupyter import Browser, JupyterServer

FAMILY = "tables"
TITLE = "Tables in JupyterLab"
BASE = "floor-window"
ROUNDS = {1_000: 3, 10_000: 3, 100_000: 3}
PEER_ROUNDS = {1_000: 1, 10_000: 1, 100_000: 1}
SETTINGS = {"@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True}}


def measure(plan: Plan) -> list[Measure]:
    """A quick run leaves the peers out, unless they are named."""
    wanted = plan.chosen({case.name: case for case in CASES}).values()
    cases = [case for case in wanted if plan.cases or not (plan.quick and case.role == PEER)]
    return [*_built_files(), *_sit(cases, plan)]


def _sit(cases: Iterable[Case], plan: Plan) -> Iterator[Measure]:
    """Every case at every size, in rounds."""
    peers = plan.sizes(PEER_ROUNDS)
    with JupyterServer(settings=SETTINGS, env={"PYTHONPATH": str(env.ROOT)}) as server, Browser() as browser:
        for size, rounds in plan.sizes(ROUNDS).items():
            taken = Rounds()
            for number in range(rounds):
                for case in cases:
                    if number < (peers[size] if case.role == PEER else rounds):
                        print(f"  {case.name} at {size:,}", file=sys.stderr, flush=True)
                        taken.add(case.name, partial(_one, server, browser, case, size))
            yield from _measures(size, cases, taken)


def _one(server: JupyterServer, browser: Browser, case: Case, size: int) -> dict[str, float]:
    try:
        with Sitting(server, browser, case, size) as sitting:
            return sitting.take(expected(size))
    except (PageError, AssertionError) as error:  # the last: its setup cell failed
        raise CaseFailedError(str(error).strip().splitlines()[-1]) from error
    finally:
        server.end_kernels()


def _measures(size: int, cases: Iterable[Case], taken: Rounds) -> Iterator[Measure]:
    for what, unit in UNITS.items():
        for case in cases:
            values, note = taken.of(case.name, what), taken.note(case.name) or case.note
            yield Measure(FAMILY, case.name, case.role, what, size, unit, values, note)


def _built_files() -> Iterator[Measure]:
    """kB of the built files that a widget sends."""
    for path in sorted((env.ROOT / "invokeai_widgets" / "static").iterdir()):
        what = {".js": "JavaScript", ".css": "style sheet"}[path.suffix]
        yield Measure(FAMILY, path.stem, OURS, what, None, "kB", (path.stat().st_size / 1000,))
