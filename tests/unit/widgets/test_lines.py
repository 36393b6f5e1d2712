"""The bar without a notebook: lines of text, in a script as a person would write it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from invokeai_widgets import demo
from invokeai_widgets.widgets.lines import Lines
from tests.support.fileserver import FileServer
from tests.support.tiny_models import write_lora

SCRIPT = """
import sys
from invokeai_widgets import InvokeAIClient, JobProgress, wait_all
repo = InvokeAIClient.from_url(sys.argv[1]).dnn_model_repo
handles = [repo.install_model(source) for source in sys.argv[2:]]
bar = JobProgress(handles)
print([info.status for info in wait_all(handles)])
"""


def row(status: str, what: str, note: str = "", advice: str | None = None) -> dict[str, Any]:
    return {"source": "/ink", "status": status, "what": what, "note": note, "advice": advice}


def test_a_line_for_each_state_and_now_and_then_for_what_moves() -> None:
    written: list[str] = []
    now = [0.0]
    lines = Lines(written.append, clock=lambda: now[0])
    for second, what in enumerate(("1 %", "2 %", "3 %", "3 %", "5 %", "6 %", "7 %")):
        now[0] = float(second)
        lines.show([row("downloading", what)])
    lines.show([row("error", "Failed", "Not Found", "Look at the address.")])
    assert written == [
        "/ink: 1 %\n",
        "/ink: 6 %\n",
        "/ink: Failed · Not Found · Look at the address.\n",
    ]


def test_two_jobs_of_one_source_are_told_apart() -> None:
    written: list[str] = []
    lines = Lines(written.append, clock=lambda: 0.0)
    for _ in range(3):
        lines.show([row("downloading", "1 %"), row("waiting", "Waiting")])
    assert written == ["/ink: 1 %\n", "/ink: Waiting\n"]


def test_a_script_shows_how_its_installs_go(file_server: FileServer, tmp_path: Path) -> None:
    model = write_lora(tmp_path / "ink.safetensors", mib=1)
    gone = file_server.add("gone.safetensors", model, status=404)
    with demo.serve() as url:
        command = [sys.executable, "-c", SCRIPT, url, str(model), gone]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "['completed', 'error']\n", done.stderr
    lines = done.stderr.splitlines()
    assert any(line.startswith(f"{model}: Installed · SD 1 LoRA") for line in lines)
    assert any(line.startswith(f"{gone}: Failed · Not Found") for line in lines)
    assert [line for line in lines if not line.startswith((f"{model}: ", f"{gone}: "))] == []
