"""What the table's browser side asks, against the embedded server: one outcome for each model, in words."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from invokeai_widgets import ModelTable
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.table.editing import SETTINGS
from tests.conftest import Begin
from tests.support.panels import BrowserSide

from .conftest import Show

MODELS = "/api/v2/models"


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    """A server with thirty models."""
    return begin(models=30)


@pytest.fixture
def side(show: Show, server: DemoServer) -> BrowserSide:
    """A table of it, with its models there."""
    side = show(ModelTable, server.url)
    side.wait(lambda: len(side.panel.df) == 30, "the models")
    return side


def table_of(side: BrowserSide) -> ModelTable:
    assert isinstance(side.panel, ModelTable)
    return side.panel


def key_of(side: BrowserSide, **kind: str) -> str:
    models = table_of(side).df
    for name, word in kind.items():
        models = models[models[name] == word]
    return str(models.index[0])


def record(server: DemoServer, key: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{server.url}{MODELS}/i/{key}", trust_env=False).json()
    return answer


def test_a_deletion_says_first_what_goes_and_then_what_became_of_each(
    side: BrowserSide, server: DemoServer
) -> None:
    models = table_of(side).df
    moved = models[~models.in_place & ~models.missing].index[0]
    kept = models[models.in_place & ~models.missing].index[0]
    plan = side.result("plan", action="delete", keys=[moved, kept, "gone"])
    assert plan["ask"] == "Delete 2 models"
    assert [(m["key"], m["goes"]) for m in plan["models"]] == [(moved, True), (kept, False)]
    assert plan["end"] == f"Frees {words.size(models.loc[moved, 'size'])}."
    assert len(table_of(side).df) == 30, "nothing is done by asking"
    outcomes = side.result("delete", keys=[moved, "gone"])
    assert [(o["key"], o["ok"]) for o in outcomes] == [(moved, True), ("gone", False)]
    assert outcomes[0]["name"] == models.loc[moved, "name"]
    assert outcomes[1]["message"]


def test_a_plan_names_at_most_two_hundred(show: Show, begin: Begin) -> None:
    side = show(ModelTable, begin(models=205).url)
    side.wait(lambda: len(table_of(side).df) == 205, "the models")
    models = table_of(side).df
    plan = side.result("plan", action="delete", keys=list(models.index))
    assert (len(plan["models"]), plan["more"]) == (200, "and 5 more models")
    freed = models["size"][~models.in_place & ~models.missing].sum()
    assert plan["end"] == f"Frees {words.size(freed)}."


def test_a_deletion_of_records_only_says_that_the_files_stay(side: BrowserSide) -> None:
    models = table_of(side).df
    plan = side.result("plan", action="delete", keys=list(models.index[models.in_place | models.missing]))
    assert "the files stay" in plan["intro"]
    assert plan["end"] == "Frees no disk space."


def test_a_conversion_says_which_checkpoints_go_and_what_will_be_refused(side: BrowserSide) -> None:
    models = table_of(side).df
    convertible = (
        (models.type == "main") & (models.format == "checkpoint") & models.base.isin(["sdxl", "sd-1"])
    )
    moved = models.index[convertible & ~models.in_place & ~models.missing][0]
    lora = key_of(side, type="lora")
    plan = side.result("plan", action="convert", keys=[moved, lora])
    assert (plan["ask"], plan["danger"]) == ("Convert 2 models", True)
    assert [(m["name"], m["goes"]) for m in plan["models"]] == [
        (models.name[moved], True),
        (models.name[lora], False),
    ]
    assert "refused" in plan["models"][1]["why"]
    outcomes = side.result("convert", keys=[moved, lora])
    assert [o["ok"] for o in outcomes] == [True, False]


def test_what_goes_unharmed_is_not_called_dangerous(side: BrowserSide) -> None:
    plan = side.result("plan", action="reidentify", keys=[key_of(side, type="lora")])
    assert (plan["ask"], plan["danger"], plan["models"][0]["why"]) == ("Reidentify 1 model", False, "")
    assert "no plan" in side.error("plan", action="sing", keys=[])["message"]


def test_every_verb_gives_an_outcome_for_each_model(side: BrowserSide) -> None:
    lora, main = key_of(side, type="lora"), key_of(side, type="main")
    for verb in ("reidentify", "convert"):
        outcomes = side.result(verb, keys=[lora, main])
        assert [o["key"] for o in outcomes] == [lora, main]
        assert all(o["message"] and o["name"] for o in outcomes)
    assert side.result("convert", keys=[lora])[0]["ok"] is False


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


WRONG = [
    ("main", {"name": "  "}, "name"),
    ("main", {"settings.width": 513}, "multiple of 8"),
    ("main", {"settings.width": 32}, "at least 64"),
    ("main", {"settings.cfg_rescale_multiplier": 1}, "at most 0.99"),
    ("main", {"settings.steps": "many"}, "number"),
    ("main", {"settings.steps": 2.5}, "multiple of 1"),
    ("main", {"source_url": "ftp://host"}, "http"),
    ("lora", {"settings.weight_min": 2, "settings.weight_max": 1}, "above"),
    ("lora", {"settings.width": 512}, "no setting"),
]


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
                for value in (*setting.options, setting.minimum, setting.maximum):
                    if value is None or value == "":
                        continue
                    whole = int(value) if isinstance(value, float) and value.is_integer() else value
                    told = side.result("update", key=key, changes={f"settings.{setting.name}": whole})
                    assert told["ok"], (setting.name, value, told)


def test_details_name_related_models_and_no_secret(side: BrowserSide, server: DemoServer) -> None:
    one, other = table_of(side).df.index[:2]
    body = {"model_key_1": one, "model_key_2": other}
    httpx.post(f"{server.url}/api/v1/model_relationships/", json=body, trust_env=False).raise_for_status()
    secret = {"source": "https://user:hunter2@host/a?token=hunter2"}
    httpx.patch(f"{server.url}{MODELS}/i/{one}", json=secret, trust_env=False).raise_for_status()
    side.result("refresh")
    side.wait(lambda: "host" in table_of(side).df.loc[one, "source"], "the new source")
    details = side.result("details", key=one)
    assert other in [model["key"] for model in details["related"]]
    assert "hunter2" not in json.dumps(details)


def test_details_of_a_model_that_is_gone_are_refused_in_words(side: BrowserSide) -> None:
    assert "no longer there" in side.error("details", key="gone")["message"]


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(made, "PNG")
    return made.getvalue()


def test_a_cover_is_set_and_fetched(side: BrowserSide) -> None:
    models = table_of(side).df
    key = models.index[~models.cover][0]
    image = base64.b64encode(picture()).decode()
    assert side.result("set_cover", keys=[key], image=image)[0]["ok"]
    side.wait(lambda: table_of(side).df.loc[key, "cover"], "the cover")
    assert side.result("covers", keys=[key, "gone"]) == [key]
    refused = side.result("set_cover", keys=[key], image=base64.b64encode(b"no picture").decode())
    assert not refused[0]["ok"]
    assert refused[0]["message"]
    assert "whole" in side.error("set_cover", keys=[key], image="%%%")["message"]


def test_the_selection_is_exported_as_it_is(side: BrowserSide) -> None:
    exact = 0.123456789012345
    lora = key_of(side, type="lora")
    assert side.result("update", key=lora, changes={"settings.weight": exact})["ok"]
    side.wait(lambda: (table_of(side).df.loc[lora, "default_settings"] or {}).get("weight"), "the weight")
    (row,) = json.loads(side.result("export", keys=[lora], format="json"))
    assert row["default_settings"] == table_of(side).df.loc[lora, "default_settings"]
    assert row["default_settings"]["weight"] == exact
    keys = list(table_of(side).df.index[3:6])
    rows = json.loads(side.result("export", keys=[*keys, "gone"], format="json"))
    assert [row["key"] for row in rows] == keys
    assert [row["size"] for row in rows] == table_of(side).df.loc[keys, "size"].tolist()
    lines = side.result("export", keys=keys, format="csv").splitlines()
    assert lines[0].startswith("key,name,type,base,format,variant,size")
    assert len(lines) == 4


def test_a_read_only_table_refuses_what_changes_anything(show: Show, server: DemoServer) -> None:
    side = show(ModelTable, server.url, read_only=True)
    side.wait(lambda: len(table_of(side).df) == 30, "the models")
    key = key_of(side, type="lora")
    refused = [side.ask(verb, keys=[key]) for verb in ("delete", "reidentify", "convert")]
    refused.append(side.ask("update", key=key, changes={"name": "x"}))
    for reply in refused:
        result = reply.get("result")
        outcomes = result if isinstance(result, list) else [result or {"ok": False}]
        assert not any(outcome["ok"] for outcome in outcomes)
    assert record(server, key)["name"] == table_of(side).df.loc[key, "name"]


def test_a_change_made_elsewhere_comes_as_the_rows_that_differ(side: BrowserSide, server: DemoServer) -> None:
    frame = table_of(side).df
    gone, changed = frame.index[~frame.duplicated("hash", keep=False)][:2]  # the twin of one is changed, too
    httpx.delete(f"{server.url}{MODELS}/i/{gone}", trust_env=False).raise_for_status()
    httpx.patch(
        f"{server.url}{MODELS}/i/{changed}", json={"name": "Elsewhere"}, trust_env=False
    ).raise_for_status()
    side.sent.clear()
    side.result("refresh")
    side.wait(lambda: "Elsewhere" in told(side, "name"), "the change")
    # In one message or in two: the table looks by itself, too.
    assert [key for change in changes(side) for key in change["gone"]] == [gone]
    # Which files are missing is read later than the models, so there may be a row more.
    assert dict(zip(told(side, "key"), told(side, "name"), strict=True))[changed] == "Elsewhere"
    assert len(told(side, "key")) <= 2
    assert all(change["revision"] == change["before"] + 1 for change in changes(side))


def changes(side: BrowserSide) -> list[Any]:
    """What the browser was told of rows that differ."""
    return [each["change"] for each in side.sent if each["kind"] == "rows"]


def told(side: BrowserSide, column: str) -> list[Any]:
    """The values of a column in the rows that were put in."""
    return [value for change in changes(side) for value in (change["put"] or {}).get(column, [])]


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
