"""Editing a model in the table, against the embedded server: what may be set, what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from invokeai_widgets import ModelTable
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.table.editing import SETTINGS
from tests.conftest import Begin
from tests.support.panels import BrowserSide

from .conftest import Show
from .tables import MODELS, key_of, record, table_of

WRONG = [
    ("main", {"name": "  "}, "name"),
    ("main", {"settings.width": 513}, "multiple of 8"),
    ("main", {"settings.width": 32}, "at least 64"),
    ("main", {"settings.cfg_rescale_multiplier": 1}, "less than 1"),
    ("main", {"settings.steps": "many"}, "number"),
    ("main", {"settings.steps": 2.5}, "multiple of 1"),
    ("main", {"source_url": "ftp://host"}, "http"),
    ("lora", {"settings.weight_min": 2, "settings.weight_max": 1}, "below the largest, 1"),
    ("lora", {"settings.weight_min": 2}, "below the largest, 2"),
    ("lora", {"settings.weight": 3}, "between the least, -1, and the largest, 2"),
    ("lora", {"settings.weight": 0.5, "settings.weight_min": 0.75}, "between the least, 0.75"),
    ("lora", {"settings.width": 512}, "no setting"),
]


def test_an_edit_is_saved_and_comes_back(side: BrowserSide, server: DemoServer) -> None:
    key = key_of(side, type="main")
    changes = {
        "name": "Renamed",
        "description": "Two\nlines",
        "trigger_phrases": "b\n a \nb\n",
        "source_url": "https://host/page",
        "settings.width": 1024,
        "settings.scheduler": "euler",
    }
    assert side.result("update", key=key, changes=changes)["ok"]
    saved = record(server, key)
    assert (saved["name"], saved["description"]) == ("Renamed", "Two\nlines")
    assert sorted(saved["trigger_phrases"]) == ["a", "b"]
    assert saved["source_url"] == "https://host/page"
    settings = saved["default_settings"]
    assert (settings["width"], settings["scheduler"]) == (1024, "euler")
    side.wait(lambda: table_of(side).df.loc[key, "name"] == "Renamed", "the new name")
    nothing = {f"settings.{name}": None for name, value in settings.items() if value is not None}
    assert side.result("update", key=key, changes=nothing)["ok"]
    assert record(server, key)["default_settings"] is None, "an empty set of settings is none"


@pytest.mark.parametrize(("kind", "changes", "says"), WRONG, ids=str)
def test_what_the_server_would_refuse_is_told_before_it_is_sent(
    side: BrowserSide, server: DemoServer, kind: str, changes: dict[str, Any], says: str
) -> None:
    key = key_of(side, type=kind)
    before = record(server, key)
    told = side.result("update", key=key, changes=changes)
    assert not told["ok"]
    assert says in told["message"]
    after = record(server, key)
    assert {**after, "cover_image": None} == {**before, "cover_image": None}


def test_a_setting_of_text_that_is_emptied_is_unset(side: BrowserSide, server: DemoServer) -> None:
    key = key_of(side, type="main")
    assert side.result("update", key=key, changes={"settings.vae": "abc", "settings.steps": 7})["ok"]
    assert side.result("update", key=key, changes={"settings.vae": ""})["ok"]
    settings = record(server, key)["default_settings"]
    assert (settings["vae"], settings["steps"]) == (None, 7)


@pytest.mark.parametrize("kind", ["main", "lora", "controlnet", "t2i_adapter"])
def test_the_editor_has_the_settings_of_the_models_class(side: BrowserSide, kind: str) -> None:
    details = side.result("details", key=key_of(side, type=kind))
    fields = [field["name"] for field in details["editor"]["fields"]]
    assert [name for name in fields if name.startswith("settings.")] == [
        f"settings.{setting.name}" for setting in SETTINGS[kind]
    ]


def test_the_server_takes_every_setting_that_the_editor_offers(side: BrowserSide, server: DemoServer) -> None:
    """Each choice and each limit, as the editor allows them: none may be refused."""
    for kind in ("main", "lora", "controlnet"):
        models = table_of(side).df
        for key in models.index[models.type == kind][:1]:
            for setting in SETTINGS[kind]:
                near = None if setting.below is None else setting.below - 0.001
                for value in (*setting.options, setting.minimum, setting.maximum, near):
                    if value is None or value == "":
                        continue
                    whole = int(value) if isinstance(value, float) and value.is_integer() else value
                    told = side.result("update", key=key, changes={f"settings.{setting.name}": whole})
                    assert told["ok"], (setting.name, value, told)


def test_a_model_that_runs_elsewhere_has_settings_of_its_own(side: BrowserSide, server: DemoServer) -> None:
    where = {"source": "external://openai/gpt-image-1"}
    httpx.post(f"{server.url}{MODELS}/install", params=where, json={}).raise_for_status()
    kind = "external_image_generator"
    side.wait(lambda: kind in set(table_of(side).df.type), "the model")
    key = key_of(side, type=kind)
    for setting in SETTINGS[kind]:
        assert side.result("update", key=key, changes={f"settings.{setting.name}": 512})["ok"]
    assert record(server, key)["default_settings"] == {"num_images": 512, "width": 512, "height": 512}
    nothing = {f"settings.{setting.name}": None for setting in SETTINGS[kind]}
    assert side.result("update", key=key, changes=nothing)["ok"]
    told = side.result("update", key=key, changes={"settings.width": 512})  # by itself a main model's, too
    assert told["ok"], told


@pytest.mark.parametrize("version", ["5.15.0", "6.8.1", "6.11.1"])
def test_an_old_server_takes_every_setting_that_the_editor_offers_there(
    begin: Begin, show: Show, version: str
) -> None:
    """It refuses the whole body for one that it does not know."""
    side = show(ModelTable, begin(models=60, version=version).url)
    side.wait(lambda: len(table_of(side).df) == 60, "the models")
    for kind, value in (
        ("main", {"steps": 20}),
        ("controlnet", {"preprocessor": "x"}),
        ("lora", {"weight": 0.5}),
    ):
        key = key_of(side, type=kind)
        for change in (value, dict.fromkeys(value), value):
            fields = side.result("details", key=key)["editor"]["fields"]
            offered = [field["name"] for field in fields if field["name"].startswith("settings.")]
            if (kind, version) == ("lora", "5.15.0"):
                assert not offered
                continue
            changes = {f"settings.{name}": each for name, each in change.items()}
            assert changes.keys() <= {*offered}
            told = side.result("update", key=key, changes=changes)
            assert told["ok"], (kind, change, told)


@pytest.mark.parametrize("version", ["5.15.0", "6.8.1", "6.11.1"])
@pytest.mark.parametrize("kind", ["main", "lora", "controlnet"])
def test_an_old_server_is_offered_no_newer_setting_where_it_tells_none(
    begin: Begin, show: Show, version: str, kind: str
) -> None:
    server = begin(models=60, version=version)
    side = show(ModelTable, server.url)
    side.wait(lambda: len(table_of(side).df) == 60, "the models")
    key = key_of(side, type=kind)
    if "default_settings" in record(server, key):
        patch = {"default_settings": None}
        httpx.patch(f"{server.url}{MODELS}/i/{key}", json=patch, trust_env=False).raise_for_status()
        side.result("refresh")
        side.wait(lambda: table_of(side).df.loc[key, "default_settings"] is None, "settings of none")
    fields = side.result("details", key=key)["editor"]["fields"]
    offered = {field["name"] for field in fields if field["name"].startswith("settings.")}
    assert bool(offered) == ((kind, version) != ("lora", "5.15.0"))
    for newer in ("weight_min", "weight_max", "cpu_only", "fp8_storage"):
        assert f"settings.{newer}" not in offered
        told = side.result("update", key=key, changes={f"settings.{newer}": 1})
        assert "no setting" in told["message"], "told before it is sent"
