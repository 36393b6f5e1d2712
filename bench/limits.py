"""Every figure that this project promises, in one place, and whether a run kept it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.measure import Measure, Spread, find, ratio

MET, MISSED, NOT_MEASURED = "met", "missed", "not measured"


@dataclass(frozen=True)
class Limit:
    """`case`'s `what` at `size` is at most (or, `least`, at least) `bound`; with `to`, that many times this
    other case.

    `to_what` and `to_size` name another figure of the other case where it is not the same one.
    """

    family: str
    case: str
    what: str
    size: int | None
    bound: float
    to: str = ""
    to_what: str = ""
    to_size: int | None = None
    least: bool = False

    def judge(self, measures: Sequence[Measure]) -> Verdict:
        """By the median of the run."""
        found = find(measures, self.family, self.case, self.what, self.size)
        base = find(
            measures,
            self.family,
            self.to,
            self.to_what or self.what,
            self.to_size if self.to_size else self.size,
        )
        if found is None or (self.to and base is None):
            return Verdict(self, NOT_MEASURED, None, "")
        spread = ratio(found, base) if base is not None and self.to else Spread.of(found.values)
        kept = spread.median >= self.bound if self.least else spread.median <= self.bound
        return Verdict(self, MET if kept else MISSED, spread, "x" if self.to else found.unit)


@dataclass(frozen=True)
class Verdict:
    """What came of a limit."""

    limit: Limit
    state: str
    spread: Spread | None
    unit: str


def _list(case: str, size: int, bound: float) -> Limit:
    return Limit("client_list", case, "time", size, bound, to="httpx.Client bytes")


def _table(what: str, bounds: dict[int, float], *, to: str = "", least: bool = False) -> tuple[Limit, ...]:
    return tuple(
        Limit("tables", "ModelTable", what, size, bound, to=to, least=least) for size, bound in bounds.items()
    )


def _running(case: str) -> Iterator[Limit]:
    for load in ("files", "downloads"):
        yield Limit("queue", case, f"worst frame, {load}", None, 200)
        yield Limit("queue", case, f"completed jobs shown, {load}", None, 300, least=True)


LIMITS: tuple[Limit, ...] = (
    _list("list_models", 10_000, 2.7),
    _list("frame", 10_000, 2.7),
    _list("frame", 100_000, 2.5),
    Limit("client_list", "frame", "peak memory", 100_000, 3.0, to="the body itself"),
    Limit("imports", "import invokeai_widgets", "beyond a bare interpreter", None, 30),
    Limit("imports", "client in use", "beyond a bare interpreter", None, 0.5, to="import pandas"),
    *_table("first row", {1_000: 1.5, 10_000: 1.5, 100_000: 1.5}, to="floor-window"),
    Limit("tables", "ModelTable", "first row", 100_000, 1.5, to="ModelTable", to_size=1_000),
    *_table("wire until the first row", {1_000: 80, 10_000: 80, 100_000: 80}),
    *_table("sort", {1_000: 50, 10_000: 50}),  # the data is in the tab
    *_table("search", {1_000: 50, 10_000: 50}),
    *_table("sort", {100_000: 1.2}, to="floor-window"),  # only the kernel can answer
    *_table("search", {100_000: 1.2}, to="floor-window"),
    *_table("frames a second", {1_000: 58, 10_000: 58, 100_000: 58}, least=True),
    *_table("frames over 50 ms", {1_000: 2, 10_000: 2, 100_000: 2}),
    *_table("tab growth", {1_000: 10, 10_000: 15, 100_000: 65}),
    *_table("saved notebook", {10_000: 20}),
    Limit("tables", "table", "JavaScript", None, 50),
    Limit("tables", "queue", "JavaScript", None, 50),
    Limit("progress", "event not due", "time", None, 0.5),
    Limit("progress", "burst of events", "messages a second", None, 20),
    Limit("progress", "burst of events", "last state delivered", None, 1, least=True),
    *_running("InstallQueue"),
    *_running("ModelManager"),
    Limit("queue", "ModelManager", "models in the table, files", None, 300, least=True),
    Limit("demo", "embedded server", "start", None, 500),
    Limit("demo", "embedded server", "list", 1_000, 1.0, to="InvokeAI"),
    Limit("demo", "embedded server", "list", 10_000, 1.0, to="InvokeAI"),
    Limit("demo", "embedded server", "records held", 100_000, 100_000, least=True),
)


def judge(measures: Sequence[Measure]) -> list[Verdict]:
    """All limits of the families that were measured, missed ones first, then those that could not be
    judged."""
    families = {m.family for m in measures}
    verdicts = [limit.judge(measures) for limit in LIMITS if limit.family in families]
    return sorted(verdicts, key=lambda v: (MISSED, NOT_MEASURED, MET).index(v.state))


def all_met(measures: Sequence[Measure]) -> bool:
    """Whether no limit was missed, and none could not be judged."""
    return all(verdict.state == MET for verdict in judge(measures))
