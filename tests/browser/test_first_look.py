"""The first notebook, as a person runs it: against the embedded server, and against a real InvokeAI."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import demo
from tests.conftest import FilledInvokeAI
from tests.support.fileserver import FileServer
from tests.support.jupyter import NotebookPage
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

FILE = Path(__file__).parents[2] / "notebooks" / "01_first_look.ipynb"
NAME = "ink-wash.safetensors"

#: Notes each value of the first bar in an element, from now on.
WATCH_BARS = """(root) => {
  window.seen = [];
  const note = () => {
    const bar = root.querySelector(".ivk-job [role=progressbar]");
    const now = bar?.getAttribute("aria-valuenow");
    if (now) window.seen.push(Number(now));
  };
  new MutationObserver(note).observe(root, { subtree: true, childList: true, attributes: true });
}"""


def place(cell_id: str) -> int:
    """Where a cell stands in the notebook."""
    cells = nbformat.read(FILE, as_version=4).cells
    return next(index for index, cell in enumerate(cells) if cell.id == cell_id)


def open_at(notebook: OpenNotebook, url: str, front_end: str = "lab") -> tuple[NotebookPage, Locator]:
    """The notebook with this address typed into it, run up to the manager; and the manager."""
    page = notebook(FILE, front_end)
    source = nbformat.read(FILE, as_version=4).cells[place("server")].source
    assert 'URL = ""' in source
    page.run_source(place("server"), source.replace('URL = ""', f"URL = {url!r}"))
    page.run(place("manager"))
    return page, page.widget(place("manager")).locator(".ivk-manager")


def install_by_form(page: NotebookPage, manager: Locator, address: str) -> list[int]:
    """Type it, press Install, and watch the bar to its end; the shares it showed, in percent."""
    manager.evaluate(WATCH_BARS)
    manager.get_by_role("tab", name="Add models").click()
    manager.get_by_label("Source").fill(address)
    manager.get_by_role("button", name="Install", exact=True).click()
    expect(manager.locator(".ivk-strip .ivk-job").first).to_contain_text("Installed", timeout=60_000)
    manager.get_by_role("tab", name="Library").click()
    manager.get_by_label("Search models").fill("ink-wash")
    expect(manager.get_by_role("row", name=re.compile("ink-wash"))).to_be_visible()
    seen: list[int] = page.page.evaluate("() => window.seen")
    return seen


@pytest.fixture
def address(tmp_path: Path, file_server: FileServer) -> str:
    """Of a model of 20 MiB that takes ten seconds to download."""
    return file_server.add(NAME, write_lora(tmp_path / NAME, mib=20), rate=2_000_000)


def test_it_runs_with_the_server_that_is_built_in(
    notebook: OpenNotebook, front_end: str, address: str
) -> None:
    with demo.serve(models=34) as url:
        page, manager = open_at(notebook, url, front_end)
        expect(manager.get_by_role("tab", name="Library")).to_have_text(re.compile("34$"))
        seen = install_by_form(page, manager, address)
        assert len(set(seen)) >= 5
        assert seen == sorted(seen)
        page.run(place("install"))
        page.run(place("wait"))
        bar = page.widget(place("install")).locator(".ivk-job")
        expect(bar).to_contain_text("Installed · SD 1 VAE · 334 MB")
        expect(manager.get_by_role("tab", name="Library")).to_have_text(re.compile("36$"))
        page.run(place("data"))


@pytest.mark.invokeai
def test_a_real_server_shows_its_models_and_a_new_one_without_a_reload(
    notebook: OpenNotebook, restored_invokeai: FilledInvokeAI, address: str
) -> None:
    page, manager = open_at(notebook, restored_invokeai.url)
    known = len(restored_invokeai.models)
    expect(manager.get_by_role("tab", name="Library")).to_have_text(re.compile(f"{known}$"))
    seen = install_by_form(page, manager, address)
    assert len(set(seen)) >= 5
    assert seen == sorted(seen)
    expect(manager.get_by_role("tab", name="Library")).to_have_text(re.compile(f"{known + 1}$"))
