"""`FolderScan` as a person uses it: on the embedded server, in Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin
from tests.support.jupyter import JupyterServer, NotebookPage
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

NAMES = ("ink.safetensors", "oil.safetensors", "sets/chalk.safetensors", "sets/<b>pen</b>.safetensors")


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of four models."""
    found = tmp_path / "models"
    (found / "sets").mkdir(parents=True)
    one = write_lora(tmp_path / "one.safetensors")
    for name in NAMES:
        (found / name).parent.mkdir(exist_ok=True)
        shutil.copy(one, found / name)
    return found


def shown(
    notebook: OpenNotebook, code: str, front_end: str = "lab", **kwargs: int
) -> tuple[NotebookPage, Locator]:
    page = notebook([f"from invokeai_widgets import FolderScan\n{code}", "'next cell'"], front_end, **kwargs)
    page.run(0)
    scan = page.widget(0).locator(".ivk-scan")
    scan.click(position={"x": 2, "y": 2})  # as a person does: until then the notebook has the focus
    return page, scan


def row(scan: Locator, name: str) -> Locator:
    return scan.get_by_role("row").filter(has_text=name)


def test_scan_tick_and_install(
    notebook: OpenNotebook, front_end: str, server: DemoServer, folder: Path
) -> None:
    _, scan = shown(notebook, f"FolderScan({server.url!r})", front_end)
    expect(scan.get_by_text("Name a folder of the server")).to_be_visible()
    scan.get_by_label("Folder on the server").fill(str(folder))
    scan.get_by_label("Folder on the server").press("Enter")
    expect(scan.get_by_role("row")).to_have_count(len(NAMES))
    expect(scan.get_by_text("4 models · 4 not installed")).to_be_visible()
    expect(scan.locator("b")).to_have_count(0)  # the name with markup in it is text

    scan.get_by_label("Search found models").fill("sets")
    expect(scan.get_by_role("row")).to_have_count(2)
    row(scan, "chalk").click()
    scan.get_by_role("button", name="Clear the search").click()
    row(scan, "ink").click()
    expect(scan.get_by_text("2 ticked")).to_be_visible()
    scan.get_by_role("button", name="Install 2", exact=True).click()
    expect(scan.get_by_text("2 installs started.")).to_be_visible()
    for name in ("ink", "chalk"):
        expect(row(scan, name).get_by_text("Installed")).to_be_visible()
    expect(scan.get_by_text("4 models · 2 not installed")).to_be_visible()
    assert (folder / "ink.safetensors").exists()

    scan.get_by_role("button", name="State").click()
    scan.get_by_role("checkbox", name="Not installed").check()
    scan.page.keyboard.press("Escape")
    expect(scan.get_by_role("row")).to_have_count(2)
    scan.get_by_role("button", name="Install all 2 in view").click()
    expect(scan.get_by_text("No model matches.")).to_be_visible()
    scan.get_by_role("button", name="Clear filters").click()
    expect(scan.get_by_text("Installed", exact=True)).to_have_count(4)


def test_the_keyboard_is_enough_and_stays_in_the_list(
    notebook: OpenNotebook, front_end: str, server: DemoServer, folder: Path
) -> None:
    page, scan = shown(notebook, f"FolderScan({server.url!r}, {str(folder)!r})", front_end)
    expect(scan.get_by_role("row")).to_have_count(4)
    first = scan.get_by_role("row").first
    first.focus()
    keys = page.page.keyboard
    keys.press("ArrowDown")
    keys.press("Space")
    keys.press("End")
    keys.press("Space")
    expect(scan.get_by_role("row", selected=True)).to_have_count(2)
    keys.type("dd")
    assert page.cell_count == 2, "d d in the list deleted the cell"
    keys.press("Escape")
    expect(scan.get_by_role("row", selected=True)).to_have_count(0)
    keys.press("Home")
    keys.press("Enter")
    expect(first.get_by_text("Installed")).to_be_visible()
    expect(first).to_be_focused()


