"""Keys typed into a widget stay there: "d d" with the focus in a careless one deletes the notebook's cell."""

from __future__ import annotations

from pathlib import Path

import pytest

import invokeai_widgets
from invokeai_widgets import demo
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BEGIN = """
from invokeai_widgets import *
client = InvokeAIClient.from_url({url!r})
handle = client.dnn_model_repo.install_model({file!r}, inplace=True)
"""
SHOWN = {"ModelTable(client)": "grid", "InstallQueue(client)": "list", "JobProgress(handle)": "list"} | {
    f"{name}(client)": "button"
    for name in ("InstallForm", "FolderScan", "StarterModels", "HuggingFace", "ServerPanel", "ModelManager")
}  # each widget, and what it has when it is all there

# Whatever can have the focus and is no field: rows of grids and lists, tabs, buttons.
FOCUS = """(area, index) => {
    const fields = "input:not([type=checkbox]), select, textarea";
    const all = [...area.querySelectorAll("[tabindex], button, a[href], summary, input[type=checkbox]")];
    const here = all.filter(each => !each.matches(fields) && each.checkVisibility() && !each.disabled);
    here[index]?.focus();
    return index < here.length && here[index] === document.activeElement;
}"""
MOST = 25  # elements of one widget


def test_dd_deletes_no_cell_wherever_the_focus_is(
    notebook: OpenNotebook, front_end: str, tmp_path: Path
) -> None:
    file = write_lora(tmp_path / "lora.safetensors")
    with demo.serve(models=5) as url:
        cells = [BEGIN.format(url=url, file=str(file)), *SHOWN]
        page = notebook(cells, front_end)
        page.run(0)
        for number, (source, role) in enumerate(SHOWN.items(), 1):
            page.run(number)
            area = page.widget(number)
            area.get_by_role(role).filter(visible=True).first.wait_for()
            tried = 0
            for index in range(MOST):
                if area.evaluate(FOCUS, index):
                    tried += 1
                    page.page.keyboard.type("dd")
                    assert page.cell_count == len(cells), f"element {index} of {source} let the keys through"
            assert tried or source.startswith("JobProgress"), f"{source} never had the focus"


def test_the_widgets_are_all_there_are() -> None:
    public = {name for name, where in invokeai_widgets._WHERE.items() if where.startswith("widgets.")}
    assert public == {source.partition("(")[0] for source in SHOWN}


def test_arrows_and_dd_in_the_grid(notebook: OpenNotebook, front_end: str) -> None:
    with demo.serve(models=5) as url:
        page = notebook(
            [f"from invokeai_widgets import ModelTable\nModelTable({url!r})", "'another'"], front_end
        )
        page.run(0)
        page.widget(0).get_by_role("grid").get_by_role("row").nth(1).click()
        page.page.keyboard.press("ArrowDown")
        focused = page.page.evaluate("document.activeElement.closest('[role=grid]') !== null")
        assert focused, "the grid has lost the focus, so nothing was tried"
        page.page.keyboard.type("dd")
        page.page.keyboard.press("Shift+A")
        assert page.run(1) == "'another'"
        assert page.cell_count == 2


def test_the_same_keys_outside_a_widget_do_delete_a_cell(notebook: OpenNotebook, front_end: str) -> None:
    """Without which the tests above would show nothing."""
    page = notebook(["1", "2"], front_end)
    page.page.locator(".jp-Cell .jp-InputPrompt").first.click()
    page.page.keyboard.press("Escape")
    page.page.keyboard.type("dd")
    page.page.wait_for_function("() => harness.cellCount() === 1")
