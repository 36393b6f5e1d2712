"""What happens to the snapshot, action by action; and when subscribers hear of it."""

from __future__ import annotations

import asyncio

import pytest

from invokeai_widgets.client.schema import ModelInstJobInfo, ModelRecord
from invokeai_widgets.live.store import (
    BusyEnded,
    BusyStarted,
    JobsListed,
    Learned,
    LinkChanged,
    MissingListed,
    ModelPut,
    ModelsListed,
    ModelsRemoved,
    Problem,
    ProblemCleared,
    ProblemRaised,
    Snapshot,
    Store,
    reduce,
)


def record(key: str, **fields: object) -> ModelRecord:
    return ModelRecord.from_wire({"key": key, "name": key, **fields})


def listed(*keys: str) -> Snapshot:
    return reduce(Snapshot(), ModelsListed([record(key) for key in keys], at=1.0))


def test_a_list_that_says_nothing_new_keeps_every_record() -> None:
    before = listed("a", "b")
    # The cover's tag is new in every answer of the server.
    again = [record("a", cover_image="x?1"), record("b")]
    once = reduce(before, ModelsListed(again, at=2.0))
    twice = reduce(once, ModelsListed([record("a", cover_image="x?2"), record("b")], at=3.0))
    assert once.models["b"] is before.models["b"]
    assert twice.models is once.models
    assert twice.loaded_at == 3.0


def test_what_is_gone_from_the_list_is_missing_no_more() -> None:
    before = reduce(listed("a", "b"), MissingListed(frozenset({"a", "b"})))
    assert reduce(before, ModelsListed([record("b")], at=2.0)).missing == {"b"}
    assert reduce(before, ModelsRemoved(frozenset({"b"}))).missing == {"a"}


def test_a_converted_model_takes_the_place_of_the_old_one() -> None:
    after = reduce(listed("a", "b"), ModelPut(record("c"), replaces="a"))
    assert set(after.models) == {"b", "c"}
    assert set(reduce(listed("a"), ModelPut(record("a", name="new"), replaces="a")).models) == {"a"}


@pytest.mark.parametrize(
    "action",
    [
        ModelsRemoved(frozenset({"nobody"})),
        MissingListed(frozenset()),
        JobsListed({}),
        BusyEnded(frozenset({"nobody"}), "delete"),
        LinkChanged("connecting", 5.0),
        ProblemCleared(),
        Learned({"version": None}),
    ],
)
def test_what_changes_nothing_gives_the_same_snapshot(action: object) -> None:
    before = listed("a")
    assert reduce(before, action) is before  # type: ignore[arg-type]


def test_a_change_touches_one_part_only() -> None:
    before = listed("a")
    after = reduce(before, BusyStarted(frozenset({"a"}), "delete"))
    assert after.busy == {"a": "delete"}
    assert after.models is before.models
    assert after.revision == before.revision + 1


def test_a_verb_that_ends_takes_no_others_mark_away() -> None:
    key = frozenset({"a"})
    both = reduce(reduce(listed("a"), BusyStarted(key, "convert")), BusyStarted(key, "update"))
    converting = reduce(both, BusyEnded(key, "update"))
    assert converting.busy == {"a": "convert"}
    assert reduce(converting, BusyEnded(key, "convert")).busy == {}


def test_jobs_are_the_same_while_none_of_them_changes() -> None:
    job = ModelInstJobInfo.from_wire({"id": 0, "status": "running"})
    before = reduce(Snapshot(), JobsListed({0: job}))
    assert reduce(before, JobsListed({0: job})) is before
    assert reduce(before, JobsListed({})).jobs == {}


def test_the_link_keeps_its_time_while_only_the_reason_changes() -> None:
    down = reduce(Snapshot(), LinkChanged("down", 1.0))
    told = reduce(down, LinkChanged("down", 2.0, "the server was stopped"))
    assert (told.link_since, told.link_reason) == (1.0, "the server was stopped")
    assert reduce(told, LinkChanged("live", 3.0)).link_since == 3.0


def test_a_problem_that_lasts_keeps_the_time_it_began() -> None:
    first = reduce(Snapshot(), ProblemRaised(Problem("No answer.", kind="Unreachable", since=1.0)))
    same = reduce(first, ProblemRaised(Problem("No answer.", kind="Unreachable", since=2.0)))
    assert same.problem is not None
    assert same.problem.since == 1.0
    assert reduce(same, ProblemCleared()).problem is None


@pytest.mark.anyio
async def test_subscribers_hear_the_last_state_and_not_each_one() -> None:
    store, heard = Store(interval=0.05), []
    unsubscribe = store.subscribe(heard.append)
    for number in range(100):
        store.dispatch(Learned({"version": str(number)}))
    while not heard or heard[-1].version != "99":
        await asyncio.sleep(0.01)
    assert len(heard) <= 2
    unsubscribe()
    store.dispatch(Learned({"version": "unheard"}))
    await asyncio.sleep(0.1)
    assert heard[-1].version == "99"


@pytest.mark.anyio
async def test_a_subscriber_that_fails_does_not_stop_the_others() -> None:
    def fail(_snapshot: Snapshot) -> None:
        raise ZeroDivisionError

    store, heard = Store(interval=0.0), []
    store.subscribe(fail)
    store.subscribe(heard.append)
    store.dispatch(Learned({"version": "1"}))
    while not heard:
        await asyncio.sleep(0.01)
    assert heard[-1].version == "1"
