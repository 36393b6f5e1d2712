"""What a bench hands over: measures, their spread, and ratios between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

OURS, PEER, FLOOR = "ours", "peer", "floor"
HIGHER_IS_BETTER = frozenset({"frames a second", "last state delivered"})


@dataclass(frozen=True)
class Measure:
    """One figure of one case, with a value per round.

    Ours is compared with a peer's figure of the same family, `what`, `size` and `task`.

    `values` are in the order of the rounds: cases of a round ran side by side, so they are divided pairwise.
    No values at all: the case could not do it, and `note` says why.
    """

    family: str
    case: str
    role: str
    what: str
    size: int | None
    unit: str
    values: tuple[float, ...] = ()
    note: str = ""
    task: str = ""


@dataclass(frozen=True)
class Spread:
    """Median, least and most of a figure over the rounds of one run."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values))

    def __str__(self) -> str:
        middle = _short(self.median)
        return middle if self.low == self.high else f"{middle} ({_short(self.low)}-{_short(self.high)})"


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(measure: Measure, base: Measure) -> Spread:
    """`measure` to `base`, round by round where both have the same rounds."""
    if len(measure.values) == len(base.values):
        return Spread.of(
            [a / b if b else float("inf") for a, b in zip(measure.values, base.values, strict=True)]
        )
    middle = median(base.values)
    return Spread.of([a / middle for a in measure.values])


def find(measures: Sequence[Measure], family: str, case: str, what: str, size: int | None) -> Measure | None:
    """The measure of that name with values, or None."""
    for m in measures:
        if (m.family, m.case, m.what, m.size) == (family, case, what, size) and m.values:
            return m
    return None
