"""The kernel harness itself: it sees widgets move while a cell blocks, and stops cells."""

from __future__ import annotations

import pytest

from tests.support.jupyter import IPYKERNELS, Kernel, ipykernel_path

pytestmark = pytest.mark.kernel

MOVED_BY_A_THREAD = """
import threading, time
from ipywidgets import IntProgress
bar, go_on = IntProgress(), threading.Event()
display(bar)

def move():
    for bar.value in range(1, 6):
        time.sleep(0.05)

threading.Thread(target=move).start()
go_on.wait()
"""


def test_a_cell_gives_its_text_and_data(kernel: Kernel) -> None:
    run = kernel.run("print('seen'); 6 * 7")
    assert run.text == "seen\n42"
    assert run.data == [{"text/plain": "42"}]


def test_a_failing_cell_gives_its_error(kernel: Kernel) -> None:
    run = kernel.finish(kernel.start("1 / 0"))
    assert (run.status, run.error) == ("error", "ZeroDivisionError")


def test_a_widget_is_seen_moving_while_the_cell_blocks_until_it_is_interrupted(kernel: Kernel) -> None:
    run = kernel.start(MOVED_BY_A_THREAD)
    kernel.wait_for(lambda: any(state.get("value") == 5 for state in kernel.models.values()))
    assert run.status is None
    kernel.interrupt()
    assert kernel.finish(run).error == "KeyboardInterrupt"
    assert kernel.models[kernel.model("IntProgressModel")]["value"] == 5


def test_what_a_browser_sets_reaches_the_widget(kernel: Kernel) -> None:
    kernel.run("from ipywidgets import IntSlider; slider = IntSlider()")
    kernel.set_traits(kernel.model("IntSliderModel"), value=42)
    assert kernel.run("slider.value").text == "42"


@pytest.mark.parametrize("name", IPYKERNELS)
def test_other_ipykernels_are_what_they_are_called(name: str) -> None:
    with Kernel(ipykernel_path(name)) as kernel:
        assert kernel.run("import ipykernel; print(ipykernel.__version__)").text.strip() == IPYKERNELS[name]
