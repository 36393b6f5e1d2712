"""The frame of models: the same columns and dtypes whatever the records hold, and the right values."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from invokeai_widgets import InvokeAIClient, demo
from invokeai_widgets.client.endpoints.readers import model_list, passing_models
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library import columns, conform, frame, frame_of

DTYPES = {"text": "string", "category": "category", "bytes": "Int64", "flag": "bool", "object": "object"}


def record(key: str = "k1", **fields: Any) -> ModelRecord:
    return ModelRecord.from_wire({"key": key, "name": "A model", "type": "lora", "base": "sdxl", **fields})


def kinds(models: pd.DataFrame) -> dict[str, str]:
    return {name: str(dtype) for name, dtype in models.dtypes.items()}


@pytest.mark.parametrize("records", [[], [record()], [record(f"k{n}", description="x") for n in range(3)]])
def test_the_dtypes_are_those_that_are_documented(records: list[ModelRecord]) -> None:
    assert kinds(frame_of(records)) == {c.name: DTYPES[c.kind] for c in columns.COLUMNS}
    assert frame_of(records).index.name == "key"


def test_sizes_are_exact_beyond_what_32_bits_and_floats_hold() -> None:
    """A peer shows 24 GB as -47548605; a float would round the last of these."""
    sizes = [2**31, 2**32 + 1, 24_000_000_003, 2**53 + 1]
    models = frame_of(record(f"k{n}", file_size=size) for n, size in enumerate(sizes))
    assert models["size"].tolist() == sizes


def test_what_the_server_does_not_say_is_missing() -> None:
    row = frame_of([record(file_size=None, description=None)]).loc["k1"]
    assert row["size"] is pd.NA
    assert row["description"] is pd.NA
    assert pd.isna(row["variant"])


@pytest.mark.parametrize(
    ("path", "in_place"),
    [
        ("/srv/models/a.safetensors", True),
        (r"C:\models\a.safetensors", True),
        ("d:/models/a.safetensors", True),
        (r"\\nas\models\a.safetensors", True),
        ("b2c3/a.safetensors", False),
        ("a:b/c.safetensors", False),
        ("", False),
    ],
)
def test_an_absolute_path_means_in_place(path: str, in_place: bool) -> None:
    assert frame_of([record(path=path)])["in_place"].tolist() == [in_place]


@pytest.mark.parametrize(
    "source",
    [
        "https://user:hunter2@host/a.safetensors",
        "https://host/a?token=hunter2",
        "https://host/a?x=1&api_key=hunter2",
    ],
)
def test_a_secret_of_a_source_is_in_no_frame(source: str) -> None:
    assert "hunter2" not in frame_of([record(source=source)])["source"].iloc[0]


def test_trigger_phrases_are_sorted_since_the_server_keeps_them_in_no_order() -> None:
    assert frame_of([record(trigger_phrases=["b", "a"])])["trigger_phrases"].iloc[0] == ("a", "b")


def test_the_missing_are_named_from_outside() -> None:
    models = frame_of([record("k1"), record("k2")], missing={"k2"})
    assert models["missing"].tolist() == [False, True]


# -- from a server -------------------------------------------------------------------------------------------


def test_a_frame_read_without_objects_is_that_of_the_records() -> None:
    with demo.serve(models=60) as url, InvokeAIClient.from_url(url) as client:
        models = frame(client)
        repo = client.dnn_model_repo
        missing = {model.key for model in repo.list_missing_models()}
        by_records = frame_of(repo.list_models(), missing=missing)
    assert len(models) == 60
    pd.testing.assert_frame_equal(models, by_records)


ODD = [
    {"file_size": "12"},
    {"file_size": True},
    {"trigger_phrases": ["a", 7]},
    {"trigger_phrases": "a"},
    {"default_settings": []},
    {"name": None, "type": None},
    {"variant": {"new": "shape"}},
    {"description": 5},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_an_odd_value_reads_as_it_does_in_a_record(odd: dict[str, Any]) -> None:
    wire = {"key": "k1", "name": "x", "type": "lora", "path": "p", **odd}
    models = frame_of(passing_models(json.dumps({"models": [wire]}).encode()))
    pd.testing.assert_frame_equal(models, frame_of([ModelRecord.from_wire(wire)]))


@pytest.mark.parametrize("read", [passing_models, model_list])
@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"models": 3}', b"<html>", b"", b"\xff"])
def test_what_is_no_list_of_models_is_refused(body: bytes, read: Callable[[bytes], object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(body)


# -- from any frame ------------------------------------------------------------------------------------------


def test_a_frame_of_names_is_enough() -> None:
    models = conform(pd.DataFrame({"name": ["A", "B"], "size": [2**33, None]}))
    assert kinds(models) == {c.name: DTYPES[c.kind] for c in columns.COLUMNS}
    assert models.index.tolist() == ["0", "1"]
    assert models["size"].tolist() == [2**33, pd.NA]


def test_the_column_key_becomes_the_index() -> None:
    assert conform(pd.DataFrame({"key": ["x"], "name": ["A"]})).index.tolist() == ["x"]


def test_the_column_key_is_taken_in_any_order_of_the_rows() -> None:
    turned = pd.DataFrame({"key": ["x", "y"], "name": ["B", "A"]}).sort_values("name")
    assert conform(turned).index.tolist() == ["y", "x"]


@pytest.mark.parametrize("nothing", [None, pd.NA, pd.NaT, float("nan"), np.float32("nan"), Decimal("nan")])
def test_nothing_is_nothing_however_it_is_written(nothing: object) -> None:
    odd = pd.DataFrame(
        {"name": ["a"], **{c: pd.Series([nothing], dtype="object") for c in ("hash", "cover", "size")}}
    )
    read = conform(odd).iloc[0]
    assert (read["hash"], read["size"], read["cover"]) == (pd.NA, pd.NA, False)


def test_what_only_has_our_dtypes_is_read_with_care() -> None:
    models = frame_of([record("1", trigger_phrases=["a"])])
    models.index = pd.Index([1], name="key")
    assert conform(models).index.tolist() == ["1"]
    models["trigger_phrases"] = pd.Series(["abc"], index=models.index, dtype="object")
    assert conform(models)["trigger_phrases"].tolist() == [("abc",)]


def test_a_size_that_no_file_has_is_missing() -> None:
    assert frame_of([record(file_size=2**63), record("k2", file_size=5)])["size"].tolist() == [pd.NA, 5]


def test_a_conforming_frame_is_taken_as_it_is() -> None:
    models = frame_of([record()])
    pd.testing.assert_frame_equal(conform(models), models)


@pytest.mark.parametrize(
    "wrong", [pd.DataFrame({"size": [1]}), pd.DataFrame({"key": ["x", "x"], "name": ["A", "B"]})]
)
def test_a_frame_without_names_or_with_equal_keys_is_refused(wrong: pd.DataFrame) -> None:
    with pytest.raises(InvalidInput) as refused:
        conform(wrong)
    assert refused.value.advice


def test_half_a_character_is_kept() -> None:
    models = frame_of([record(path="/models/\udcff.safetensors")])
    assert models["path"].tolist() == ["/models/\udcff.safetensors"]


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_text_comes_back_unchanged(names: list[str]) -> None:
    models = frame_of(record(f"k{n}", name=name) for n, name in enumerate(names))
    assert models["name"].tolist() == names


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pd.DataFrame({"name": ["a"], "size": ["12 GB"]}), "'12 GB' cannot be in the column 'size'"),
        (pd.DataFrame({"name": ["a"], "size": [float("inf")]}), "inf cannot be in the column 'size'"),
        (pd.DataFrame({"name": ["a"], "size": [2**64]}), "cannot be in the column 'size'"),
        (pd.DataFrame({"name": ["a"], "missing": ["maybe"]}), "'maybe' cannot be in the column 'missing'"),
        (pd.DataFrame({"name": ["a"], "missing": [12.7]}), "12.7 cannot be in the column 'missing'"),
        (pd.DataFrame({"name": ["a"], "size": [12.7]}), "12.7 cannot be in the column 'size'"),
        (pd.DataFrame({"name": ["a"], "default_settings": ["x"]}), "'x' cannot be in the column"),
        (pd.DataFrame({"name": ["a"], "key": [None]}), "A row has no key"),
        (pd.DataFrame([["a", "b"]], columns=["name", "name"]), "Two columns are called 'name'"),
        (
            pd.DataFrame([["a"]], columns=pd.MultiIndex.from_tuples([("name", "first")])),
            "more than one level",
        ),
    ],
    ids=[
        "text",
        "infinite",
        "too large",
        "no flag",
        "no flag either",
        "a part",
        "no settings",
        "no key",
        "twice",
        "levels",
    ],
)
def test_what_a_table_cannot_hold_is_refused_in_words(frame: pd.DataFrame, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        conform(frame)


def test_a_frame_comes_back_from_a_csv_file_as_it_was() -> None:
    whole = {"hash": "h", "path": "p", "source": "s", "description": "d", "source_type": "url"}
    models = frame_of(
        [
            record(
                "k1", **whole, trigger_phrases=["b, c", "it's"], default_settings={"width": 512, "vae": None}
            ),
            record("k2", **whole, file_size=2**40, cover_image="http://x/y", trigger_phrases=[]),
            record("k3", **{**whole, "path": "/elsewhere/x", "description": "two\nlines", "source": "(a"}),
        ],
        missing={"k2"},
    )
    back = conform(pd.read_csv(io.StringIO(models.to_csv())))
    pd.testing.assert_frame_equal(back, models)


@pytest.mark.parametrize(
    ("written", "read"), [("False", False), ("true", True), (" no ", False), ("1", True), (0.0, False)]
)
def test_true_and_false_may_be_words(written: object, read: bool) -> None:
    models = conform(pd.DataFrame({"name": ["a"], "missing": [written]}))
    assert models["missing"].tolist() == [read]


@pytest.mark.parametrize(
    "written",
    ["phrase", "(not, a tuple", "__import__('os')", "(1)", "[None]", "{'a': 1}", "{{1}}", "[0x1for x]"],
)
def test_a_text_in_the_place_of_phrases_is_one_phrase(written: str) -> None:
    models = conform(pd.DataFrame({"name": ["a"], "trigger_phrases": [written]}))
    assert models["trigger_phrases"].tolist() == [(written,)]


def test_a_frame_is_not_changed_with_the_one_it_was_made_of() -> None:
    given = conform(pd.DataFrame({"key": ["a", "b"], "name": ["one", "two"]}))
    kept = conform(given)
    given.loc["a", "name"] = "changed"
    given["size"] = 1
    assert kept["name"].tolist() == ["one", "two"]
    assert kept["size"].isna().all()
