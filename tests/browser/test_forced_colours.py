"""What a high-contrast theme takes away, shadows and backgrounds, is made up for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import InvokeAIClient, demo
from tests.support.fileserver import FileServer
from tests.support.jupyter import NotebookPage
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

NAME = "ink-wash.safetensors"
SHOW = "from invokeai_widgets import ModelManager\nModelManager({url!r})"


@pytest.fixture
def url() -> Iterator[str]:
    with demo.serve(models=34) as running:
        yield running


@pytest.fixture
def page(notebook: OpenNotebook, url: str) -> NotebookPage:
    opened = notebook([SHOW.format(url=url)], height=1400)
    opened.page.emulate_media(forced_colors="active")
    opened.run(0)
    return opened


@pytest.fixture
def manager(page: NotebookPage) -> Locator:
    return page.widget(0).locator(".ivk-manager")


def style(element: Locator, name: str, part: str = "") -> str:
    """The used value of a property of an element, or of its `::before`."""
    read = "(element, [name, part]) => getComputedStyle(element, part || null).getPropertyValue(name)"
    return str(element.evaluate(read, [name, part]))


def highlight(page: NotebookPage) -> str:
    """The colour that the theme has for what is chosen."""
    page.page.evaluate(
        "() => document.body.insertAdjacentHTML('beforeend', '<i id=lit style=background:Highlight>')"
    )
    return style(page.page.locator("#lit"), "background-color")


def expect_outline(element: Locator) -> None:
    assert style(element, "outline-style") == "solid"
    assert style(element, "outline-width") == "2px"


def expect_bar(bar: Locator, lit: str) -> None:
    """Its fill is told from its track, and its track from the page."""
    assert style(bar.locator("i"), "background-color") == lit
    assert style(bar, "background-color") != lit
    assert (style(bar, "border-top-style"), style(bar, "border-top-width")) == ("solid", "1px")
    assert bar.evaluate("(bar) => bar.clientHeight") >= 4


def test_a_field_with_the_focus_has_an_outline(manager: Locator) -> None:
    search = manager.get_by_role("textbox", name="Search models")
    search.focus()
    expect_outline(manager.locator(".ivk-search").first)
    manager.get_by_role("tab", name="Add models").click()
    source = manager.get_by_label("Source")
    source.focus()
    expect(source).to_be_focused()
    expect_outline(source)


def test_what_is_chosen_is_marked(page: NotebookPage, manager: Locator) -> None:
    lit = highlight(page)
    tab = manager.get_by_role("tab", name="Library")
    other = manager.get_by_role("tab", name="Add models")
    assert style(tab, "border-bottom-color") == lit
    assert style(other, "border-bottom-color") != lit

    row = manager.get_by_role("grid", name="Models").locator('[role="row"][aria-rowindex="2"]')
    row.locator(".ivk-tick").click()
    expect(row).to_have_attribute("aria-selected", "true")
    assert style(row.locator(".ivk-check"), "background-color") == lit
    row.locator(".ivk-name").click()
    expect(row).to_have_class(re.compile("ivk-cur"))
    assert style(row, "background-color", "::before") == lit

    chip = manager.locator(".ivk-tools .ivk-chip").first
    chip.click()
    manager.locator(".ivk-menu").get_by_role("checkbox").first.check()
    expect(chip).to_have_class("ivk-chip on")
    assert (style(chip, "border-top-width"), style(chip, "border-top-color")) == ("2px", lit)


def test_bars_are_bars(
    page: NotebookPage, manager: Locator, url: str, tmp_path: Path, file_server: FileServer
) -> None:
    lit = highlight(page)
    expect_bar(manager.get_by_role("grid", name="Models").locator(".ivk-bar").first, lit)
    source = file_server.add(NAME, write_lora(tmp_path / NAME, mib=4), hold_at=2_000_000)
    with InvokeAIClient.from_url(url) as client:
        client.dnn_model_repo.install_model(source)
        running = manager.locator(".ivk-strip .ivk-job").get_by_role("progressbar")
        expect(running).to_be_visible()
        expect_bar(running, lit)
        file_server.release(NAME)
