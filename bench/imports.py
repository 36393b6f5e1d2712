"""What an import costs: whole processes, in turn, beyond a bare interpreter in the same round.

`in use`: a blocking client is imported and opened, and gets one record from a server.
"""

from __future__ import annotations

import subprocess
import sys
import time

from bench.measure import FLOOR, OURS, PEER, Measure
from bench.plan import Plan
from bench.records import KEY
from bench.rounds import Rounds, take_turns
from bench.server import ListServer
from bench.workers import CaseFailedError

FAMILY = "imports"
TITLE = "Import cost"
BASE = "import pandas"
ROUNDS = 15
BARE = "bare interpreter"
WHAT = "beyond a bare interpreter"
IN_USE = """
import sys
from {package} import InvokeAIClient
client = InvokeAIClient.from_url(sys.argv[1])
client.dnn_model_repo.get_model_by_key(sys.argv[2])
"""

CASES: dict[str, tuple[str, str, str]] = {
    BARE: (FLOOR, "", "pass"),
    BASE: (FLOOR, "", "import pandas"),
    "import httpx, msgspec, asyncio": (FLOOR, "", "import httpx, msgspec, asyncio"),
    "import anywidget": (FLOOR, "", "import anywidget"),
    "import invokeai_widgets": (OURS, "package", "import invokeai_widgets"),
    "client in use": (OURS, "client", IN_USE.format(package="invokeai_widgets")),
    "ModelTable": (OURS, "widgets", "from invokeai_widgets import ModelTable"),
    "invokeai-py-client in use": (PEER, "client", IN_USE.format(package="invokeai_py_client")),
}


def measure(plan: Plan) -> list[Measure]:
    """Milliseconds of wall time a process takes beyond a bare one, and how many modules it ends up with."""
    with ListServer("tame-1") as server:
        url = server.url["tame-1"]
        taken = take_turns(CASES, plan.rounds(ROUNDS), lambda case: _milliseconds(case, url))
        return [m for case in CASES for m in _measures(case, taken, url)]


def _milliseconds(case: str, url: str) -> float:
    start = time.perf_counter()
    _python(CASES[case][-1], url)
    return (time.perf_counter() - start) * 1000


def _python(code: str, url: str) -> str:
    command = [sys.executable, "-I", "-c", code, url, KEY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CaseFailedError(done.stderr.strip().splitlines()[-1])
    return done.stdout


def _measures(case: str, taken: Rounds, url: str) -> list[Measure]:
    role, task, code = CASES[case]
    if note := taken.note(case):
        return [Measure(FAMILY, case, role, WHAT, None, "ms", note=note, task=task)]
    if case == BARE:
        return [Measure(FAMILY, case, role, "whole process", None, "ms", taken.of(case))]
    beyond = tuple(whole - bare for whole, bare in zip(taken.of(case), taken.of(BARE), strict=True))
    counted = f"import sys; before = len(sys.modules)\n{code}\nprint(len(sys.modules) - before)"
    modules = float(_python(counted, url))
    return [
        Measure(FAMILY, case, role, WHAT, None, "ms", beyond, task=task),
        Measure(FAMILY, case, role, "modules loaded", None, "", (modules,), task=task),
    ]
