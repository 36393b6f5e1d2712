"""`HuggingFace` as a person uses it, and where the token goes: nowhere that is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets.demo.catalogue import REPOSITORIES
from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin
from tests.support.jupyter import JupyterServer, NotebookPage

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

TOKEN = "hf_demo"
WRONG = "hf_typed_wrongly_0123456789"
GATED = next(row.id for row in REPOSITORIES.values() if row.gated)


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


@pytest.fixture
def saves_state(jupyter: JupyterServer) -> Iterator[None]:
    """Notebooks are saved with the state of their widgets, which is off by default."""
    plugin = "@jupyter-widgets/jupyterlab-manager:plugin"
    jupyter.set_setting(plugin, {"saveState": True})
    yield
    jupyter.set_setting(plugin, {"saveState": False})


def shown(notebook: OpenNotebook, server: DemoServer, more: str = "") -> tuple[NotebookPage, Locator]:
    page = notebook([f"from invokeai_widgets import HuggingFace\nHuggingFace({server.url!r}{more})"])
    page.run(0)
    hub = page.widget(0).locator(".ivk-hub")
    hub.click(position={"x": 2, "y": 2})  # as a person does: until then the notebook has the focus
    expect(hub.get_by_text("The server has no Hugging Face token.")).to_be_visible()
    return page, hub


def test_log_in_look_up_log_out(notebook: OpenNotebook, server: DemoServer) -> None:
    _, hub = shown(notebook, server)
    field = hub.get_by_label("Access token")
    expect(field).to_have_attribute("type", "password")
    hub.get_by_label("Repository").fill(GATED)
    hub.get_by_role("button", name="Check", exact=True).click()
    expect(hub.get_by_text("gated", exact=False).last).to_be_visible()
    link = hub.get_by_role("link", name=f"Page of {GATED}")
    expect(link).to_have_attribute("href", f"https://huggingface.co/{GATED}")

    field.fill(TOKEN)
    field.press("Enter")
    expect(field).to_have_value("")
    expect(hub.get_by_text("Logged in to Hugging Face.").first).to_be_visible()
    hub.get_by_role("button", name="Check", exact=True).click()
    expect(hub.get_by_text("The server can read it")).to_be_visible()

    hub.get_by_role("button", name="Log out…").click()
    dialog = hub.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Log out").click()
    expect(hub.get_by_text("The server has no Hugging Face token.").first).to_be_visible()


@pytest.mark.usefixtures("saves_state")
def test_no_token_is_in_the_saved_notebook(notebook: OpenNotebook, server: DemoServer) -> None:
    page, hub = shown(notebook, server)
    for token in (WRONG, TOKEN):
        hub.get_by_label("Access token").fill(token)
        hub.get_by_role("button", name="Log in").click()
        expect(hub.get_by_label("Access token")).to_have_value("")
        expect(hub.locator("[aria-busy=true]")).to_have_count(0)
    expect(hub.get_by_text("Logged in to Hugging Face.").first).to_be_visible()
    page.save()
    saved = page.path.read_text()
    assert "application/vnd.jupyter.widget-state+json" in saved, "nothing was tried: no state was saved"
    assert "Logged in to Hugging Face." in saved
    assert WRONG not in saved
    assert f'"{TOKEN}"' not in saved
    assert not any(WRONG in line or TOKEN in line for line in page.console)


def test_a_token_typed_while_another_is_tried_is_kept(notebook: OpenNotebook, server: DemoServer) -> None:
    server.faults.add(path="*/hf_login", method="POST", latency=2.0, times=1)
    _, hub = shown(notebook, server)
    field = hub.get_by_label("Access token")
    field.fill(WRONG)
    field.press("Enter")
    expect(hub.locator("[aria-busy=true]")).to_have_count(1)
    field.fill(TOKEN)
    field.press("Enter")
    expect(field).to_have_value(TOKEN)
    expect(hub.locator("[aria-busy=true]")).to_have_count(0)
    field.press("Enter")
    expect(hub.get_by_text("Logged in to Hugging Face.").first).to_be_visible()


def test_read_only_takes_no_token(notebook: OpenNotebook, server: DemoServer) -> None:
    _, hub = shown(notebook, server, ", read_only=True")
    expect(hub.get_by_label("Access token")).to_be_disabled()
    expect(hub.get_by_role("button", name="Log in")).to_be_disabled()
