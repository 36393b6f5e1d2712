"""Cases that take turns, so that what slows the machine for a while slows all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from bench.workers import CaseFailedError, Worker


@dataclass
class Rounds:
    """What came of every round: the values of each case and figure, and why a case failed."""

    values: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, case: str, once: Callable[[], Mapping[str, float]]) -> None:
        """Run a case once more, and keep its figures."""
        try:
            for what, value in once().items():
                self.values[case, what].append(value)
        except CaseFailedError as error:
            self.failed[case] = str(error)

    def of(self, case: str, what: str = "") -> tuple[float, ...]:
        """The values of a figure, in the order of the rounds."""
        return tuple(self.values.get((case, what), ()))

    def note(self, case: str) -> str:
        """Why it failed last; empty if it never did."""
        return self.failed.get(case, "")


def take_turns(cases: Iterable[str], rounds: int, once: Callable[[str], float]) -> Rounds:
    """`rounds` values of each case, after a round that only warms up. What failed once is not tried again."""
    names, warming, taken = list(cases), Rounds(), Rounds()
    for into in (warming, *[taken] * rounds):
        for case in names:
            if case not in warming.failed and case not in taken.failed:
                into.add(case, partial(_figure, once, case))
    taken.failed.update(warming.failed)
    return taken


def _figure(once: Callable[[str], float], case: str) -> dict[str, float]:
    return {"": once(case)}


def timed(module: str, urls: Mapping[str, str], rounds: int) -> Rounds:
    """Seconds of each case of a bench module, in a process of its own; `urls` says which server each asks."""
    with ExitStack() as stack:
        workers = {case: stack.enter_context(Worker(module, case)) for case in urls}
        return take_turns(urls, rounds, lambda case: workers[case].run(urls[case]))
