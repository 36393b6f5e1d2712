"""Where the table leaves the person: the focus, the place in the rows, the model that was meant."""

from __future__ import annotations

import re
from ast import literal_eval
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin
from tests.support.tiny_models import write_lora

from .conftest import Show
from .tables import SHOW, ShownTable

pytestmark = pytest.mark.browser

MODELS = "/api/v2/models"
MANY = """
import pandas as pd
from invokeai_widgets import ModelTable
count = 30_000
numbers = range(count)
models = pd.DataFrame({"name": [f"Model {n:06}" for n in numbers], "path": [f"/m/{n}" for n in numbers]})
table = ModelTable(models)
table
"""


def install(server: DemoServer, path: Path) -> None:
    where = {"source": str(path), "inplace": True}
    httpx.post(f"{server.url}{MODELS}/install", params=where, json={}, trust_env=False).raise_for_status()


def test_a_row_that_comes_above_the_first_does_not_take_its_focus(
    show: Show, server: DemoServer, tmp_path: Path
) -> None:
    table = show()
    name = table.names(1)[0]
    table.row(0).click()
    install(server, write_lora(tmp_path / "AAA first.safetensors"))
    expect(table.row(0).locator(".ivk-name")).to_have_text("AAA first")
    expect(table.row(1).locator(".ivk-name")).to_have_text(name)
    expect(table.row(1)).to_be_focused()


def test_closing_the_details_leaves_the_rows_where_they_were_scrolled_to(show: Show) -> None:
    table = show()
    table.row(2).locator(".ivk-name").click()
    table.grid.evaluate("grid => grid.scrollTo(0, 40 * 34)")
    expect(table.row(45)).to_be_visible()
    table.details.get_by_role("button", name="Close details").click()
    expect(table.details).to_be_hidden()
    assert table.grid.evaluate("grid => grid.scrollTop") == 40 * 34
    assert table.focused_row() == 2  # which stays in the page, so that keys go on from it


def test_the_focus_goes_to_the_search_when_no_row_is_left(show: Show, server: DemoServer) -> None:
    table = show()
    name = table.names(1)[0]
    table.search.fill(name)
    expect(table.foot).to_contain_text("1 of 60 models")
    table.row(0).click()
    table.press("Delete")
    table.dialog.get_by_role("button", name="Delete 1 model").click()
    expect(table.foot).to_contain_text("0 of 59 models")
    expect(table.search).to_be_focused()


def test_the_focus_stays_in_the_table_when_a_notice_is_dismissed(show: Show) -> None:
    table = show()
    table.tick(1)
    table.root.get_by_role("button", name="Reidentify…").click()
    table.dialog.get_by_role("button", name="Reidentify 1 model").click()
    dismiss = table.root.get_by_role("button", name="Dismiss")
    dismiss.focus()
    table.press("Enter")
    expect(dismiss).to_have_count(0)
    expect(table.search).to_be_focused()


def test_shift_and_an_arrow_select_from_the_row_with_the_focus(show: Show) -> None:
    table = show()
    table.row(2).click()
    table.press("Escape")
    table.expect_selected(0)
    for _ in range(10):
        table.press("ArrowDown")
    table.press("Shift+ArrowDown")
    table.expect_selected(2)
    table.press("Shift+ArrowDown")
    table.expect_selected(3)
    table.until("len(table.selected) == 3")
    assert literal_eval(table.python("table.selected")) == literal_eval(
        table.python("list(table.view.index[12:15])")
    )


def test_the_editor_opens_on_the_model_that_was_meant(show: Show, server: DemoServer) -> None:
    table = show()
    server.faults.add(path="*relationships*", latency=6)
    table.tick(1)
    table.root.get_by_role("button", name="More actions").click()
    table.root.get_by_role("button", name="Edit…").click()
    expect(table.details.get_by_role("heading")).to_have_text(table.row(1).locator(".ivk-name").inner_text())
    table.row(4).locator(".ivk-cell").nth(2).click()
    expect(table.details.get_by_role("heading")).to_have_text(table.row(4).locator(".ivk-name").inner_text())
    expect(table.details.locator("dt").get_by_text("Key", exact=True)).to_be_visible()
    expect(table.details.get_by_label("Name")).to_have_count(0)


