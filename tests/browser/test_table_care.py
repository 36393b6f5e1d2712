"""What the table keeps for the person: the place in the rows, what is typed, the focus, what was said."""

from __future__ import annotations

import re
from ast import literal_eval

import httpx
import pytest
from playwright.sync_api import expect

from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin

from .conftest import Show
from .tables import SHOW, ShownTable

pytestmark = pytest.mark.browser

MODELS = "/api/v2/models"
MANY = """
import pandas as pd
from invokeai_widgets import ModelTable
count = 30_000
models = pd.DataFrame({"name": [f"Model {n:06}" for n in range(count)], "size": range(count)})
table = ModelTable(models)
table
"""
WATCH_FOR_BLANKS = """grid => {
  window.blanks = 0;
  const count = () => { window.blanks += grid.querySelectorAll(".ivk-skeleton:not([hidden])").length };
  new MutationObserver(count).observe(grid, { subtree: true, attributes: true, attributeFilter: ["class"] });
}"""
LATER = """
import threading
threading.Timer(2, lambda: table.select(table.view.head(3))).start()
"""
FAULTY = """
from invokeai_widgets import ModelTable
async def fail(self, keys):
    raise RuntimeError("the disk says no")
ModelTable.do_reidentify = fail
"""


# Until the events of the scrolling have gone by, which close a menu.
SCROLLED = """chip => new Promise(done => {
  chip.scrollIntoView({block: "end"});
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
})"""


def delete(server: DemoServer, key: str) -> None:
    httpx.delete(f"{server.url}{MODELS}/i/{key}", trust_env=False).raise_for_status()


def focused(table: ShownTable) -> str:
    """How the control with the focus is called."""
    name = "e => e.ariaLabel ?? e.textContent"
    return str(table.page.page.evaluate(f"() => ({name})(document.activeElement)"))


def test_a_deletion_in_a_sorted_table_leaves_the_focus_beside_the_row(show: Show) -> None:
    """The row lies in the middle of the server's order: those after it move up in the browser's copy."""
    table = show()
    table.header("Size").get_by_role("button").click()
    expect(table.header("Size")).to_have_attribute("aria-sort", "descending")
    table.row(0).click()
    for _ in range(25):
        table.press("ArrowDown")
    table.press("Space")
    names = [table.row(place).locator(".ivk-name").inner_text() for place in range(23, 28)]
    table.press("Delete")
    table.dialog.get_by_role("button", name=re.compile("Delete 2 models")).click()
    expect(table.grid).to_have_attribute("aria-rowcount", "59")
    expect(table.row(24).locator(".ivk-name")).to_have_text(names[3])  # two went, one of them above
    table.page.page.wait_for_function("() => document.activeElement.closest('[role=row]') !== null")
    assert table.focused_row() in (24, 25)
    assert table.row(24).is_visible()


def test_a_change_elsewhere_leaves_focus_and_scroll_in_a_sorted_table(show: Show, server: DemoServer) -> None:
    table = show()
    table.header("Size").get_by_role("button").click()
    table.row(0).click()
    for _ in range(40):
        table.press("ArrowDown")
    table.until("table.query['sort'] == [['size', 'desc']]")
    held = table.row(40).locator(".ivk-name").inner_text()
    place = table.row(40).bounding_box()
    for key in literal_eval(table.python("list(table.view.index[[3, 8, 20]])")):
        delete(server, key)
    table.row(40).focus()
    table.page.page.evaluate("() => document.querySelector('.ivk-btn[aria-label=Refresh]').click()")
    expect(table.grid).to_have_attribute("aria-rowcount", "58")
    expect(table.row(37).locator(".ivk-name")).to_have_text(held)
    after = table.row(37).bounding_box()
    assert place
    assert after
    assert abs(after["y"] - place["y"]) <= 1, "the row has moved on the screen"
    assert table.focused_row() == 37


def test_what_is_being_typed_outlives_clicks_in_the_rows(show: Show) -> None:
    table = show()
    table.row(1).locator(".ivk-name").click()
    table.details.get_by_role("button", name="Edit").click()
    name = table.details.get_by_label("Name")
    name.fill("half a wo")
    table.row(1).locator(".ivk-cell").nth(2).click()
    table.tick(1)
    table.row(2).locator(".ivk-cell").nth(2).click()
    table.page.page.wait_for_timeout(300)
    expect(name).to_have_value("half a wo")
    table.row(2).locator(".ivk-name").click()  # asks for another model
    expect(table.details.get_by_role("heading")).to_have_text(table.row(2).locator(".ivk-name").inner_text())


def test_the_columns_are_chosen_by_keys(show: Show) -> None:
    table = show()
    table.tools.get_by_role("button", name="Columns").focus()
    table.press("Enter")
    menu = table.root.get_by_role("dialog", name="Columns")
    expect(menu.get_by_role("checkbox", name="Type", exact=True)).to_be_focused()
    table.press("ArrowDown", "Space")
    expect(table.header("Base")).to_have_count(0)
    table.press("ArrowUp", "ArrowUp")
    expect(menu.get_by_role("checkbox").last).to_be_focused()


def test_a_menu_low_in_the_window_stays_inside(show: Show) -> None:
    table = show(height=420)
    chip = table.tools.get_by_role("button", name="Base")
    chip.evaluate(SCROLLED)
    chip.click()
    menu = table.root.get_by_role("dialog", name="Filter by base")
    expect(menu.locator("label").first).to_be_visible()
    expect(menu.get_by_role("checkbox").first).to_be_focused()
    box = menu.bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 420


