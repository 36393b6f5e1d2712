"""The table must not delete, undo or change what nobody was told of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from invokeai_widgets import InstallForm, ModelTable
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.live.connection import Connection
from tests.conftest import Begin
from tests.support.panels import BrowserSide
from tests.support.tiny_models import write_lora

from .conftest import Show
from .tables import MODELS, record, table_of


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


@pytest.fixture
def side(server: DemoServer, show: Show, tmp_path: Path) -> BrowserSide:
    """A table with one model, in InvokeAI's own folder."""
    side = show(ModelTable, server.url)
    connection = side.panel.connection
    connection.loop.run(connection.install(str(write_lora(tmp_path / "ink.safetensors")), inplace=False))
    side.wait(lambda: len(table_of(side)._shelf.models) == 1, "the record")
    return side


def key_and_file(side: BrowserSide, server: DemoServer) -> tuple[str, Path]:
    (record,) = table_of(side)._shelf.models.values()
    return record.key, server.root / "models" / record.path


def take_away(side: BrowserSide, file: Path) -> Path:
    """The file is gone for a while, and the table knows: where it is meanwhile."""
    elsewhere = file.rename(file.with_name("elsewhere"))
    side.result("refresh")
    side.wait(table_of(side).df.missing.all, "the news that it is missing")
    return elsewhere


def test_a_file_that_came_back_since_the_question_is_kept(side: BrowserSide, server: DemoServer) -> None:
    key, file = key_and_file(side, server)
    elsewhere = take_away(side, file)
    plan = side.result("plan", action="delete", keys=[key])
    assert "the files stay" in plan["intro"]
    elsewhere.rename(file)  # a disk was mounted again
    side.result("refresh")  # whether or not somebody has seen it meanwhile
    (kept,) = side.result("delete", keys=[key])
    assert not kept["ok"]
    assert "back" in kept["message"]
    assert file.exists()
    assert "are deleted" in side.result("plan", action="delete", keys=[key])["models"][0]["why"]
    assert side.result("delete", keys=[key])[0]["ok"]
    assert not file.exists()


def test_the_question_looks_again_for_a_file_that_was_missing(side: BrowserSide, server: DemoServer) -> None:
    key, file = key_and_file(side, server)
    elsewhere = take_away(side, file)
    elsewhere.rename(file)
    plan = side.result("plan", action="delete", keys=[key])
    assert plan["models"][0]["goes"]
    assert plan["end"].startswith("Frees")


def test_a_setting_that_was_changed_elsewhere_is_not_undone(side: BrowserSide, server: DemoServer) -> None:
    key, _ = key_and_file(side, server)
    url = f"{server.url}{MODELS}/i/{key}"
    assert side.result("update", key=key, changes={"settings.weight": 0.5})["ok"]
    known = record(server, key)["default_settings"]
    httpx.patch(
        url, json={"default_settings": {**known, "weight_max": 2}}, trust_env=False
    ).raise_for_status()
    assert side.result("update", key=key, changes={"settings.weight": 0.7})["ok"]
    saved = record(server, key)["default_settings"]
    assert (saved["weight"], saved["weight_max"]) == (0.7, 2)
    httpx.delete(url, trust_env=False).raise_for_status()
    told = side.result("update", key=key, changes={"settings.weight": 1.0})
    assert (told["ok"], "no longer there" in told["message"]) == (False, True)


def test_settings_changed_in_a_frame_stay_in_that_frame(side: BrowserSide, server: DemoServer) -> None:
    key, _ = key_and_file(side, server)
    assert side.result("update", key=key, changes={"settings.weight": 0.5})["ok"]
    table = table_of(side)
    side.wait(lambda: table.df.default_settings[key], "the settings")
    for frame in (table.df, table.view):
        frame.loc[key, "default_settings"]["weight"] = 99
        assert table.df.default_settings[key]["weight"] == 0.5
    mine = table.df
    shown = ModelTable(mine)
    mine.loc[key, "default_settings"]["weight"] = 99
    assert shown.df.default_settings[key]["weight"] == 0.5


@pytest.mark.parametrize(
    ("kind", "wrong"), [(ModelTable, {"height": 404.5}), (InstallForm, {"in_place": "yes"})]
)
def test_what_could_not_be_built_leaves_no_one_listening(
    server: DemoServer, kind: type[ModelTable | InstallForm], wrong: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match="trait"):
        kind(server.url, **wrong)
    connection = Connection.of(server.url)
    connection.loop.run(connection.opened())
    assert connection._viewers == {}


def test_a_new_panel_works_while_the_former_life_of_its_connection_ends(
    server: DemoServer, tmp_path: Path
) -> None:
    source = str(write_lora(tmp_path / "ink.safetensors"))
    for _ in range(5):
        ModelTable(server.url).close()
        form = InstallForm(server.url)
        try:
            assert BrowserSide(form).result("install", sources=[source])[0]["ok"]
        finally:
            form.close()
