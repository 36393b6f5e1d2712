"""Selecting, reading, changing and deleting models in the table, by mouse and by keys."""

from __future__ import annotations

import re

import httpx
import nbformat
import pytest
from playwright.sync_api import expect

from invokeai_widgets.demo.server import DemoServer
from tests.support.jupyter import Browser, JupyterServer, open_notebook

from .conftest import Show
from .tables import SHOW, ShownTable

pytestmark = pytest.mark.browser

MODELS = "/api/v2/models"
SAVE_STATE = {"@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True}}


def listed(server: DemoServer) -> dict[str, str]:
    """Key -> name of what the server has."""
    answer = httpx.get(f"{server.url}{MODELS}/", trust_env=False).json()
    return {model["key"]: model["name"] for model in answer["models"]}


def test_click_control_and_shift_select(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    table.row(1).locator(".ivk-cell").nth(2).click()
    table.expect_selected(1)
    table.row(3).locator(".ivk-cell").nth(2).click(modifiers=["ControlOrMeta"])
    table.expect_selected(2)
    table.row(6).locator(".ivk-cell").nth(2).click(modifiers=["Shift"])
    table.expect_selected(4)
    table.until("table.selected == list(table.view.index[3:7])")
    table.tick(0)
    table.expect_selected(5)
    table.root.get_by_role("checkbox", name="Select all in view").click()
    table.expect_selected(60)
    table.root.get_by_role("button", name="Clear the selection").click()
    table.expect_selected(0)


def test_everything_goes_by_keys(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    table.row(0).click()
    table.press("ArrowDown", "ArrowDown")
    assert table.focused_row() == 2
    table.press("Space", "Shift+ArrowDown", "Shift+ArrowDown")
    table.expect_selected(3)
    table.press("End")
    assert table.focused_row() == 59
    table.press("PageUp")
    assert 40 < table.focused_row() < 59
    table.press("Home", "ControlOrMeta+a")
    table.expect_selected(60)
    table.press("Escape")
    table.expect_selected(0)
    table.press("Enter")
    expect(table.details).to_be_visible()
    table.press("Escape")
    expect(table.details).to_be_hidden()
    table.press("ArrowUp")  # from the first row into the header
    focused = table.page.page.evaluate("() => document.activeElement.closest('[role=columnheader]') !== null")
    assert focused
    table.press("ArrowRight", "Enter")
    expect(table.header("Name")).to_have_attribute("aria-sort", "descending")
    table.press("ArrowDown")
    assert table.focused_row() == 0


def test_the_details_have_every_field_and_copy(show: Show, front_end: str) -> None:
    table = show(front_end=front_end)
    name = table.names(1)[0]
    table.row(0).locator(".ivk-name").click()
    expect(table.details.get_by_role("heading")).to_have_text(name)
    for label in ("Size", "Source", "Path", "Hash", "Key"):
        expect(table.details.locator("dt").get_by_text(label, exact=True)).to_have_count(1)
    for part in ("dt", "dd"):  # in two columns, whatever the page's own rules for such lists are
        facts = table.details.locator(f".ivk-kv {part}")
        assert len(set(facts.evaluate_all("all => all.map((one) => one.getBoundingClientRect().left)"))) == 1
    key = table.python("table.view.index[0]").strip("'")
    expect(table.details).to_contain_text(key)
    table.details.get_by_role("button", name=re.compile("^Copy (the )?key", re.IGNORECASE)).click()
    expect(table.root.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    table.details.get_by_role("button", name="Close details").click()
    expect(table.details).to_be_hidden()


def test_an_edit_is_saved_and_a_wrong_one_told_beside_it(show: Show, server: DemoServer) -> None:
    table = show()
    table.search.fill("canvas")
    table.row(0).locator(".ivk-name").click()
    table.details.get_by_role("button", name="Edit").click()
    table.details.get_by_label("Name").fill("Aardvark canvas")
    table.details.get_by_label("Source URL").fill("nowhere")
    table.details.get_by_role("button", name="Save").click()
    expect(table.details.get_by_role("alert")).to_contain_text("http://")
    table.details.get_by_label("Source URL").fill("https://host/page")
    table.details.get_by_role("button", name="Save").click()
    expect(table.named("Aardvark canvas")).to_have_count(1)
    expect(table.details.get_by_role("heading")).to_have_text("Aardvark canvas")
    assert "Aardvark canvas" in listed(server).values()


def test_a_deletion_names_the_models_and_what_becomes_of_their_files(show: Show, server: DemoServer) -> None:
    table = show()
    before = listed(server)
    names = table.names(3)
    for place in range(3):
        table.tick(place)
    table.root.get_by_role("button", name="Delete…").click()
    expect(table.dialog).to_contain_text("Delete 3 models?")
    for name in names:
        expect(table.dialog).to_contain_text(name)
    expect(table.dialog).to_contain_text(re.compile(r"Frees [\d.]+ .B|Frees no disk space"))
    expect(table.dialog.locator("li").first).to_contain_text(re.compile("deleted|stays|gone|no files"))
    expect(table.dialog.get_by_role("button", name="Cancel")).to_be_focused()
    table.press("Escape")
    expect(table.dialog).to_have_count(0)
    assert listed(server) == before
    table.row(0).click()
    table.press("Delete")
    expect(table.dialog).to_contain_text("Delete 1 model?")
    table.dialog.get_by_role("button", name="Delete 1 model").click()
    expect(table.root.locator('[data-notice="outcome"]')).to_contain_text("1 model deleted.")
    expect(table.foot).to_contain_text("59 models")
    assert len(listed(server)) == 59


def test_what_was_refused_is_named_and_marked(show: Show, server: DemoServer) -> None:
    table = show()
    table.python("table.select(table.df[table.df.type == 'lora'].head(1))")
    table.expect_selected(1)
    table.root.get_by_role("button", name="Convert to diffusers…").click()
    table.dialog.get_by_role("button", name="Convert 1 model").click()
    notice = table.root.get_by_role("alert")
    expect(notice).to_contain_text("not converted")
    name = table.python("table.selection.name.iloc[0]").strip("'")
    expect(notice).to_contain_text(name)
    table.search.fill(name)
    expect(table.row(0)).to_contain_text("failed")
    notice.get_by_role("button", name="Dismiss").click()
    expect(table.row(0)).not_to_contain_text("failed")


def test_a_change_elsewhere_moves_nothing_under_the_hands(show: Show, server: DemoServer) -> None:
    """Neither scroll, selection, sort, filter, focus nor an open editor is lost."""
    table = show()
    table.header("Name").get_by_role("button").click()
    expect(table.header("Name")).to_have_attribute("aria-sort", "descending")
    table.row(0).click()
    for _ in range(30):
        table.press("ArrowDown")
    table.press("Space")
    held = table.row(30).locator(".ivk-name").inner_text()
    place = table.row(30).bounding_box()
    first = table.python("table.df.sort_values('name', key=lambda n: n.str.lower()).index[-1]").strip("'")
    httpx.delete(f"{server.url}{MODELS}/i/{first}", trust_env=False).raise_for_status()
    table.root.get_by_role("button", name="Refresh").click()
    expect(table.foot.locator("b")).to_have_text("1 selected")
    expect(table.grid).to_have_attribute("aria-rowcount", "60")
    expect(table.row(29).locator(".ivk-name")).to_have_text(held)
    after = table.row(29).bounding_box()
    assert place
    assert after
    assert abs(after["y"] - place["y"]) <= 1, "the row has moved on the screen"
    expect(table.header("Name")).to_have_attribute("aria-sort", "descending")


def test_an_open_editor_is_left_alone(show: Show, server: DemoServer) -> None:
    table = show()
    table.row(0).locator(".ivk-name").click()
    table.details.get_by_role("button", name="Edit").click()
    table.details.get_by_label("Name").fill("half a wo")
    key = table.python("table.selected[0]").strip("'")
    renamed = httpx.patch(
        f"{server.url}{MODELS}/i/{key}", json={"description": "from elsewhere"}, trust_env=False
    )
    renamed.raise_for_status()
    table.root.get_by_role("button", name="Refresh").click()
    table.page.page.wait_for_timeout(800)
    expect(table.details.get_by_label("Name")).to_have_value("half a wo")


def test_the_focus_stays_in_the_grid_when_its_row_goes(show: Show) -> None:
    table = show()
    table.row(0).click()
    table.press("End", "Delete")
    table.dialog.get_by_role("button", name="Delete 1 model").click()
    expect(table.grid).to_have_attribute("aria-rowcount", "60")
    table.page.page.wait_for_function("() => document.activeElement.closest('[role=grid]') !== null")
    assert table.focused_row() == 58


def test_python_that_is_gone_is_told_and_the_rows_stay(show: Show) -> None:
    table = show()
    table.wait_for_all_rows()
    table.page.set_source(1, "import os; os._exit(1)")
    table.page.start(1)
    # No real click: JupyterLab may say just now, over everything, that the kernel starts again.
    table.header("Name").get_by_role("button").dispatch_event("click")
    expect(table.header("Name")).to_have_attribute("aria-sort", "descending")
    names = table.names(5)
    assert names == sorted(names, key=str.lower, reverse=True)


def test_a_saved_notebook_is_small_and_shows_the_rows_again(browser: Browser, server: DemoServer) -> None:
    with JupyterServer(settings=SAVE_STATE) as jupyter:
        page = open_notebook(
            jupyter, browser.new_page(1280, 900, "light"), [SHOW.format(source=repr(server.url)), ""]
        )
        page.run(0)
        table = ShownTable(page).wait()
        name = table.names(1)[0]
        table.tick(2)
        table.expect_chosen(1)
        assert table.python("len(table._esm) > 10_000") == "True"
        saved = page.save()
        assert len(nbformat.writes(saved)) < 20_000
        jupyter.end_kernels()
        page.page.reload()
        expect(page.widget(0).locator("table")).to_contain_text("60 models, as saved", timeout=60_000)
        expect(page.widget(0).locator("table")).to_contain_text(name)
        page.close()


def test_after_a_reload_the_table_is_whole_again(show: Show) -> None:
    """The browser's copy of the code is cut short once it runs; the kernel sends the whole again."""
    table = show()
    table.page.save()
    again = open_again(table)
    again.row(0).wait_for(timeout=60_000)
    again.search.fill("xl")
    expect(again.row(0).locator("mark").first).to_be_visible()


def open_again(table: ShownTable) -> ShownTable:
    table.page.page.reload()
    return ShownTable(table.page)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_texts_have_contrast(show: Show, theme: str) -> None:
    """WCAG AA: 4.5 to 1 for every text on what lies behind it."""
    table = show()
    table.page.set_theme(theme)
    table.tick(1)
    table.row(2).locator(".ivk-name").click()
    table.search.fill("a")
    table.page.page.wait_for_timeout(400)
    poor = table.root.evaluate(CONTRAST)
    assert poor == []


# Every element with text of its own whose contrast is below 4.5, as "text: ratio".
CONTRAST = """(root) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const linear = (v) => (v <= 10.3 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const [x, y, z] = [r, g, b].map(linear);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const poor = [];
  for (const element of root.querySelectorAll("*")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const back = behind(element);
    const [a, b] = [light(over(rgba(getComputedStyle(element).color), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


def test_nothing_moves_for_who_asked_for_less_motion(show: Show) -> None:
    table = show()
    table.page.page.emulate_media(reduced_motion="reduce")
    table.row(0).locator(".ivk-name").click()
    moving = table.root.evaluate(
        "root => [root, ...root.querySelectorAll('*')]"
        ".filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0.01).map(e => e.className)"
    )
    assert moving == []
