"""Keys typed into a widget stay there: "d d" in a grid with the focus deletes the cell of a careless one."""

from __future__ import annotations

import pytest

from tests.conftest import FilledInvokeAI

from .conftest import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.invokeai]


def test_dd_in_the_grid_deletes_no_cell(
    notebook: OpenNotebook, front_end: str, invokeai_server: FilledInvokeAI
) -> None:
    show = f"from invokeai_widgets import ModelTable\nModelTable({invokeai_server.url!r})"
    page = notebook([show, "'another cell'"], front_end)
    page.run(0)
    row = page.widget(0).get_by_role("grid").get_by_role("row").nth(1)
    row.click()
    page.page.keyboard.press("ArrowDown")
    focused = page.page.evaluate("document.activeElement.closest('[role=grid]') !== null")
    assert focused, "the grid has lost the focus, so nothing was tried"
    page.page.keyboard.type("dd")
    page.page.keyboard.press("Shift+A")
    assert page.run(1) == "'another cell'"
    assert page.cell_count == 2


def test_the_same_keys_outside_a_widget_do_delete_a_cell(notebook: OpenNotebook, front_end: str) -> None:
    """Without which the test above would show nothing."""
    page = notebook(["1", "2"], front_end)
    page.page.locator(".jp-Cell .jp-InputPrompt").first.click()
    page.page.keyboard.press("Escape")
    page.page.keyboard.type("dd")
    page.page.wait_for_function("() => harness.cellCount() === 1")
