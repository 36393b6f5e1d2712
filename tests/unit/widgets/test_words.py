"""Numbers in words; the browser's are in js/test/format.test.ts, by the same rules."""

from __future__ import annotations

import pytest

from invokeai_widgets.widgets import words


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (16_384, "16 kB"),
        (330_000_000, "330 MB"),
        (12_700_000_000, "12.70 GB"),
        (1_500_000_000_000, "1.50 TB"),
        (None, ""),
    ],
)
def test_a_size(count: int | None, text: str) -> None:
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("done", "total", "text"),
    [
        (9e9, 23.84e9, "9.0 of 23.8 GB"),
        (104e6, 170e6, "104 of 170 MB"),
        (1.2e6, 5e6, "1.2 of 5.0 MB"),
        (40e9, 1.25e12, "0.04 of 1.25 TB"),
    ],
)
def test_so_much_of_a_size(done: float, total: float, text: str) -> None:
    assert words.size_of(done, total) == text


@pytest.mark.parametrize(("rate", "text"), [(62e6, "62 MB/s"), (1.3e6, "1.3 MB/s"), (0, ""), (None, "")])
def test_a_speed(rate: float | None, text: str) -> None:
    assert words.speed(rate) == text