def test_a_picture_that_is_too_large_is_refused_in_words(show: Show) -> None:
    table = show()
    table.tick(0)
    table.root.get_by_role("button", name="More actions").click()
    with table.page.page.expect_file_chooser() as chosen:
        table.root.get_by_role("button", name="Set cover…").click()
    picture = {"name": "large.png", "mimeType": "image/png", "buffer": b"\0" * 8_000_000}
    chosen.value.set_files(picture)
    expect(table.root.get_by_role("alert")).to_contain_text("at most 7 MB")
    table.until("True")  # the connection to the kernel is there still


def test_rows_are_read_in_their_order_after_scrolling(show: Show) -> None:
    table = show()
    table.grid.evaluate("grid => grid.scrollTo(0, 25 * 34)")
    expect(table.row(30)).to_be_visible()
    table.grid.evaluate("grid => grid.scrollTo(0, 12 * 34)")
    expect(table.row(14)).to_be_visible()
    order = "grid => grid.querySelector('[aria-owns]').getAttribute('aria-owns').split(' ')"
    rows = f"grid => ({order})(grid).map(id => Number(document.getElementById(id).ariaRowIndex))"
    read = table.grid.evaluate(rows)
    assert len(read) > 10
    assert read == sorted(read)
    shown = table.grid.locator("[role=row][aria-rowindex]:visible").count()
    assert len(read) >= shown - 1  # the header is a row, too


def test_python_may_sort_by_a_column_that_is_not_shown(show: Show) -> None:
    table = show()
    table.python('table.filter(sort="hash")')
    names = literal_eval(table.python("list(table.view.name[:5])"))
    assert names != sorted(names)
    expect(table.row(0).locator(".ivk-name")).to_have_text(names[0])
    assert table.names(5) == names


def test_above_the_limit_the_columns_of_last_time_are_filled_at_once(show: Show) -> None:
    table = show(MANY, width=1900)
    table.tools.get_by_role("button", name="Columns").click()
    menu = table.root.get_by_role("dialog", name="Columns")
    menu.get_by_role("checkbox", name="Path", exact=True).click()
    table.press("Escape")
    expect(table.row(1)).to_contain_text("/m/1")
    table.page.run(0)
    again = ShownTable(table.page)
    expect(again.row(1)).to_contain_text("/m/1")


def test_above_the_limit_a_filter_of_before_the_showing_holds(show: Show) -> None:
    table = show(MANY.replace("\ntable\n", '\ntable.filter("77")\ntable\n'))
    expect(table.row(0).locator(".ivk-name")).to_have_text("Model 000077")
    expect(table.foot).to_contain_text(" of 30,000 models")


def test_above_the_limit_a_model_far_away_can_be_edited(show: Show, begin: Begin) -> None:
    server = begin(models=20_100)
    table = show(SHOW.format(source=repr(server.url)))
    table.python("table.select(table.view.iloc[[15_000]])")
    name = table.python("table.selection.name.iloc[0]").strip("'")
    table.expect_selected(1)
    table.root.get_by_role("button", name="More actions").click()
    table.root.get_by_role("button", name="Edit…").click()
    expect(table.details.get_by_label("Name")).to_have_value(name)
    table.details.get_by_label("Description").fill("far away")
    table.details.get_by_role("button", name="Save").click()
    expect(table.details).to_contain_text("far away")
    expect(table.details.locator(".ivk-badges .ivk-badge")).to_have_count(3)


def test_two_clicks_on_delete_ask_once(show: Show) -> None:
    table = show()
    table.tick(1)
    delete = table.foot.get_by_role("button", name=re.compile("^Delete"))
    delete.evaluate("button => { button.click(); button.click(); }")
    expect(table.dialog).to_have_count(1)
    table.page.page.wait_for_timeout(500)
    expect(table.dialog).to_have_count(1)
