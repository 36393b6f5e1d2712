"""Cancel acts while a cell blocks, where the kernel can do that at all.

ipykernel 7.4 routes the messages to a widget to where it was last *written* from. Before the rule of
`invokeai_widgets.widgets.routing`, a click on a bar that moves was handled only when the blocked cell had
ended: too late for any Cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from invokeai_widgets import demo
from tests.support.fileserver import FileServer
from tests.support.jupyter import IPYKERNELS
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

NAME = "held.safetensors"
SUBSHELLS = ["python3", *(f"ipykernel-{name}" for name in IPYKERNELS if name != "6")]

START = """
from invokeai_widgets import *
client = InvokeAIClient.from_url({server!r})
handle = client.dnn_model_repo.install_model({file!r})
{widget}
"""
WAIT = """
try:
    handle.wait_until(timeout={timeout})
except (ModelInstallJobCancelled, ModelInstallTimeout) as error:
    print(type(error).__name__)
"""

Start = Callable[[str], str]


@pytest.fixture
def start(tmp_path: Path, file_server: FileServer) -> Iterator[Start]:
    """Makes the cell that starts a download which never ends by itself, and shows a widget."""
    file = file_server.add(NAME, write_lora(tmp_path / NAME, mib=2), hold_at=1_000_000)
    with demo.serve() as server:
        yield lambda widget: START.format(server=server, file=file, widget=widget)


@pytest.mark.parametrize(
    ("kernel", "widget"),
    [
        *((kernel, "handle") for kernel in SUBSHELLS),
        ("python3", "InstallQueue(client)"),
        ("python3", "ModelManager(client)"),
    ],
)
def test_it_acts_in_the_middle_of_the_cell(
    notebook: OpenNotebook, front_end: str, start: Start, kernel: str, widget: str
) -> None:
    page = notebook([start(widget), WAIT.format(timeout=60)], front_end, kernel)
    page.run(0)
    page.start(1)
    page.widget(0).get_by_role("button", name="Cancel", exact=True).click()
    page.wait_done(timeout=30)  # less than the cell would wait
    assert page.text(1) == "ModelInstallJobCancelled\n"


def test_without_subshells_it_acts_after_the_cell(
    notebook: OpenNotebook, front_end: str, start: Start
) -> None:
    page = notebook(
        [start("handle"), WAIT.format(timeout=3), WAIT.format(timeout=60)], front_end, "ipykernel-6"
    )
    page.run(0)
    page.start(1)
    page.widget(0).get_by_role("button", name="Cancel", exact=True).click()
    page.wait_done()
    assert page.text(1) == "ModelInstallTimeout\n"
    assert page.run(2) == "ModelInstallJobCancelled\n"
