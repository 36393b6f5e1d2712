"""Looking at a table of models: the first picture, search, sort, filters, columns, very many rows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Show
from .tables import ShownTable

pytestmark = pytest.mark.browser

FRAME = """
import pandas as pd
from invokeai_widgets import ModelTable
names = [f"Model {n:06}" for n in range(@COUNT@)]
models = pd.DataFrame({"name": names, "size": range(2**31, 2**31 + @COUNT@)})
table = ModelTable(models)
table
"""
XSS = "<img src=x onerror='window.hit=1'>"


def titles(table: ShownTable) -> list[str]:
    """The headers, from left to right."""
    found = table.grid.get_by_role("columnheader").locator(".ivk-sort").all_inner_texts()
    return [text.split("\n")[0].strip(" ↑↓12") for text in found]


def frame(count: int) -> str:
    return FRAME.replace("@COUNT@", str(count))


def test_it_is_a_grid_that_says_what_is_in_it(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    assert table.grid.get_attribute("aria-rowcount") == "61"
    assert table.grid.get_attribute("aria-multiselectable") == "true"
    expect(table.header("Name")).to_have_attribute("aria-sort", "ascending")
    names = table.names(8)
    assert names == sorted(names, key=str.lower)
    expect(table.foot).to_contain_text("60 models")
    expect(table.foot).to_contain_text(re.compile(r"updated|live"))
    ours = [line for line in table.page.console if "ivk" in line or "anywidget" in line.lower()]
    assert not [line for line in ours if "error" in line.lower()]  # Notebook 7 has errors of its own


def test_a_search_marks_what_it_found_and_tells_python(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    table.search.fill("xl")
    mark = table.row(0).locator("mark").first
    expect(mark).to_have_text("XL")
    expect(table.foot).to_contain_text(re.compile(r"\d+ of 60 models"))
    shown = table.grid.get_attribute("aria-rowcount")
    expect(table.root.get_by_role("status").filter(has_text=re.compile(r"\d+ of 60 models"))).to_have_count(1)
    table.until(f"(len(table.view) + 1, table.query['text']) == ({shown}, 'xl')")
    table.search.fill("no such model")
    expect(table.root).to_contain_text("No model matches.")
    table.root.get_by_role("button", name="Clear filters").click()
    expect(table.foot).to_contain_text("60 models")
    expect(table.search).to_be_focused()


def test_it_sorts_by_several_columns(show: Show) -> None:
    table = show()
    table.header("Size").get_by_role("button").click()
    expect(table.header("Size")).to_have_attribute("aria-sort", "descending")
    table.header("Type").get_by_role("button").click()
    table.header("Size").get_by_role("button").click(modifiers=["Shift"])
    expect(table.header("Type")).to_have_attribute("aria-sort", "ascending")
    expect(table.header("Size")).to_have_attribute("aria-sort", "descending")
    expect(table.header("Size")).to_contain_text("2")
    table.until(f"table.view.name.head(6).tolist() == {table.names(6)}")


def test_a_facet_says_how_many_and_filters(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    table.tools.get_by_role("button", name="Type").click()
    menu = table.root.get_by_role("dialog", name="Filter by type")
    first = menu.locator("label").first
    count = int(re.findall(r"\d+$", first.inner_text())[0])
    first.get_by_role("checkbox").check()
    expect(table.foot).to_contain_text(f"{count} of 60 models")
    table.press("Escape")
    expect(menu).to_have_count(0)
    chip = table.tools.get_by_role("button", name=re.compile("^Type: "))
    expect(chip).to_be_focused()


def test_python_filters_and_selects_in_the_open_table(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    table.python("table.filter('a', type='lora', sort=['size'])")
    expect(table.search).to_have_value("a")
    expect(table.header("Size")).to_have_attribute("aria-sort", "ascending")
    count = int(table.python("len(table.view)"))
    expect(table.foot).to_contain_text(f"{count} of 60 models")
    table.python("table.select(table.view.head(3))")
    table.expect_selected(3)
    expect(table.row(0)).to_have_attribute("aria-selected", "true")


def test_columns_are_hidden_moved_and_resized_and_remembered(show: Show) -> None:
    table = show()
    table.root.get_by_role("button", name="Columns").click()
    menu = table.root.get_by_role("dialog", name="Columns")
    menu.get_by_label("Format").uncheck()
    menu.get_by_label("Description").check()
    table.press("Escape")
    expect(table.header("Format")).to_have_count(0)
    table.header("Base").get_by_role("button").focus()
    table.press("Alt+ArrowLeft")
    width = table.header("Base").bounding_box()
    table.press("Shift+ArrowRight")
    wider = table.header("Base").bounding_box()
    assert width
    assert wider
    assert wider["width"] == width["width"] + 16
    table.page.run(0)  # a new table in the same browser
    again = ShownTable(table.page).wait()
    assert titles(again)[1:3] == ["Base", "Type"]
    expect(again.header("Format")).to_have_count(0)


def test_a_column_is_dragged_to_another_place(show: Show) -> None:
    table = show()
    table.header("Size").get_by_role("button").drag_to(table.header("Type").get_by_role("button"))
    titles = [
        each.split("\n")[0].strip() for each in table.grid.get_by_role("columnheader").all_inner_texts()
    ]
    assert [title for title in titles if title][1] == "Size"
    assert table.header("Size").get_attribute("aria-sort") is None, "the end of the drag did not sort"


def test_markup_in_a_name_is_shown_as_text(show: Show, front_end: str) -> None:
    cell = f"""
