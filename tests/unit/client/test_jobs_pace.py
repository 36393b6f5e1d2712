"""Speed, time left and stall, from bytes and a clock of our own."""

from __future__ import annotations

import pytest

from invokeai_widgets.client.pace import STALL, Pace
from invokeai_widgets.client.schema import ModelInstJobInfo

MB = 1_000_000


def downloading(count: int, total: int = 100 * MB, status: str = "downloading") -> ModelInstJobInfo:
    return ModelInstJobInfo(job_id=1, status=status, bytes=count, total_bytes=total)


def test_a_steady_download() -> None:
    pace = Pace()
    shown = [pace.show(downloading(second * 2 * MB), float(second)) for second in range(11)]
    assert shown[0].speed is None
    assert shown[-1].speed == pytest.approx(2 * MB)
    assert shown[-1].eta == pytest.approx(40)


def test_a_jump_is_smoothed() -> None:
    pace = Pace()
    for second in range(10):
        pace.show(downloading(second * MB), float(second))
    speed = pace.show(downloading(19 * MB), 10.0).speed
    assert speed is not None
    assert MB < speed < 5 * MB  # ten times as fast, for one second


def test_quick_news_is_not_taken_for_speed() -> None:
    pace = Pace()
    pace.show(downloading(0), 0.0)
    assert pace.show(downloading(MB), 0.001).speed is None


def test_a_stall_and_its_end() -> None:
    pace = Pace()
    pace.show(downloading(0), 0.0)
    pace.show(downloading(MB), 1.0)
    assert not pace.is_stalled(1.0 + STALL / 2)
    assert pace.is_stalled(1.0 + STALL)
    still = pace.show(downloading(MB), 1.0 + STALL)
    assert (still.speed, still.eta) == (0.0, None)
    assert pace.show(downloading(3 * MB), 3.0 + STALL).speed == pytest.approx(2 * MB / (STALL + 2))


def test_nothing_is_said_of_what_does_not_download() -> None:
    pace = Pace()
    pace.show(downloading(0), 0.0)
    pace.show(downloading(MB), 1.0)
    for status in ("paused", "running", "completed", "error"):
        info = downloading(MB, status=status)
        assert pace.show(info, 100.0) is info
        assert not pace.is_stalled(200.0)


# The pause counted as time in which nothing came.
def test_a_pause_does_not_slow_it_down() -> None:
    pace = Pace()
    pace.show(downloading(0), 0.0)
    pace.show(downloading(MB), 1.0)
    pace.show(downloading(MB, status="paused"), 2.0)
    pace.show(downloading(MB), 1000.0)
    assert pace.show(downloading(2 * MB), 1001.0).speed == pytest.approx(MB)


def test_without_a_total_there_is_no_time_left() -> None:
    pace = Pace()
    pace.show(downloading(0, 0), 0.0)
    shown = pace.show(downloading(MB, 0), 1.0)
    assert (shown.speed, shown.eta) == (pytest.approx(MB), None)


def test_a_new_run_is_measured_anew() -> None:
    pace = Pace()
    pace.show(downloading(50 * MB), 0.0)
    assert pace.show(downloading(0), 1.0).speed is None
    assert pace.show(downloading(MB), 2.0).speed == pytest.approx(MB)
