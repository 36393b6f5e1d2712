"""The table as data: what Python reads from it and says to it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from invokeai_widgets import InstallQueue, InvokeAIClient, ModelTable
from invokeai_widgets.client.errors import InvalidInput, InvokeAIError, Unreachable
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library import frame_of
from invokeai_widgets.live.store import ModelsListed
from invokeai_widgets.widgets.table.rows import packed
from invokeai_widgets.widgets.table.shelf import LOCAL_LIMIT
from tests.support.panels import BrowserSide
from tests.support.ports import free_port
from tests.support.tiny_models import write_lora

from .conftest import Begin, Show


def record(key: str) -> ModelRecord:
    return ModelRecord.from_wire({"key": key, "name": key})


@pytest.fixture
def table() -> ModelTable:
    """Four models of a frame."""
    return ModelTable(
        pd.DataFrame(
            {
                "key": ["a", "b", "c", "d"],
                "name": ["Zebra", "apple", "Mango", "fig"],
                "base": ["sdxl", "sd-1", "sdxl", None],
                "type": ["main", "lora", "lora", "unknown"],
                "size": [2**34, 100, None, 5],
            }
        )
    )


def test_the_view_is_what_the_filter_leaves_in_its_order(table: ModelTable) -> None:
    assert table.view.index.tolist() == ["b", "d", "c", "a"]
    table.filter("a", base="sdxl", sort=[("size", "desc")])
    assert table.view.index.tolist() == ["a", "c"]
    assert table.query["text"] == "a"
    table.filter(base=["SDXL", "SD 1"], type="LoRA")
    assert table.query["facets"] == {"base": ["sdxl", "sd-1"], "type": ["lora"]}
    table.filter()
    assert len(table.view) == 4
    assert table.view.index.tolist() == ["a", "b", "d", "c"], "the sort stays"


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        (["c", "a", "c"], ["c", "a"]),
        ("b", ["b"]),
        (lambda t: t.df[t.df.base == "sdxl"], ["a", "c"]),
        (lambda t: t.df["size"] > 50, ["a", "b"]),
        (lambda t: (t.df["size"] > 50).to_numpy(dtype=bool, na_value=False), ["a", "b"]),
        ([True, False, False, True], ["a", "d"]),
        (pd.DataFrame({"key": ["c"], "name": ["Mango"]}), ["c"]),
        (record("b"), ["b"]),
        ([record("b"), record("a")], ["b", "a"]),
        ((True, None, pd.NA, True), ["a", "d"]),
        (pd.array([True, None, False, True], dtype="boolean"), ["a", "d"]),
        (pd.Series([True, None, False, True], index=list("abcd"), dtype="object"), ["a", "d"]),
        (lambda t: t.df.loc["c"], ["c"]),
        (lambda t: t.df.reset_index().sort_values("base").iloc[:1], ["b"]),
        (None, []),
    ],
    ids=[
        "keys",
        "key",
        "frame",
        "mask",
        "array",
        "flags",
        "column",
        "record",
        "records",
        "tuple",
        "nullable",
        "objects",
        "row",
        "turned",
        "none",
    ],
)
def test_a_selection_is_made_by_keys_rows_or_mask(table: ModelTable, what: object, keys: list[str]) -> None:
    table.select(["d"])
    table.select(what(table) if callable(what) else what)
    assert table.selected == keys
    assert table.selection.index.tolist() == keys


@pytest.mark.parametrize(
    "wrong",
    [np.ones((4, 2), dtype=bool), "x", ["a", "x"], 7, [True, False], {"a": 1}, pd.array([True, False])],
    ids=repr,
)
def test_a_selection_of_what_is_not_there_is_refused(table: ModelTable, wrong: object) -> None:
    table.select("a")
    with pytest.raises(InvalidInput) as refused:
        table.select(wrong)
    assert "table.df" in (refused.value.advice or "")
    assert table.selected == ["a"]


def test_a_selection_that_is_set_is_checked_and_one_that_is_clicked_may_be_late(table: ModelTable) -> None:
    table.selected = ["b", "b"]
    assert table.selected == ["b"]
    with pytest.raises(InvalidInput, match="'gone'"):
        table.selected = ["a", "gone"]
    assert table.selected == ["b"]
    with pytest.raises(InvalidInput), table.hold_trait_notifications():
        table.selected = ["gone"]
    table.set_state({"selected": ["gone", "c"]})
    assert table.selected == ["c"]


def test_the_frames_are_copies(table: ModelTable) -> None:
    for models in (table.df, table.view, table.selection):
        models["name"] = "changed"
    assert table.df.loc["a", "name"] == "Zebra"


def test_a_browser_may_write_the_selection_and_nothing_else(table: ModelTable) -> None:
    """Its copy of the code is cut short once it runs; without this rule that would come back."""
    code = table._esm
    table.set_state({"selected": ["b"], "_esm": "", "read_only": False, "head": {}})
    assert table.selected == ["b"]
    assert table._esm == code
    assert table.read_only
    assert table.head


@pytest.mark.parametrize("columns", [["base"], ["size", "name"], ["trigger_phrases", "hash", "key"]])
def test_the_columns_asked_for_are_on_and_the_name_always(columns: list[str]) -> None:
    table = ModelTable(frame_of(()), columns=columns)
    assert set(table.columns) == {"name", *columns}
    assert set(table.columns) <= set(table.offered)
    assert table.own_columns


def test_a_column_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidInput, match="colour"):
        ModelTable(frame_of(()), columns=["colour"])


def test_above_the_limit_the_browser_gets_windows() -> None:
    def head(count: int) -> dict[str, object]:
        made = ModelTable(pd.DataFrame({"name": [f"Model {n}" for n in range(count)]})).head
        assert isinstance(made, dict)
        return made

    assert head(LOCAL_LIMIT)["local"]
    large = head(LOCAL_LIMIT + 1)
    assert not large["local"]
    assert large["total"] == LOCAL_LIMIT + 1


def test_a_lone_surrogate_in_a_name_stops_nothing() -> None:
    table = ModelTable(pd.DataFrame({"name": ["a\ud800b"]}, dtype="object"))
    _, buffers = packed(table.looking_at()[0], ["name"])
    assert all(buffers)


def test_what_happens_on_the_server_shows_in_the_frame(show: Show, begin: Begin) -> None:
    server = begin(models=5)
    side = show(ModelTable, server.url)
    table = side.panel
    assert isinstance(table, ModelTable)
    side.wait(lambda: len(table.df) == 5, "the models")
    gone, kept, *_ = table.df.index
    table.select([gone, kept])
    assert [o["ok"] for o in side.result("delete", keys=[gone])] == [True]
    side.wait(lambda: table.selected == [kept], "the selection of what is left")
    assert gone not in table.df.index


def test_the_first_frame_knows_whose_file_is_missing(begin: Begin, show: Show) -> None:
    url = begin(models=34).url
    queue = show(InstallQueue, url)  # needs no models, and has had its first look
    queue.wait(lambda: queue.panel.link["state"] == "live", "the events")
    table = ModelTable(url)
    try:
        assert table.df["missing"].sum() == 1
    finally:
        table.close()


def test_an_install_that_was_waited_for_is_in_the_table_and_can_be_selected(
    begin: Begin, tmp_path: Path
) -> None:
    client = InvokeAIClient.from_url(begin(models=20).url)
    table = ModelTable(client)
    try:
        for n in range(4):
            path = write_lora(tmp_path / f"mine{n}.safetensors")
            info = client.dnn_model_repo.install_model(str(path)).wait_until(20)
            assert info.model_key in table.df.index
            table.select(table.df.name == f"mine{n}")
            assert table.selected == [info.model_key]
    finally:
        table.close()
        client.close()


def test_what_a_script_does_is_in_the_frame_of_a_table_that_nobody_looks_at(begin: Begin) -> None:
    url = begin(models=6).url
    table, other = ModelTable(url), ModelTable(url, read_only=True)
    try:
        with InvokeAIClient.from_url(url) as client:  # not the client of the table
            repo = client.dnn_model_repo
            first, second, third, *_ = table.df.index
            repo.delete_model(first)
            assert first not in table.df.index
            repo.update_model(second, name="Other", trigger_phrases=["x"])
            assert table.df.loc[second, "name"] == "Other"
            repo.delete_models([second, third])
            assert len(table.view) == len(other.df) == 3
            repo.delete_all_models()
            assert table.df.empty
    finally:
        table.close()
        other.close()


def test_what_others_do_is_in_the_frame_after_a_refresh(begin: Begin) -> None:
    server = begin(models=3)
    table = ModelTable(server.url)
    try:
        gone, *_ = table.df.index
        httpx.delete(f"{server.url}/api/v2/models/i/{gone}")
        assert gone in table.df.index
        table.refresh()
        assert gone not in table.df.index
        server.crash()
        with pytest.raises(Unreachable):
            table.refresh()
        assert len(table.df) == 2
    finally:
        table.close()
    with pytest.raises(InvokeAIError, match="closed"):
        table.refresh()


def test_a_table_whose_views_are_gone_is_not_deaf(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invokeai_widgets.widgets.base._GONE_AFTER", 0.05)
    server = begin(models=6)
    table = ModelTable(server.url)
    try:
        side = BrowserSide(table)
        first, second, third, *_ = table.df.index
        side.look()
        side.look("gone")
        side.wait(lambda: table.connection._client is None, "the end of the connection")
        with InvokeAIClient.from_url(server.url) as client:
            client.dnn_model_repo.delete_model(first)
            assert first not in table.df.index
            side.wait(lambda: table.connection._client is None, "the end of the connection again")
            httpx.delete(f"{server.url}/api/v2/models/i/{second}")
            assert second not in table.df.index
            side.wait(lambda: table.connection._client is None, "the end of the connection once more")
            httpx.delete(f"{server.url}/api/v2/models/i/{third}")
            table.refresh()
            assert third not in table.df.index
    finally:
        table.close()


def test_a_table_that_is_opened_again_reads_again(begin: Begin) -> None:
    server = begin(models=6)
    former = ModelTable(server.url)
    first, second, *_ = former.df.index
    former.close()
    table = ModelTable(server.url)
    try:
        table.refresh()
        table.close()
        httpx.delete(f"{server.url}/api/v2/models/i/{first}")
        with InvokeAIClient.from_url(server.url) as client:
            client.dnn_model_repo.delete_model(second)
        table = ModelTable(server.url)
        assert not {first, second} & set(table.df.index)
    finally:
        table.close()


def test_a_look_that_fails_has_seen_nothing(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invokeai_widgets.widgets.table.as_data._CHANGES", 1.5)
    server = begin(models=4)
    table = ModelTable(server.url)
    try:
        first, second, *_ = table.df.index
        with InvokeAIClient.from_url(server.url) as client:
            server.faults.add(path="/api/v2/models/", method="GET", instead=500, times=1)
            client.dnn_model_repo.delete_model(first)
            assert first not in table.df.index
            server.faults.add(path="/api/v2/models/", method="GET", instead=500)
            client.dnn_model_repo.delete_model(second)
            with pytest.raises(InvokeAIError, match="changed from here"):
                _ = table.df
    finally:
        table.close()


def test_a_word_that_a_row_has_is_meant_as_it_is() -> None:
    table = ModelTable(pd.DataFrame({"name": ["x", "y"], "base": ["SDXL", "sdxl"]}))
    table.filter(base="SDXL")
    assert table.view["name"].tolist() == ["x"]


def test_a_table_of_a_frame_has_nothing_to_read_again(table: ModelTable) -> None:
    with pytest.raises(InvokeAIError, match="a frame, not a server"):
        table.refresh()


def test_a_mask_selects_the_rows_of_df_though_they_were_not_delivered_yet(
    begin: Begin, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One model went and one came: of as many rows as before, other ones would be selected."""
    table = show(ModelTable, begin(models=5).url).panel
    assert isinstance(table, ModelTable)
    assert len(table.df) == 5
    store = table.connection.store
    monkeypatch.setattr(store, "_schedule", lambda: None)  # nothing is delivered from now on
    _, *left = store.snapshot.models.values()
    listed = ModelsListed([*left, left[0].replaced(key="new", name="New")], at=1.0)
    table._on_loop(lambda: store.dispatch(listed))
    table.selected = ["new"]
    table.select((table.df.name == "New").to_numpy(dtype=bool))
    assert table.selected == ["new"]
    table._on_loop(lambda: table.on_snapshot(store.snapshot))
    assert table.selected == ["new"]
    assert table.selection.name.tolist() == ["New"]


