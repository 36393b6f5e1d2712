"""The manager: its head, its tabs, its one line of problems, against the embedded server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import InvokeAIClient, demo
from tests.conftest import Begin
from tests.support.fileserver import FileServer
from tests.support.jupyter import NotebookPage
from tests.support.ports import free_port
from tests.support.scripted import JSON, PAGE, Answer, ScriptedServer
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

NAME = "ink-wash.safetensors"
SHOW = "from invokeai_widgets import ModelManager\nmanager = ModelManager({url!r})\nmanager"

# The threads of the kernel, and the tasks on the loop of the widgets.
LEFT = """
import asyncio, time
from invokeai_widgets.client.loop import LoopThread
for _ in range(600):
    left = asyncio.all_tasks(LoopThread.shared().loop)
    if not left:
        break
    time.sleep(0.1)
print(left)
"""


@pytest.fixture
def url() -> Iterator[str]:
    with demo.serve(models=34) as running:
        yield running


def manager(page: NotebookPage, index: int = 0) -> Locator:
    return page.widget(index).locator(".ivk-manager")


def tab(page: NotebookPage, name: str) -> Locator:
    return manager(page).get_by_role("tab", name=name)


def test_head_and_tabs(notebook: OpenNotebook, front_end: str, url: str) -> None:
    page = notebook([SHOW.format(url=url)], front_end)
    page.run(0)
    place = url.removeprefix("http://")
    expect(manager(page).locator(".ivk-mhead")).to_contain_text(f"{place} · InvokeAI 6.14.2+embedded · live")
    expect(tab(page, "Library")).to_have_text(re.compile("34$"))
    tab(page, "Library").press("ArrowRight")
    expect(tab(page, "Add models")).to_be_focused()
    expect(manager(page).get_by_role("tabpanel")).to_contain_text("Source")
    tab(page, "Add models").press("End")
    expect(tab(page, "Server")).to_have_attribute("aria-selected", "true")
    tab(page, "Server").press("ArrowRight")
    expect(manager(page).get_by_role("grid", name=re.compile("odels"))).to_be_visible()


def test_an_install_from_the_form_is_in_the_queue_and_then_in_the_library(
    notebook: OpenNotebook, url: str, tmp_path: Path, file_server: FileServer
) -> None:
    address = file_server.add(NAME, write_lora(tmp_path / NAME, mib=4), hold_at=1_000_000)
    page = notebook([SHOW.format(url=url), ""])
    page.run(0)
    tab(page, "Add models").click()
    manager(page).get_by_label("Source").fill(address)
    manager(page).get_by_role("button", name="Install", exact=True).click()
    strip = manager(page).locator(".ivk-strip")
    expect(strip.locator(".ivk-jobname")).to_have_text(address)
    expect(tab(page, "Queue")).to_have_text(re.compile("1$"))
    file_server.release(NAME)
    expect(strip).to_contain_text("Installed · SD 1 LoRA")
    tab(page, "Library").click()
    expect(tab(page, "Library")).to_have_text(re.compile("35$"))
    manager(page).get_by_label("Search models").fill("ink-wash")
    expect(manager(page).get_by_role("row", name=re.compile("ink-wash"))).to_be_visible()
    assert page.run_source(1, "'ink-wash' in set(manager.table.df['name'])") == "True"


def test_one_socket_however_many_widgets_and_none_when_they_are_closed(
    notebook: OpenNotebook, url: str
) -> None:
    page = notebook([SHOW.format(url=url), SHOW.format(url=url).replace("manager =", "other ="), ""])
    page.run(0)
    page.run(1)
    expect(manager(page, 1).locator(".ivk-mhead")).to_contain_text("live")
    count = "from invokeai_widgets.live.connection import Connection\nlen(Connection._shared)"
    assert page.run_source(2, count) == "1"
    page.run_source(2, "manager.close(); other.close()")
    assert page.run_source(2, LEFT) == "set()\n"


def test_a_cell_that_is_run_again_leaves_nothing_of_the_first(notebook: OpenNotebook, url: str) -> None:
    page = notebook([SHOW.format(url=url), ""])
    page.run(0)
    expect(manager(page)).to_contain_text("live")
    page.run(0)
    expect(manager(page)).to_have_count(1)
    page.run_source(0, "'no widget any more'")
    assert page.run_source(1, LEFT) == "set()\n"


@pytest.fixture
def web_page() -> Iterator[str]:
    with ScriptedServer(lambda _request: PAGE) as server:
        yield server.url


@pytest.fixture
def other_server() -> Iterator[str]:
    with ScriptedServer(lambda _request: Answer(404, {"error": "no such thing"}, JSON)) as server:
        yield server.url


@pytest.fixture
def users_only() -> Iterator[str]:
    with demo.serve(multiuser=True) as running:
        yield running


@pytest.fixture
def nobody() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.mark.parametrize(
    ("server", "what", "to_do"),
    [
        ("nobody", "no InvokeAI server answers at", "Start it, or check the address"),
        ("web_page", "not an InvokeAI server", "InvokeAI's own port is 9090"),
        ("other_server", "not an InvokeAI server", "Check host, port and folder"),
        ("users_only", "log", "login"),
    ],
)
def test_one_sentence_says_what_is_wrong_and_what_to_do(
    notebook: OpenNotebook, request: pytest.FixtureRequest, server: str, what: str, to_do: str
) -> None:
    page = notebook([SHOW.format(url=request.getfixturevalue(server))])
    page.run(0)
    notice = manager(page).get_by_role("alert").filter(visible=True)
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text(what)
    expect(notice).to_contain_text(to_do)


def test_a_server_that_comes_back_is_found_again(notebook: OpenNotebook, begin: Begin) -> None:
    server = begin(models=3, port=free_port())
    page = notebook([SHOW.format(url=server.url)])
    page.run(0)
    expect(manager(page)).to_contain_text("live")
    server.crash()
    expect(manager(page).locator(".ivk-mhead")).to_contain_text("not connected")
    server.start()
    expect(manager(page).locator(".ivk-mhead")).to_contain_text("live", timeout=30_000)
    expect(manager(page).get_by_role("alert").filter(visible=True)).to_have_count(0)


def test_a_picture_without_python_says_so_once(notebook: OpenNotebook, url: str) -> None:
    """As a notebook that was saved with the state of its widgets is opened: Python does not answer."""
    mute = "for each in (manager, *manager.panels.values()):\n    each.send = lambda *_: None\nmanager"
    page = notebook([SHOW.format(url=url).removesuffix("manager") + mute, SHOW.format(url=url)])
    page.run(0)
    alone = page.widget(0).get_by_text("Python does not answer: this is the last picture")
    expect(alone).to_have_count(1, timeout=30_000)
    page.run(1)
    expect(manager(page, 1)).to_contain_text("live")
    expect(page.widget(1).get_by_text("Python does not answer")).to_have_count(0)


def test_after_a_restart_of_the_kernel_it_is_a_picture_that_says_so(notebook: OpenNotebook, url: str) -> None:
    page = notebook([SHOW.format(url=url)])
    page.run(0)
    expect(manager(page).get_by_role("grid", name="Models").get_by_role("row").nth(2)).to_be_visible()
    page.restart()
    expect(page.widget(0).get_by_text("Python does not answer: this is the last picture")).to_have_count(1)
    expect(manager(page).locator(".ivk-mhead .ivk-link")).to_be_hidden()
    refresh = manager(page).get_by_role("tabpanel").filter(visible=True).get_by_role("button", name="Refresh")
    refresh.click()
    expect(manager(page).get_by_text("Python has not answered.")).to_be_visible()
    page.run(0)
    expect(manager(page).locator(".ivk-mhead")).to_contain_text("live")
    expect(page.widget(0).get_by_text("Python does not answer")).to_have_count(0)


def test_read_only_says_so_and_offers_nothing(notebook: OpenNotebook, url: str) -> None:
    page = notebook([SHOW.format(url=url).replace("')", "', read_only=True)")])
    page.run(0)
    expect(manager(page).locator(".ivk-mhead")).to_contain_text("Read-only")
    tab(page, "Add models").click()
    expect(manager(page).get_by_role("button", name="Install", exact=True)).to_be_disabled()


def test_the_demo_needs_no_server_and_ends_with_its_manager(notebook: OpenNotebook) -> None:
    show = "from invokeai_widgets import ModelManager\nmanager = ModelManager.demo(models=5)\nmanager"
    page = notebook([show, ""])
    page.run(0)
    expect(tab(page, "Library")).to_have_text(re.compile("5$"))
    assert page.run_source(1, "other = ModelManager.demo(models=5)\nother.url == manager.url") == "True"
    servers = "[each.name for each in __import__('threading').enumerate() if 'embedded' in each.name]"
    assert page.run_source(1, f"manager.close()\n{servers}") == "['embedded-invokeai']"
    assert page.run_source(1, f"other.close()\n{servers}") == "[]"


@pytest.mark.parametrize("width", [600, 900, 1400])
def test_it_fits_its_width(notebook: OpenNotebook, url: str, width: int) -> None:
    page = notebook([SHOW.format(url=url)], width=width)
    page.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.run(0)
    with InvokeAIClient.from_url(url) as client:
        handle = client.dnn_model_repo.install_model("larkspur/heron-xl")
        for name in ("Add models", "Queue", "Server", "Library"):
            tab(page, name).click()
            box = manager(page).evaluate("(root) => [root.scrollWidth, root.clientWidth]")
            assert box[0] <= box[1], name
        handle.cancel()
