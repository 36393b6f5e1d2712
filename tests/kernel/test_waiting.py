"""Waiting for an install in a cell that blocks, with a real kernel and a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FilledInvokeAI
from tests.support.fileserver import FileServer
from tests.support.jupyter import Kernel
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.kernel, pytest.mark.invokeai]

NAME = "slow.safetensors"

INSTALL = """
from invokeai_widgets import InvokeAIClient
client = InvokeAIClient.from_url({server!r})
handle = client.dnn_model_repo.install_model({model!r})
"""

# What runs on the shared loop, once what is ending has ended.
TASKS = """
import asyncio, time
from invokeai_widgets.client.loop import LoopThread

def tasks():
    return asyncio.all_tasks(LoopThread.shared().loop)

for _ in range(50):
    if not tasks():
        break
    time.sleep(0.1)
print(len(tasks()), tasks())
"""


@pytest.fixture
def model(tmp_path: Path, file_server: FileServer) -> str:
    """The address of a LoRA of 20 MiB that takes about 4 seconds to download."""
    return file_server.add(NAME, write_lora(tmp_path / NAME, mib=20), rate=5_000_000)


@pytest.fixture
def held(model: str, file_server: FileServer) -> None:
    """Its download stands still at a quarter."""
    file_server.change(NAME, hold_at=5_000_000)


@pytest.fixture
def installing(kernel: Kernel, restored_invokeai: FilledInvokeAI, model: str) -> Kernel:
    """A kernel in which `handle` is the install of that model, under way."""
    kernel.run(INSTALL.format(server=restored_invokeai.url, model=model))
    return kernel


def shares(kernel: Kernel) -> list[float]:
    """How much of the bar was filled (0-1), at each of its changes."""
    rows = [state["jobs"] for _, state in kernel.updates if state.get("jobs")]
    return [row[0]["share"] for row in rows if row[0]["share"] is not None]


@pytest.mark.usefixtures("held")
def test_the_bar_moves_while_the_cell_blocks(installing: Kernel, file_server: FileServer) -> None:
    run = installing.start("display(handle)\nprint(handle.wait_until(timeout=None).status)")
    installing.wait_for(lambda: shares(installing))
    file_server.release(NAME)
    installing.finish(run)
    assert run.text.endswith("completed\n"), run.traceback
    # All of these came before the cell's end, on a channel that keeps the order.
    moved = shares(installing)
    assert len(set(moved)) >= 5
    assert moved == sorted(moved)


@pytest.mark.usefixtures("held")
def test_ctrl_c_ends_the_waiting_and_nothing_else(installing: Kernel, file_server: FileServer) -> None:
    run = installing.start("print('waiting')\nhandle.wait_until(timeout=None)")
    installing.wait_for(lambda: run.text and file_server.asked(NAME))
    assert run.status is None
    installing.interrupt()
    assert installing.finish(run, timeout=30).error == "KeyboardInterrupt"

    assert installing.run(TASKS).text.startswith("0 ")
    assert installing.run("handle.refresh().status").text == "'downloading'"
    file_server.release(NAME)
    assert installing.run("print(handle.wait_until(timeout=None).status)").text == "completed\n"