def test_two_quick_choices_in_a_facet_both_count(show: Show) -> None:
    table = show(MANY.replace('"size"', '"base": ["sdxl", "flux", "sd-1"] * (count // 3), "size"'))
    table.tools.get_by_role("button", name="Base").click()
    menu = table.root.get_by_role("dialog", name="Filter by base")
    expect(menu.get_by_role("checkbox")).to_have_count(3)
    menu.evaluate("menu => { const all = menu.querySelectorAll('input'); all[0].click(); all[1].click(); }")
    expect(table.foot).to_contain_text("20,000 of 30,000 models")


def test_what_failed_is_said_once_and_goes_when_it_is_tried_again(show: Show) -> None:
    table = show()
    table.python(FAULTY)
    table.tick(1)
    table.root.get_by_role("button", name="Reidentify…").click()
    expect(table.dialog).to_contain_text(table.row(1).locator(".ivk-name").inner_text())
    table.dialog.get_by_role("button", name="Reidentify 1 model").click()
    notices = table.root.locator(".ivk-notice")
    expect(notices).to_have_count(1)
    expect(notices).to_contain_text("the disk says no")
    notices.evaluate("line => { line.dataset.same = 'yes' }")
    table.page.page.wait_for_timeout(1500)
    expect(notices).to_have_attribute("data-same", "yes")  # not made anew, which would be spoken again
    table.root.get_by_role("button", name="Refresh").click()
    expect(notices).to_have_count(0)


def test_the_focus_is_never_lost_below_the_rows(show: Show) -> None:
    table = show()
    table.tick(1)
    table.root.get_by_role("button", name="Clear the selection").focus()
    table.press("Enter")
    table.expect_selected(0)
    assert table.focused_row() >= 0
    table.tick(1)
    table.python(LATER)
    table.root.get_by_role("button", name="More actions").focus()
    table.expect_selected(3)
    assert focused(table) == "More actions"


def test_a_column_cannot_be_dragged_out_of_the_table(show: Show) -> None:
    table = show()
    edge = table.header("Type").locator(".ivk-edge").bounding_box()
    assert edge
    mouse = table.page.page.mouse
    mouse.move(edge["x"] + 4, edge["y"] + 8)
    mouse.down()
    mouse.move(edge["x"] + 2000, edge["y"] + 8, steps=5)
    mouse.up()
    expect(table.header("Type")).to_be_visible()
    expect(table.header("State")).to_be_visible()
    assert table.grid.evaluate("grid => grid.scrollWidth <= grid.clientWidth")


def test_keys_in_the_header_keep_their_column(show: Show) -> None:
    table = show()
    sort = table.header("Base").get_by_role("button")
    sort.focus()
    table.press("Alt+ArrowLeft")
    expect(table.header("Base").get_by_role("button")).to_be_focused()
    table.page.page.set_viewport_size({"width": 1100, "height": 900})
    expect(table.header("Format")).to_have_count(0)
    expect(table.header("Base").get_by_role("button")).to_be_focused()


def test_rows_that_are_not_here_yet_are_spoken_as_such_and_can_be_reached(show: Show) -> None:
    table = show(MANY)
    table.row(0).click()
    table.press("Shift+End")
    table.expect_selected(30_000)
    table.press("Escape")
    table.page.set_source(1, "import time; time.sleep(3)")
    table.page.run_source(1, "table.connection.loop.post(lambda: __import__('time').sleep(4))")
    table.grid.evaluate("grid => grid.scrollTo(0, 15_000 * 34)")
    expect(table.row(15_005)).to_have_attribute("aria-label", "Loading")
    expect(table.row(15_005)).to_have_attribute("aria-label", re.compile("Model 015005"))


def test_a_tick_for_all_needs_all_of_the_view(show: Show) -> None:
    table = show()
    every = table.root.get_by_role("checkbox", name="Select all in view")
    table.python("table.select(table.view.tail(30))")
    table.expect_selected(30)
    first = table.names(1)[0]
    table.search.fill(first)
    expect(table.foot).to_contain_text("of 60 models")
    expect(every).to_have_attribute("aria-checked", "mixed")
    every.click()
    expect(every).to_have_attribute("aria-checked", "true")


@pytest.fixture
def crowd(begin: Begin) -> DemoServer:
    """A server with more models than the browser takes."""
    return begin(models=20_100)


def test_a_change_among_very_many_rows_blanks_nothing_and_closes_what_is_gone(
    show: Show, crowd: DemoServer
) -> None:
    table = show(SHOW.format(source=repr(crowd.url)))
    expect(table.foot).to_contain_text("20,100 models")
    table.grid.evaluate("grid => grid.scrollTo(0, 15_000 * 34)")
    expect(table.row(15_003)).not_to_have_attribute("aria-label", "Loading")
    table.row(15_003).locator(".ivk-name").click()
    expect(table.details).to_be_visible()
    table.expect_chosen(1)
    [key] = literal_eval(table.python("table.selected"))
    below = table.row(15_004).locator(".ivk-name").inner_text()
    table.grid.evaluate(WATCH_FOR_BLANKS)
    delete(crowd, key)
    table.root.get_by_role("button", name="Refresh").click()
    expect(table.foot).to_contain_text("20,099 models")
    expect(table.row(15_003).locator(".ivk-name")).to_have_text(below)
    expect(table.details).to_be_hidden()
    assert table.page.page.evaluate("() => window.blanks") == 0
