"""300 installs at once, on the page: its frames meanwhile, and when the widget knows that all have ended.

Another client starts them as fast as it goes, on the embedded server in a process of its own: 300 small files
of this machine, left in place; or 300 downloads of 1 MB, of which five move at a time. `behind`: how long
after the end of the last install the widget knew of all. `nothing shown` is the same page without a widget.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from playwright.sync_api import Error as PageError

from bench import env
from bench.embedded import Embedded
from bench.measure import FLOOR, OURS, Measure
from bench.plan import Plan
from bench.rounds import Rounds
from bench.workers import CaseFailedError
from tests.support.fileserver import FileServer
from tests.support.jupyter import Browser, JupyterServer, NotebookPage, open_notebook
from tests.support.tiny_models import write_lora

FAMILY = "queue"
TITLE = "300 installs on the page"
BASE = "nothing shown"
JOBS = 300
ROUNDS = {"files": 2, "downloads": 2}
TIMEOUT = 180.0  # seconds
LATER = 5.0  # seconds that frames are still watched when the last install has ended
INSTALLS = "/api/v2/models/install"
FINAL = {"completed", "error", "cancelled"}
RATE = 5_000_000  # bytes per second of a download
WIRE = env.ROOT / "bench" / "tables" / "wire.js"
UNITS = {
    "worst frame": "ms",
    "frames a second": "",
    "whole run": "s",
    "behind": "s",
    "wire": "kB",
    "completed jobs shown": "",
    "models in the table": "",
}
FILES, DOWNLOADS = ROUNDS


@dataclass(frozen=True)
class Case:
    """What is shown, and the expressions for its jobs and models, if it has any."""

    role: str
    show: str = "None"
    jobs: str = ""
    models: str = "None"


CASES = {
    BASE: Case(FLOOR),
    "InstallQueue": Case(OURS, "InstallQueue(url)", "lambda: panel.jobs"),
    "ModelManager": Case(
        OURS, "ModelManager(url)", "lambda: panel.queue.jobs", models="lambda: panel.table.df"
    ),
}


def measure(plan: Plan) -> list[Measure]:
    """Cases in turn; a quick run has one round of the files only."""
    cases, loads = plan.chosen(CASES), (FILES,) if plan.quick else (FILES, DOWNLOADS)
    taken = {load: Rounds() for load in loads}
    with JupyterServer(env={"PYTHONPATH": str(env.ROOT)}) as jupyter, Browser() as browser:
        for load in loads:
            for _ in range(plan.rounds(ROUNDS[load])):
                for name, case in cases.items():
                    print(f"  {name}, {load}", file=sys.stderr, flush=True)
                    taken[load].add(name, partial(_one, jupyter, browser, case, load))
    return [
        Measure(
            FAMILY, name, case.role, f"{what}, {load}", None, unit,
            taken[load].of(name, what), taken[load].note(name),
        )
        for load in loads
        for what, unit in UNITS.items()
        for name, case in cases.items()
    ]  # fmt: skip


def _one(jupyter: JupyterServer, browser: Browser, case: Case, load: str) -> dict[str, float]:
    """A fresh page, kernel and server, 300 installs, and what came of them."""
    with Embedded() as server, _sources(load) as sources:
        page = browser.new_page()
        page.add_init_script(path=WIRE)
        setup = f"from invokeai_widgets import InstallQueue, ModelManager\nurl = {server.url!r}"
        book = open_notebook(
            jupyter, page, [setup, f"panel = {case.show}\npanel", _follow(case), "print(known.told())"]
        )
        try:
            for cell in (0, 1, 2):
                book.run(cell)
            time.sleep(2)  # until it is painted
            figures, ended = _watched(book, server.url, sources)
            return {**figures, **(_knows(book, ended) if case.jobs else {})}
        except (PageError, AssertionError, httpx.HTTPError) as error:
            raise CaseFailedError(str(error).strip().splitlines()[-1]) from error
        finally:
            book.close()
            jupyter.end_kernels()


def _follow(case: Case) -> str:
    known = f"Known({JOBS}, {case.jobs}, {case.models})"
    return f"from bench.known import Known\nknown = {known if case.jobs else None}"


def _watched(book: NotebookPage, url: str, sources: dict[str, str]) -> tuple[dict[str, float], float]:
    """Start the installs, and measure frames until all have ended, and a little more; and when that was."""
    start, received = time.monotonic(), book.page.evaluate("benchWire.received")
    book.start_frame_meter()
    with httpx.Client(base_url=url, timeout=60) as api:
        for source, inplace in sources.items():
            query = {"source": source, "inplace": inplace}
            api.post(INSTALLS, params=query, json={}).raise_for_status()
        while any(job["status"] not in FINAL for job in api.get(INSTALLS).json()):
            if time.monotonic() - start > TIMEOUT:
                raise CaseFailedError(f"not all installs ended in {TIMEOUT:.0f} s")
            book.page.wait_for_timeout(500)
    seconds, ended = time.monotonic() - start, time.time()
    book.page.wait_for_timeout(LATER * 1000)
    meter = book.stop_frame_meter()
    figures = {
        "worst frame": meter["worst"],
        "frames a second": meter["frames"] / (time.monotonic() - start),
        "whole run": seconds,
        "wire": (book.page.evaluate("benchWire.received") - received) / 1000,
    }
    return figures, ended


def _knows(book: NotebookPage, ended: float) -> dict[str, float]:
    """What the widget knows, and how late it knew; the server's end is known to half a second."""
    told = json.loads(book.run(3))
    figures = {"completed jobs shown": float(told["completed"])}
    if told["models"] is not None:
        figures["models in the table"] = float(told["models"])
    if told["at"] is not None:
        figures["behind"] = max(0.0, told["at"] - ended)
    return figures


@contextmanager
def _sources(load: str) -> Iterator[dict[str, str]]:
    """300 sources of that kind, and whether each is left in place."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, FileServer() as files:
        mib = int(load == DOWNLOADS)
        paths = [write_lora(Path(folder) / f"lora-{number:03}.safetensors", mib) for number in range(JOBS)]
        if load == FILES:
            yield {str(path): "true" for path in paths}
        else:
            yield {files.add(path.name, path, rate=RATE): "false" for path in paths}
