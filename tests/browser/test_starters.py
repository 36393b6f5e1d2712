"""`StarterModels` as a person uses it: on the embedded server with its invented hub, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

LESSON = "A few small ones for a lesson"


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    """Its downloads take no time."""
    return begin(speed=10_000)


def shown(notebook: OpenNotebook, server: DemoServer, more: str = "", front_end: str = "lab") -> Locator:
    page = notebook(
        [f"from invokeai_widgets import StarterModels\nStarterModels({server.url!r}{more})"], front_end
    )
    page.run(0)
    starters = page.widget(0).locator(".ivk-starters")
    starters.click(position={"x": 2, "y": 2})  # as a person does: until then the notebook has the focus
    expect(starters.get_by_text("72 models · 72 not installed")).to_be_visible()
    return starters


def row(starters: Locator, name: str) -> Locator:
    return starters.get_by_role("row", name=f"{name},")


def test_a_bundle_with_what_it_needs(notebook: OpenNotebook, front_end: str, server: DemoServer) -> None:
    starters = shown(notebook, server, front_end=front_end)
    bundle = starters.get_by_role("listitem").filter(has_text=LESSON)
    expect(bundle).to_contain_text("0 of 3 installed")
    bundle.get_by_role("button", name="Install the bundle").click()
    dialog = starters.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    expect(dialog).to_contain_text("The server would fetch about")
    dialog.get_by_role("button", name="Install").click()
    expect(starters.get_by_role("status").filter(has_text="installs started.").first).to_be_visible()
    expect(bundle.get_by_text("3 of 3 installed")).to_be_visible(timeout=20_000)
    expect(bundle.get_by_role("button", name="Install the bundle")).to_have_count(0)

    bundle.get_by_role("button", name=LESSON, exact=True).click()
    expect(starters.get_by_role("row")).to_have_count(3)
    expect(starters.get_by_text("Installed", exact=True).first).to_be_visible()


def test_what_a_model_needs_is_named_before(notebook: OpenNotebook, server: DemoServer) -> None:
    starters = shown(notebook, server)
    row(starters, "Gouache XL").get_by_role("button", name="Install").click()
    dialog = starters.get_by_role("dialog")
    expect(dialog).to_contain_text("Heron XL")
    expect(dialog).to_contain_text("needed by another one")
    dialog.get_by_role("button", name="Install 2 models").click()
    expect(row(starters, "Gouache XL").get_by_text("Installed")).to_be_visible(timeout=20_000)


def test_search_filter_and_several(notebook: OpenNotebook, server: DemoServer) -> None:
    starters = shown(notebook, server)
    starters.get_by_role("button", name="Type").click()
    starters.get_by_role("checkbox", name="VAE").check()
    starters.page.keyboard.press("Escape")
    starters.get_by_label("Search starter models").fill("heron")
    expect(starters.get_by_role("row")).to_have_count(1)
    expect(starters.locator("mark").first).to_have_text("Heron")
    starters.get_by_role("button", name="Clear", exact=True).click()
    row(starters, "Heron 1").click()
    row(starters, "Inkwell Lines").click()
    expect(starters.get_by_text("2 ticked · about")).to_be_visible()
    starters.page.keyboard.press("Escape")
    expect(starters.get_by_text("72 models")).to_be_visible()


def test_read_only_offers_nothing(notebook: OpenNotebook, server: DemoServer) -> None:
    starters = shown(notebook, server, ", read_only=True")
    bundle = starters.get_by_role("listitem").filter(has_text=LESSON)
    expect(bundle.get_by_role("button", name="Install the bundle")).to_be_disabled()
    expect(row(starters, "Heron 1").get_by_role("button")).to_have_count(0)


def test_a_server_that_is_away_is_said_and_tried_again(notebook: OpenNotebook, server: DemoServer) -> None:
    starters = shown(notebook, server)
    fault = server.faults.add(path="*/starter_models", instead=500)
    starters.get_by_role("button", name="Refresh").click()
    expect(starters.get_by_role("alert").first).to_be_visible()
    fault.times = 0
    starters.get_by_role("button", name="Refresh").click()
    expect(starters.get_by_role("alert")).to_have_count(0)
    expect(starters.get_by_role("row").first).to_be_visible()
