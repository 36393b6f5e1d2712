"""What a person sees of the table at work: busy rows, a new cover, files exported, a search just made."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin

from .conftest import OpenNotebook
from .tables import SHOW, ShownTable

pytestmark = pytest.mark.browser

MODELS = "/api/v2/models"
MANY = """
import pandas as pd
from invokeai_widgets import ModelTable
table = ModelTable(pd.DataFrame({"name": [f"Model {n:06}" for n in range(30_000)]}))
table
"""


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin(models=40)


@pytest.fixture
def table(notebook: OpenNotebook, server: DemoServer) -> ShownTable:
    page = notebook([SHOW.format(source=repr(server.url)), ""])
    page.run(0)
    return ShownTable(page).wait()


def more(table: ShownTable, action: str) -> None:
    """Choose something in the menu of the selection."""
    table.root.get_by_role("button", name="More actions").click()
    table.root.get_by_role("button", name=action, exact=True).click()


def test_rows_at_work_say_so_and_keep_their_place(table: ShownTable, server: DemoServer) -> None:
    names = table.names(4)
    server.faults.add(path=f"{MODELS}/i/*", method="POST", latency=4.0)
    for place in (1, 2):
        table.tick(place)
    table.root.get_by_role("button", name="Reidentify…").click()
    table.dialog.get_by_role("button", name="Reidentify 2 models").click()
    for place in (1, 2):
        expect(table.row(place)).to_have_attribute("aria-busy", "true")
        expect(table.row(place)).to_contain_text("…")
    expect(table.row(0)).not_to_have_attribute("aria-busy", "true")
    assert table.names(4) == names
    table.header("Size").get_by_role("button").click()  # nothing else waits for them
    expect(table.header("Size")).to_have_attribute("aria-sort", "descending")
    expect(table.root.locator('[data-notice="outcome"]')).to_contain_text("2 models identified again.")
    expect(table.grid.locator('[aria-busy="true"]')).to_have_count(0)


def test_a_new_cover_is_sent_and_shown(table: ShownTable, server: DemoServer, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), (200, 30, 30)).save(tmp_path / "cover.png")
    table.python("table.select(table.df[~table.df.cover].head(1))")
    table.expect_selected(1)
    key = table.python("table.selected[0]").strip("'")
    name = table.python("table.selection.name.iloc[0]").strip("'")
    table.search.fill(name)
    before = table.named(name).locator(".ivk-thumb").evaluate("e => e.style.backgroundImage")
    with table.page.page.expect_file_chooser() as chosen:
        more(table, "Set cover…")
    chosen.value.set_files(tmp_path / "cover.png")
    expect(table.root.locator('[data-notice="outcome"]')).to_contain_text("1 model given a cover.")
    expect(table.named(name).locator(".ivk-thumb")).to_have_css("background-image", re.compile("blob:"))
    assert "blob:" not in before
    image = httpx.get(f"{server.url}{MODELS}/i/{key}/image", trust_env=False)
    with Image.open(io.BytesIO(image.content)) as kept:
        assert (kept.format, max(kept.size)) == ("WEBP", 256)


def test_covers_come_with_the_rows_that_are_scrolled_to(table: ShownTable) -> None:
    table.grid.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(table.row(39)).to_be_visible()
    last = int(table.python("int(table.view.cover.to_numpy().nonzero()[0][-1])"))
    thumb = table.row(last).locator(".ivk-thumb")
    expect(thumb).to_have_css("background-image", re.compile("blob:"))


def test_what_is_no_picture_is_refused_in_words(table: ShownTable, tmp_path: Path) -> None:
    (tmp_path / "cover.png").write_text("no picture")
    table.tick(0)
    with table.page.page.expect_file_chooser() as chosen:
        more(table, "Set cover…")
    chosen.value.set_files(tmp_path / "cover.png")
    expect(table.root.get_by_role("alert")).to_contain_text("not given a cover")


def as_csv(text: str) -> list[str]:
    return [row["name"] for row in csv.DictReader(io.StringIO(text))]


def as_json(text: str) -> list[str]:
    return [row["name"] for row in json.loads(text)]


@pytest.mark.parametrize(("kind", "names_of"), [("CSV", as_csv), ("JSON", as_json)])
def test_the_selection_is_saved_as_a_file(
    table: ShownTable, kind: str, names_of: Callable[[str], list[str]]
) -> None:
    names = table.names(3)
    for place in range(3):
        table.tick(place)
    with table.page.page.expect_download() as download:
        more(table, f"Export as {kind}")
    assert download.value.suggested_filename == f"models.{kind.lower()}"
    assert names_of(Path(download.value.path()).read_text("utf-8")) == names


# Where only Python has the rows, the old view stays until it has answered; all of that was selected then.
def test_all_that_a_search_leaves_is_selected_at_once_after_it(notebook: OpenNotebook) -> None:
    page = notebook([MANY, ""])
    page.run(0)
    table = ShownTable(page).wait()
    table.search.fill("0299")
    table.root.get_by_role("checkbox", name="Select all in view").click()
    left = sum("0299" in f"{number:06}" for number in range(30_000))
    table.expect_selected(left)
    table.expect_chosen(left)
    assert table.python("table.selection.name.str.contains('0299').all()") in ("True", "np.True_")