import pandas as pd
from invokeai_widgets import ModelTable
columns = ["name", "type", "base", "path", "description"]
table = ModelTable(pd.DataFrame([dict.fromkeys(columns, {XSS!r})]), columns=columns)
table
"""
    table = show(cell, front_end)
    assert table.names(1) == [XSS]
    table.search.fill("<img")
    expect(table.row(0).locator("mark").first).to_have_text("<img")
    table.row(0).locator(".ivk-name").click()
    expect(table.details.get_by_role("heading")).to_have_text(XSS)
    assert table.root.locator("img").count() == 0
    assert table.page.page.evaluate("() => window.hit") is None


def test_sizes_beyond_two_gib_are_right(show: Show) -> None:
    table = show(cell=frame(20))
    size = table.row(0).locator(".ivk-size")
    expect(size).to_have_text("2.15 GB")
    assert size.get_attribute("title") == f"{2**31:,} bytes"


def test_sort_and_search_need_no_kernel(show: Show) -> None:
    """With all rows in the browser they work while the kernel is busy, and after it has died."""
    table = show(cell=frame(4500))
    table.wait_for_all_rows()
    table.page.set_source(1, "import time; time.sleep(600)")
    table.page.start(1)
    table.header("Name").get_by_role("button").click()
    expect(table.row(0).locator(".ivk-name")).to_have_text("Model 004499")
    table.search.fill("0007")
    expect(table.foot).to_contain_text("111 of 4,500 models")
    assert table.page.busy


def test_very_many_rows_come_in_windows(show: Show) -> None:
    table = show(cell=frame(100_000))
    expect(table.foot).to_contain_text("100,000 models")
    table.header("Name").get_by_role("button").click()
    expect(table.row(0).locator(".ivk-name")).to_have_text("Model 099999")
    table.row(0).click()
    table.press("End")
    expect(table.row(99_999).locator(".ivk-name")).to_have_text("Model 000000")
    assert table.focused_row() == 99_999
    table.press("Escape")
    table.search.fill("77777")
    expect(table.foot).to_contain_text("1 of 100,000 models")
    table.search.fill("")
    expect(table.grid).to_have_attribute("aria-rowcount", "100001")
    table.root.get_by_role("checkbox", name="Select all in view").click()
    table.expect_selected(100_000)
    table.expect_chosen(100_000)


@pytest.mark.parametrize("width", [600, 900])
def test_narrow_it_drops_columns_and_hides_nothing_else(show: Show, width: int) -> None:
    table = show(front_end="notebook", width=width)
    expect(table.header("Name")).to_be_visible()
    expect(table.header("Size")).to_be_visible()
    inside = table.grid.evaluate("grid => grid.scrollWidth <= grid.clientWidth")
    assert inside, "the rows are wider than the table"