@pytest.mark.parametrize(
    ("value", "exported"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (pd.NA, None),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.array([1, 2]), [1, 2]),
        ((1, [None, float("nan")]), [1, [None, None]]),
        ({1: True}, {"1": True}),
        (Path("a"), "a"),
        (0.123456789012345, 0.123456789012345),
    ],
    ids=repr,
)
def test_the_json_of_a_frame_is_json_whatever_its_settings_hold(value: Any, exported: Any) -> None:
    table = ModelTable(pd.DataFrame({"key": ["a"], "name": ["A"], "default_settings": [{"x": value}]}))
    text = asyncio.run(table.do_export(["a"], "json"))
    (row,) = json.loads(text, parse_constant=lambda word: f"no JSON: {word}")
    assert row["default_settings"] == {"x": exported}
    assert (row["size"], row["cover"]) == (None, False)


def test_a_server_that_was_never_read_is_no_empty_one() -> None:
    table = ModelTable(f"http://127.0.0.1:{free_port()}")
    try:
        for read in (lambda: table.df, lambda: table.view, lambda: table.selection):
            with pytest.raises(InvokeAIError, match="no InvokeAI server answers"):
                read()
        assert "not read" in repr(table)
        for face in (table.plain_text(), table.plain_html()):
            assert "no InvokeAI server answers" in face
            assert "0 models" not in face
    finally:
        table.close()
