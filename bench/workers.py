"""Cases in processes of their own, which are asked for one run after another.

`python -m bench.workers MODULE CASE` is such a process; the module has `CASES`: name -> a tuple that ends
with a `Factory`.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import env

Run = Callable[[], object]
"""One repetition. What it returns is dropped after the clock has stopped."""
Factory = Callable[[str], Run]
"""Gets a base URL, opens what a user opens once, and gives the repetition."""


class CaseFailedError(RuntimeError):
    """The case raised; the text is the type and first line of what it raised."""


class Worker(AbstractContextManager["Worker"]):
    """One case of a bench module, in a process; started at once, ended with the block."""

    def __init__(self, module: str, case: str) -> None:
        command = [sys.executable, "-m", "bench.workers", module, case]
        self._process = subprocess.Popen(
            command, cwd=env.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, url: str) -> float:
        """Seconds of one repetition against `url`."""
        return float(self._ask({"url": url})["seconds"])

    def peak(self, url: str) -> float:
        """Bytes of resident memory that one repetition took beyond what the process had before."""
        return float(self._ask({"url": url, "peak": True})["bytes"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the process ended"}
        if "error" in answer:
            raise CaseFailedError(answer["error"])
        return answer

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _answer(factory: Factory) -> None:
    """The worker's side: answer questions from standard input until it ends."""
    ready: dict[str, Run] = {}
    for line in sys.stdin:
        question = json.loads(line)
        try:
            run = ready.get(question["url"]) or ready.setdefault(question["url"], factory(question["url"]))
            reply: dict[str, Any] = _peak(run) if question.get("peak") else _time(run)
        except Exception as error:  # whatever a peer raises is a result here
            text = str(error).splitlines()[0][:120] if str(error) else ""
            reply = {"error": f"{type(error).__name__}: {text}"}
        print(json.dumps(reply), flush=True)
    os._exit(0)  # nothing is tidied up: what a library says of open connections is of no interest here


def _afresh() -> None:
    """Give back the memory that was freed, so that each repetition has to ask for it as a first call has.

    Else a GET of 12 MB takes 10 ms or 30, by what the allocator happens to hold.
    """
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc only
        trim(0)


def _time(run: Run) -> dict[str, float]:
    _afresh()
    start = time.perf_counter()
    kept = run()
    seconds = time.perf_counter() - start
    del kept
    return {"seconds": seconds}


def _peak(run: Run) -> dict[str, float]:
    gc.collect()
    # Linux: sets the high-water mark back to what is resident now.
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    kept = run()
    after = _status("VmHWM")
    del kept
    return {"bytes": float(after - before)}


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


if __name__ == "__main__":
    _answer(import_module(sys.argv[1]).CASES[sys.argv[2]][-1])
