"""The manager as a whole, seen from the browser's side, against the embedded server."""

from __future__ import annotations

import time

import pytest

from invokeai_widgets import InvokeAIClient, ModelManager
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.live.connection import Connection
from invokeai_widgets.widgets import base
from invokeai_widgets.widgets.manager_tabs import TABS
from tests.conftest import Begin
from tests.support.panels import BrowserSide
from tests.support.ports import free_port

from .conftest import Show


def test_its_panels_share_one_connection_and_go_with_it(begin: Begin, show: Show) -> None:
    manager = show(ModelManager, begin(models=34).url)
    manager.wait(lambda: manager.panel.status["models"] == 34)
    panels = manager.panel.panels
    assert set(panels) == {part.name for tab in TABS for part in tab.parts}
    assert {id(panel.connection) for panel in panels.values()} == {id(manager.panel.connection)}
    assert manager.panel.status["version"] == "6.14.2+embedded"
    assert len(manager.panel.table.df) == 34
    manager.panel.close()
    assert all(panel._closed for panel in panels.values())


def test_the_tabs_name_the_widgets_in_them(begin: Begin, show: Show) -> None:
    manager = show(ModelManager, begin().url)
    refs = {part["id"]: part["ref"] for tab in manager.panel.tabs for part in tab["parts"]}
    models = {name: f"anywidget:{panel.model_id}" for name, panel in manager.panel.panels.items()}
    assert refs == models


def test_a_manager_that_nobody_sees_any_more_lets_go_of_the_server(begin: Begin, show: Show) -> None:
    """The form, whose tab was never opened, must not hold the connection."""
    manager = show(ModelManager, begin().url)
    manager.wait(lambda: manager.panel.link["state"] == "live")
    manager.look("gone")
    connection = manager.panel.connection
    deadline = time.monotonic() + 20
    while connection._life is not None:
        assert time.monotonic() < deadline, connection._viewers
        time.sleep(0.05)
    manager.look()
    manager.wait(lambda: manager.panel.link["state"] == "live")


def test_a_panel_in_a_cell_of_its_own_outlives_the_view_of_its_manager(
    begin: Begin, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_GONE_AFTER", 0.1)
    manager = show(ModelManager, begin(models=3).url)
    manager.wait(lambda: manager.panel.status["models"] == 3)
    table = BrowserSide(manager.panel.table)
    table.look()
    table.wait(lambda: any(each.get("kind") == "seen" for each in table.sent), "its view")
    manager.look("gone")
    manager.wait(lambda: not manager.panel._is_attached, "the end of the manager")
    assert table.panel._is_attached
    keys = [table.panel.df.index[0]]
    assert table.result("delete", keys=keys)[0]["ok"]
    table.wait(lambda: table.panel.head["total"] == 2, "the change")
    table.look("gone")
    table.wait(lambda: not table.panel._is_attached, "the end of the table")


def test_clients_and_their_addresses(begin: Begin, show: Show) -> None:
    url = begin(models=3).url
    with InvokeAIClient.from_url(url) as client:
        one, two = show(ModelManager, client), show(ModelManager, client)
        assert one.panel.connection is two.panel.connection
        one.wait(lambda: one.panel.status["models"] == 3)
        one.panel.close()
        two.panel.close()
        assert len(client.dnn_model_repo.list_models()) == 3  # the user's own stays open
    assert Connection.of(url) is Connection.of(f"{url}/")


@pytest.mark.parametrize("source", ["", "ftp://localhost", 9090, None])
def test_what_is_no_address_is_refused_in_words(source: object) -> None:
    with pytest.raises(InvalidInput, match=r"address"):
        ModelManager(source)  # type: ignore[arg-type]


def test_what_is_wrong_is_said_and_taken_back(begin: Begin, show: Show) -> None:
    server = begin(models=3, port=free_port())
    manager = show(ModelManager, server.url)
    manager.wait(lambda: manager.panel.status["models"] == 3)
    server.crash()
    manager.wait(lambda: manager.panel.problem is not None)
    assert manager.panel.problem["kind"] == "Unreachable"
    assert "Start it, or check the address" in manager.panel.problem["advice"]
    server.start()
    manager.wait(lambda: manager.panel.problem is None)
    manager.wait(lambda: manager.panel.link["state"] == "live")


def test_read_only_is_guarded_in_the_connection(begin: Begin, show: Show) -> None:
    manager = show(ModelManager, begin(models=3).url, read_only=True)
    assert manager.panel.read_only
    assert all(panel.read_only for panel in manager.panel.panels.values())


def test_equal_demos_share_a_server_that_ends_with_the_last() -> None:
    one, two, other = (ModelManager.demo(models=number) for number in (3, 3, 4))
    try:
        assert one.url == two.url != other.url
        one.close()
        with InvokeAIClient.from_url(two.url) as client:
            assert len(client.dnn_model_repo.list_models()) == 3
    finally:
        for manager in (one, two, other):
            manager.close()
    with InvokeAIClient.from_url(two.url) as client, pytest.raises(Exception, match="no InvokeAI server"):
        client.version()


def test_its_plain_faces_show_library_and_queue(begin: Begin, show: Show) -> None:
    url = begin(models=3).url
    manager = show(ModelManager, url)
    manager.wait(lambda: manager.panel.status["models"] == 3)
    assert "3 models" in manager.panel.plain_text()
    assert f"Installs at {url}/" in manager.panel.plain_text()
    assert manager.panel.plain_html().count("<table") == 2
