"""What the benches make of their figures: limits, ratios and the order of the report. No figure is tested."""

from __future__ import annotations

from types import ModuleType

import pytest

from bench import limits, report
from bench.limits import Limit
from bench.measure import FLOOR, OURS, PEER, Measure, Spread, ratio
from bench.plan import Plan
from bench.rounds import Rounds, take_turns
from bench.workers import CaseFailedError

FAST = Measure("tables", "peer", PEER, "first row", 1_000, "ms", (10.0, 20.0))
FLOOR_ROW = Measure("tables", "floor-window", FLOOR, "first row", 1_000, "ms", (20.0, 40.0))
OUR_ROW = Measure("tables", "ModelTable", OURS, "first row", 1_000, "ms", (30.0, 80.0))
ROW = Limit("tables", "ModelTable", "first row", 1_000, 1.5, to="floor-window")


def test_ratios_are_taken_round_by_round() -> None:
    assert ratio(OUR_ROW, FLOOR_ROW) == Spread(1.75, 1.5, 2.0)


def test_a_ratio_of_unlike_rounds_is_to_the_median() -> None:
    once = Measure("tables", "peer", PEER, "first row", 1_000, "ms", (60.0,))
    assert ratio(once, FLOOR_ROW).median == 2.0


@pytest.mark.parametrize(
    ("ours", "state"), [((30.0, 60.0), limits.MET), ((30.0, 80.0), limits.MISSED), ((), limits.NOT_MEASURED)]
)
def test_a_limit_is_judged_by_the_median(ours: tuple[float, ...], state: str) -> None:
    measured = Measure("tables", "ModelTable", OURS, "first row", 1_000, "ms", ours)
    assert ROW.judge([measured, FLOOR_ROW]).state == state


def test_what_is_to_be_large_misses_by_being_small() -> None:
    frames = Measure("tables", "ModelTable", OURS, "frames a second", 1_000, "", (40.0,))
    assert Limit("tables", "ModelTable", "frames a second", 1_000, 58, least=True).judge([frames]).state == (
        limits.MISSED
    )


def test_the_report_begins_with_what_was_missed_and_where_a_peer_is_better() -> None:
    family = ModuleType("tables", "What is measured.")
    family.FAMILY, family.TITLE, family.BASE = "tables", "Tables", "floor-window"  # type: ignore[attr-defined]
    text = report.text([family], [OUR_ROW, FLOOR_ROW, FAST], command="python -m bench tables")
    parts = [
        text.index(part) for part in ("## Limits missed", "## Slower or bigger than a peer", "## Tables")
    ]
    assert parts == sorted(parts)
    assert "| ModelTable: first row at 1,000 | at most 1.5 x floor-window | 1.75 (1.50-2.00) x |" in text
    assert "| ModelTable: first row at 1,000 | 55.0 (30.0-80.0) ms | peer: 15.0 (10.0-20.0) ms |" in text


def test_a_part_of_the_sizes_gets_the_rounds_of_the_nearest() -> None:
    assert Plan(rows=(2_000, 100_000)).sizes({1_000: 5, 100_000: 2}) == {2_000: 5, 100_000: 2}
    assert Plan(quick=True).sizes({1_000: 5, 100_000: 2}) == {1_000: 1}


def test_cases_take_turns_and_the_first_round_does_not_count() -> None:
    asked: list[str] = []

    def once(case: str) -> float:
        asked.append(case)
        if case == "broken":
            raise CaseFailedError("it is broken")
        return float(len(asked))

    taken: Rounds = take_turns(["good", "broken", "better"], 2, once)
    assert asked == ["good", "broken", "better", "good", "better", "good", "better"]
    assert taken.of("good") == (4.0, 6.0)
    assert (taken.of("broken"), taken.note("broken")) == ((), "it is broken")
