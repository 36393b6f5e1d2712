"""A list that is read while it arrives holds what it would hold if it were read at once."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from invokeai_widgets import InvokeAIClient
from invokeai_widgets.client.endpoints import listing, readers
from invokeai_widgets.client.errors import UnexpectedReply, Unreachable
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library import frame
from tests.support.schemas import ANYTHING, unheard_of
from tests.support.scripted import VERSION, Answer, ScriptedServer, Seen

COMPACT = (",", ":")
#: What looks like the end of a record and the beginning of the next: inside of texts, and of records.
TEXTS = st.text() | st.sampled_from(['},{"key":1', "},{", '"},{"key":"', '\\"},{\\"key'])
KEYED = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner)
        | st.builds(lambda key, more: {"key": key, **more}, inner, st.dictionaries(TEXTS, inner))
    ),
)
RECORDS = st.builds(lambda key, more: {"key": key, **more}, TEXTS, st.dictionaries(TEXTS, KEYED, max_size=3))


class Reads:
    """A reader of lists that remembers what it was given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, body: bytes) -> list[ModelRecord]:
        self.sizes.append(len(body))
        return readers.model_list(body)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_PIECE", 1)


def listed(body: bytes, cuts: list[int], read: Any = readers.model_list) -> list[dict[str, Any]]:
    """The records of a body that comes in pieces."""
    reading = listing.kept(read)
    for start, end in pairwise([0, *sorted(cuts), len(body)]):
        reading.add(body[start:end])
    return [record.to_wire() for record in reading.result()]


@given(st.lists(RECORDS | unheard_of("Record") | ANYTHING, max_size=6), st.data())
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@pytest.mark.usefixtures("small")
def test_wherever_it_is_torn_it_is_the_same_list(raw: list[Any], data: st.DataObject) -> None:
    separators = data.draw(st.sampled_from([COMPACT, None]))
    body = json.dumps({"models": raw, "total": 7}, separators=separators, ensure_ascii=False).encode()
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=8))
    assert listed(body, cuts) == [each for each in raw if isinstance(each, dict)]


def body_of(count: int, **more: Any) -> bytes:
    models = [{"key": f"k{n}", "name": "x" * 700, "type": "lora", **more} for n in range(count)]
    return json.dumps({"models": models}, separators=COMPACT).encode()


def test_most_of_a_long_list_is_read_before_its_end_has_come() -> None:
    body, read = body_of(2_000), Reads()
    found = listed(body, list(range(0, len(body), 1 << 16)), read)
    assert [each["key"] for each in found] == [f"k{n}" for n in range(2_000)]
    assert len(read.sizes) >= 4
    assert max(read.sizes) < len(body) / 3


@pytest.mark.usefixtures("small")
def test_one_odd_record_is_read_as_it_is_and_the_others_as_ever() -> None:
    body = body_of(9).replace(b'"k4","name"', b'"k4","file_size":"large","name"')
    assert [each.get("file_size") for each in listed(body, [3_000, 4_000])] == [None] * 4 + ["large"] + [
        None
    ] * 4


def test_objects_inside_of_a_record_that_begin_as_records_do_stop_the_cutting() -> None:
    body, read = body_of(900, parts=[{"key": "a"}, {"key": "b"}]), Reads()
    cut_inside = [body.index(b'},{"key":"b"', 300_000) + 12]
    assert len(listed(body, cut_inside, read)) == 900
    assert read.sizes[-1] == len(body)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"models": 3}', b"<html>", b"", b"\xff", body_of(4)[:-9]])
@pytest.mark.usefixtures("small")
def test_what_is_no_list_of_models_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        listed(body, [len(body) // 2])


# -- from a server -------------------------------------------------------------------------------------------

LONG = body_of(3_000)
LOST = Answer(body=LONG[: len(LONG) // 2], headers={"Content-Length": str(len(LONG))}, close=True)


class Library:
    """A server whose list of models comes as told, one answer after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.left = list(answers)

    def __call__(self, seen: Seen) -> Answer:
        if seen.path.endswith("/version"):
            return VERSION
        if seen.path.endswith("/missing"):
            return Answer(body={"models": []})
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_long_list_of_a_server(encoding: str) -> None:
    body = gzip.compress(LONG) if encoding == "gzip" else LONG
    answer = Answer(body=body, headers={"Content-Encoding": encoding})
    with ScriptedServer(Library(answer)) as server, InvokeAIClient.from_url(server.url) as client:
        assert [model.key for model in client.dnn_model_repo.list_models()] == [f"k{n}" for n in range(3_000)]
        assert frame(client).index.tolist() == [f"k{n}" for n in range(3_000)]


def test_a_list_that_was_lost_half_way_is_asked_for_again_and_no_model_is_there_twice() -> None:
    library = Library(LOST, Answer(body=LONG), LOST, Answer(body=LONG))
    with ScriptedServer(library) as server, InvokeAIClient.from_url(server.url) as client:
        assert len(client.dnn_model_repo.list_models()) == 3_000
        assert len(frame(client)) == 3_000


def test_a_list_that_is_lost_each_time_is_no_shorter_list() -> None:
    with ScriptedServer(Library(LOST)) as server, InvokeAIClient.from_url(server.url) as client:
        with pytest.raises(Unreachable, match=r"list the models: the connection .* was lost"):
            client.dnn_model_repo.list_models()
        with pytest.raises(Unreachable, match=r"list the models"):
            frame(client)


def test_a_list_that_ends_in_mid_record_makes_no_sense() -> None:
    with (
        ScriptedServer(Library(Answer(body=LONG[:-500]))) as server,
        InvokeAIClient.from_url(server.url) as client,
    ):
        with pytest.raises(UnexpectedReply, match="list the models"):
            client.dnn_model_repo.list_models()
        with pytest.raises(UnexpectedReply, match="list the models"):
            frame(client)
