"""The main job, whole: see a server's models, install one, watch the bar until its row is there."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import FilledInvokeAI
from tests.support.fileserver import FileServer
from tests.support.jupyter import NotebookPage
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.invokeai, pytest.mark.timeout(300)]

ROOT = Path(__file__).parent.parent.parent
FIRST_NOTEBOOK = ROOT / "notebooks" / "01_first_look.ipynb"
PICTURES = ROOT / "tests" / "screenshots"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
NAME = "ink-wash"
FILE = f"{NAME}.safetensors"

# Keeps the values of the bars with that label. They would be gone if the page were loaded anew meanwhile.
WATCH = """label => {
    window.watched = [];
    const bars = () => [...document.querySelectorAll("[role=progressbar][aria-valuenow]")];
    const look = () => {
        for (const bar of bars().filter(bar => bar.getAttribute("aria-label") === label))
            watched.push(Number(bar.getAttribute("aria-valuenow")));
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""

# All names, wherever the grid has to be scrolled to for them: only the rows in sight are in the page.
NAMES = """async grid => {
    const names = new Set(), frame = () => new Promise(requestAnimationFrame);
    for (let top = 0; top <= grid.scrollHeight; top += grid.clientHeight / 2) {
        grid.scrollTop = top;
        await frame(), await frame();
        for (const cell of grid.querySelectorAll("[role=gridcell][aria-colindex='2']"))
            names.add(cell.textContent);
    }
    grid.scrollTop = 0;
    return [...names].filter(Boolean);
}"""


@pytest.fixture
def model(tmp_path: Path, file_server: FileServer) -> str:
    """The address of a LoRA of 20 MiB, which comes at 5 MB/s."""
    return file_server.add(FILE, write_lora(tmp_path / FILE, mib=20), rate=5_000_000)


def open_manager(
    notebook: OpenNotebook, url: str, folder: Path, front_end: str
) -> tuple[NotebookPage, Locator]:
    """The first notebook on that server, run as far as the manager; and the manager."""
    copy = nbformat.read(FIRST_NOTEBOOK, as_version=4)
    copy.cells.insert(0, nbformat.v4.new_code_cell(f"import os\nos.environ['INVOKEAI_URL'] = {url!r}"))
    nbformat.write(copy, folder / FIRST_NOTEBOOK.name)
    page = notebook(folder / FIRST_NOTEBOOK.name, front_end, height=1800)
    for index, cell in enumerate(copy.cells):
        if cell.cell_type == "code":
            page.run(index)
        if "ModelManager(" in cell.source:
            return page, page.widget(index)
    raise AssertionError("the first notebook shows no manager")


def take_pictures(page: NotebookPage, shown: Locator, name: str) -> None:
    """To be looked at: what is shown now, light and dark."""
    PICTURES.mkdir(exist_ok=True)
    for theme, title in THEMES.items():
        page.set_theme(title)
        shown.screenshot(path=PICTURES / f"{name}-{page.front_end}-{theme}.png")


def test_a_table_of_all_models_and_an_install_from_the_form(
    notebook: OpenNotebook,
    front_end: str,
    restored_invokeai: FilledInvokeAI,
    model: str,
    file_server: FileServer,
    tmp_path: Path,
) -> None:
    page, manager = open_manager(notebook, restored_invokeai.url, tmp_path, front_end)
    grid = manager.get_by_role("grid", name="Models")
    expect(grid).to_have_attribute("aria-rowcount", str(len(restored_invokeai.models) + 1))
    listed = restored_invokeai.api.get("/api/v2/models/").json()["models"]
    assert sorted(grid.evaluate(NAMES)) == sorted(record["name"] for record in listed)
    take_pictures(page, manager, "library")

    page.page.evaluate(WATCH, model)
    file_server.change(FILE, hold_at=10_000_000)
    manager.get_by_role("tab", name="Add models").click()
    manager.get_by_label("Source").fill(model)
    manager.get_by_role("button", name="Install", exact=True).click()
    job = manager.get_by_role("listitem").filter(has_text=model)
    expect(job.locator("visible=true").get_by_text("47 %")).to_be_visible(timeout=60_000)
    take_pictures(page, manager, "installing")
    file_server.release(FILE)
    expect(job.locator("visible=true").get_by_text("Installed").first).to_be_visible(timeout=60_000)

    moved = page.page.evaluate("watched")
    assert len(set(moved)) >= 5
    assert moved == sorted(moved)
    assert moved[-1] == 100
    manager.get_by_role("tab", name="Library").click()
    expect(grid).to_have_attribute("aria-rowcount", str(len(restored_invokeai.models) + 2))
    manager.get_by_label("Search models").fill(NAME)
    expect(grid.get_by_role("row").filter(has_text=NAME)).to_be_visible()
    take_pictures(page, manager, "installed")