def test_the_focus_follows_its_row_and_stays_in_a_list_without_rows(
    notebook: OpenNotebook, server: DemoServer, folder: Path
) -> None:
    page, scan = shown(notebook, f"FolderScan({server.url!r}, {str(folder)!r})")
    scan.get_by_role("button", name="State").click()
    scan.get_by_role("checkbox", name="Not installed").check()
    keys = page.page.keyboard
    keys.press("Escape")
    rows = scan.get_by_role("row")
    last = rows.last.get_attribute("aria-label")
    assert last is not None
    # In one go, so that the focus is on the last row when the first one goes.
    rows.first.get_by_role("button", name="Install").evaluate(
        """(button) => {
          button.click();
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
        }"""
    )
    expect(rows).to_have_count(3)
    expect(scan.get_by_role("row", name=last)).to_be_focused()
    for left in (2, 1, 0):
        keys.press("Enter")
        expect(rows).to_have_count(left)
        expect(scan.locator(".ivk-list:focus, .ivk-line:focus")).to_have_count(1)
    scan.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(4)


def test_moving_is_asked_about_with_the_safe_button_first(
    notebook: OpenNotebook, server: DemoServer, folder: Path
) -> None:
    _, scan = shown(notebook, f"FolderScan({server.url!r}, {str(folder)!r})")
    scan.get_by_label("What happens to the files").select_option("Files are moved")
    row(scan, "ink").get_by_role("button", name="Install").click()
    dialog = scan.get_by_role("dialog")
    expect(dialog).to_contain_text("MOVES")
    expect(dialog).to_contain_text(str(folder / "ink.safetensors"))
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    scan.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert server.backend.records.paths() == set()


def test_a_folder_that_is_not_there(notebook: OpenNotebook, server: DemoServer) -> None:
    _, scan = shown(notebook, f"FolderScan({server.url!r})")
    scan.get_by_label("Folder on the server").fill("/no/such/folder")
    scan.get_by_role("button", name="Scan").click()
    expect(scan.get_by_role("alert")).to_contain_text("could not be scanned")
    expect(scan.get_by_role("button", name="Scan")).to_be_enabled()


def test_five_thousand_files_are_a_few_elements(
    notebook: OpenNotebook, server: DemoServer, tmp_path: Path
) -> None:
    for number in range(5000):
        (tmp_path / f"{number:04}.safetensors").touch()
    page, scan = shown(notebook, f"FolderScan({server.url!r}, {str(tmp_path)!r})")
    expect(scan.get_by_text("5,000 models · 5,000 not installed")).to_be_visible()
    assert scan.get_by_role("row").count() < 60
    scan.get_by_role("row").first.focus()
    page.page.keyboard.press("End")
    expect(row(scan, "4999.safetensors")).to_be_focused()
    scan.get_by_label("Search found models").fill("123")
    expect(scan.get_by_role("grid")).to_have_attribute("aria-rowcount", "15")
    scan.get_by_role("row").first.focus()
    page.page.keyboard.press("Control+a")
    expect(scan.get_by_text("15 ticked")).to_be_visible()


def test_read_only_offers_nothing(notebook: OpenNotebook, server: DemoServer, folder: Path) -> None:
    _, scan = shown(notebook, f"FolderScan({server.url!r}, {str(folder)!r}, read_only=True)")
    expect(scan.get_by_role("row")).to_have_count(4)
    expect(row(scan, "ink").get_by_role("button")).to_have_count(0)
    expect(scan.get_by_role("button", name="Install all 4")).to_be_disabled()


def test_without_a_kernel_it_says_that_nothing_answers(
    notebook: OpenNotebook, jupyter: JupyterServer, server: DemoServer, folder: Path
) -> None:
    _, scan = shown(notebook, f"FolderScan({server.url!r}, {str(folder)!r})")
    expect(scan.get_by_role("row")).to_have_count(4)
    jupyter.end_kernels()
    row(scan, "ink").get_by_role("button", name="Install").click()
    expect(scan.get_by_text("Python has not answered.")).to_be_visible(timeout=20_000)
