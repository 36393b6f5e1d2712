"""What a search, filters and a sort leave, and in which order. js/test/views.test.ts asks the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library import frame_of
from invokeai_widgets.library.catalog import FACETS, STATES, Catalog
from invokeai_widgets.library.query import Query, counts, extent, first_rows, rows

SAMPLE = json.loads(Path(__file__).with_name("views.json").read_text("utf-8"))
RECORDS = [ModelRecord.from_wire(each) for each in SAMPLE["records"]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(frame_of(RECORDS, missing=SAMPLE["missing"]))


@pytest.mark.parametrize(
    "view", SAMPLE["views"], ids=lambda view: json.dumps(view["query"], ensure_ascii=True)
)
def test_a_view_leaves_these_rows_in_this_order(catalog: Catalog, view: dict[str, Any]) -> None:
    query = Query.of(**view["query"])
    assert [catalog.keys[row] for row in rows(catalog, query)] == view["keys"]
    found = {facet: {word: n for word, n in of.items() if n} for facet, of in counts(catalog, query).items()}
    assert found == view["counts"]


@pytest.mark.parametrize("facet", FACETS)
def test_choosing_a_word_leaves_as_many_rows_as_was_said(catalog: Catalog, facet: str) -> None:
    before = Query.of(text="a", facets={"type": ["main", "lora", "vae", "unknown"]})
    for word, amount in counts(catalog, before)[facet].items():
        chosen = Query.of(before.text, {**before.facets, facet: [word]})
        if facet != "type":
            assert len(rows(catalog, chosen)) == amount


def test_an_empty_library_has_an_empty_view() -> None:
    nothing = Catalog(frame_of(()))
    assert rows(nothing, Query.of(text="x", sort=["size"])).tolist() == []
    assert set(counts(nothing, Query())) == set(FACETS)


@pytest.mark.parametrize(
    "column", ["key", "state", "trigger_phrases", "cover", "in_place", "missing", "hash"]
)
def test_every_column_that_can_be_shown_can_be_sorted_by(catalog: Catalog, column: str) -> None:
    up, down = (rows(catalog, Query.of(sort=[(column, way)])) for way in ("asc", "desc"))
    assert sorted(up) == sorted(down) == list(range(len(RECORDS)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"facets": {"colour": ["red"]}},
        {"facets": "base"},
        {"sort": ["colour"]},
        {"sort": [("name", "sideways")]},
        {"sort": [3]},
        {"sort": [("name", "asc", 1)]},
        {"sort": ("size", "desc")},
        {"facets": {"state": ["Missing"]}},
        {"text": 3},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        Query.of(**wrong)
    assert refused.value.message


def test_a_query_goes_to_the_browser_and_back() -> None:
    query = Query.of("x", {"base": "sdxl", "state": []}, [("size", "desc"), "name"])
    assert query.facets == {"base": ("sdxl",)}
    assert Query.of(**json.loads(json.dumps(query.to_wire()))) == query
    assert Query.of(sort={"size": "desc"}).sort == (("size", "desc"),)


def test_thousands_of_rows_are_sorted_as_python_sorts_them() -> None:
    random = np.random.default_rng(0)
    records = [
        ModelRecord.from_wire(
            {"key": f"{n:05}", "name": "N", "type": random.choice(["main", "lora"]), "file_size": int(size)}
        )
        for n, size in enumerate(random.integers(0, 2**40, 3000))
    ]
    catalog = Catalog(frame_of(records))
    found = [records[row] for row in rows(catalog, Query.of(sort=["type", ("size", "desc")]))]
    assert found == sorted(records, key=lambda r: (r.type, -(r.file_size or 0), r.key))


@pytest.mark.parametrize("count", [0, 1, 3, 5, 40])
def test_the_first_rows_are_those_of_the_view(count: int) -> None:
    """They are found without sorting all; names that are empty or equal are what that may get wrong."""
    names = ["zeta", "", "Alpha", "alpha", "", "ZETA", "beta"] * 8
    catalog = Catalog(frame_of(ModelRecord(key=f"k{n:02}", name=name) for n, name in enumerate(names)))
    for query in (Query(), Query.of(sort=[("name", "desc")]), Query.of("a")):
        assert first_rows(catalog, query, count) == rows(catalog, query)[:count].tolist()
        assert extent(catalog, query)[0] == len(rows(catalog, query))


TYPED = "abd flux\u03a3 .\\-\u00c4"


@given(
    texts=st.lists(st.text(TYPED, max_size=8), min_size=1, max_size=6),
    typed=st.lists(st.text(TYPED, max_size=4), max_size=8),
)
def test_typing_on_finds_what_the_whole_text_finds(texts: list[str], typed: list[str]) -> None:
    """The rows found so far are all that is looked through then."""
    frame = frame_of(
        ModelRecord(key=f"k{n}", name=text, type="lora", base="flux") for n, text in enumerate(texts)
    )
    catalog, text = Catalog(frame), ""
    for more in typed:
        text = text + more if more else text[:-1]
        query = Query.of(text)
        assert rows(catalog, query).tolist() == rows(Catalog(frame), query).tolist()
        assert counts(catalog, query) == counts(Catalog(frame), query)


def test_a_window_knows_the_states_that_the_whole_has() -> None:
    """It compares the hashes of its own rows only."""
    hashes = ["a", "b", "a", "", "", None, None, "c", "b", "d"]
    frame = frame_of(
        ModelRecord(key=f"k{n}", name="x", hash=one or "", path="/mine" if n % 3 else "own")
        for n, one in enumerate(hashes)
    )
    frame.loc["k5", "hash"] = None
    whole = Catalog(frame).state.tolist()
    catalog = Catalog(frame)
    for window in ([7], [0, 1], [8, 3, 5, 0], list(range(10))):
        assert catalog.some(["state"], window)["state"] == [whole[row] for row in window]
    duplicates = [bool(bits & 1 << STATES.index("duplicate")) for bits in whole]
    assert duplicates == [one in ("a", "b") for one in hashes]
