"""What the table's browser side asks, against the embedded server: one outcome for each model, in words."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import httpx
from PIL import Image

from invokeai_widgets import ModelTable
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets import words
from tests.conftest import Begin
from tests.support.panels import BrowserSide

from .conftest import Show
from .tables import MODELS, key_of, record, table_of


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
