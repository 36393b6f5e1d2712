"""A click acts while a cell blocks, where the kernel can do that at all.

ipykernel 7.4 routes the messages to a widget to where it was last *written* from. Before the rule of
`invokeai_widgets.widgets.routing`, the click below, on a widget that a thread goes on writing, was handled
only when the blocked cell had ended: too late for any Cancel.
"""

from __future__ import annotations

import pytest

from tests.support.jupyter import IPYKERNELS

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

WIDGET = """
import threading, anywidget, traitlets
from invokeai_widgets.widgets.routing import keep_clicks_prompt

class Job(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
        const cancel = document.createElement("button");
        cancel.className = "cancel";
        const show = () => { cancel.textContent = `Cancel at ${model.get("bytes")}`; };
        cancel.addEventListener("click", () => model.send({ verb: "cancel" }));
        model.on("change:bytes", show);
        show();
        el.append(cancel);
    } }'''
    bytes = traitlets.Int().tag(sync=True)

job, cancelled, ended = Job(), threading.Event(), threading.Event()
keep_clicks_prompt(job.comm)
job.on_msg(lambda *_: cancelled.set())

def download():
    while not ended.wait(0.05):
        job.bytes += 1

threading.Thread(target=download, daemon=True).start()
job
"""

SUBSHELLS = ["python3", *(f"ipykernel-{name}" for name in IPYKERNELS if name != "6")]


@pytest.mark.parametrize("kernel", SUBSHELLS)
def test_it_acts_in_the_middle_of_the_cell(notebook: OpenNotebook, front_end: str, kernel: str) -> None:
    page = notebook(
        [WIDGET, "print('cancelled:', cancelled.wait(timeout=60)); ended.set()"], front_end, kernel
    )
    page.run(0)
    page.start(1)
    page.widget(0).locator(".cancel").click()
    page.wait_done(timeout=30)  # less than the cell would wait
    assert page.text(1) == "cancelled: True\n"


def test_without_subshells_it_acts_after_the_cell(notebook: OpenNotebook, front_end: str) -> None:
    cells = [WIDGET, "print('cancelled:', cancelled.wait(timeout=2))", "print(cancelled.wait(timeout=60))"]
    page = notebook(cells, front_end, "ipykernel-6")
    page.run(0)
    page.start(1)
    page.widget(0).locator(".cancel").click()
    page.wait_done()
    assert page.text(1) == "cancelled: False\n"
    assert page.run(2) == "True\n"
