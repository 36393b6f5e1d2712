"""The table as data: what Python reads from it and says to it."""

from __future__ import annotations

import asyncio
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from invokeai_widgets import ModelTable
from invokeai_widgets.client.errors import InvalidInput, InvokeAIError
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library import frame_of
from invokeai_widgets.widgets.table.rows import PART, packed
from invokeai_widgets.widgets.table.shelf import LOCAL_LIMIT


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


@pytest.mark.parametrize("count", [0, 3, PART, PART + 1, 3 * PART])
def test_the_columns_go_whole_in_parts_of_some_rows(count: int) -> None:
    names = [f"Model {n}" for n in range(count)]
    catalog = ModelTable(
        pd.DataFrame({"name": names, "base": ["sdxl", None, "flux"] * (count // 3) + ["x"] * (count % 3)})
    ).looking_at()[0]
    sent, buffers = packed(catalog, ["name"])
    many = len(buffers) // len(sent)
    assert many * len(sent) == len(buffers)
    for place, column in enumerate(sent):
        values: list[Any] = []
        for buffer in buffers[place * many : (place + 1) * many]:
            document = json.loads(zlib.decompress(buffer))
            found = document.get("values") or [document["words"][code] for code in document.get("codes", ())]
            assert len(found) <= PART
            values += found
        assert values == catalog.values(column)


def test_a_word_that_a_row_has_is_meant_as_it_is() -> None:
    table = ModelTable(pd.DataFrame({"name": ["x", "y"], "base": ["SDXL", "sdxl"]}))
    table.filter(base="SDXL")
    assert table.view["name"].tolist() == ["x"]


def test_a_table_of_a_frame_has_nothing_to_read_again(table: ModelTable) -> None:
    with pytest.raises(InvokeAIError, match="a frame, not a server"):
        table.refresh()


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
