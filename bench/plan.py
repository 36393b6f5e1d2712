"""What of the whole is measured in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Plan:
    """All of it, unless told otherwise: `quick` is a smoke run, `rows` and `cases` name a part."""

    quick: bool = False
    rows: tuple[int, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether its figures may stand for the project's."""
        return self == Plan()

    def rounds(self, count: int) -> int:
        """How many rounds, where a whole run has `count`."""
        return 1 if self.quick else count

    def sizes(self, rounds: Mapping[int, int]) -> dict[int, int]:
        """Rounds by number of rows, where a whole run has `rounds`; another size gets those of the next
        one."""
        wanted = self.rows or ((min(rounds),) if self.quick else tuple(rounds))
        return {
            size: self.rounds(rounds[min(rounds, key=lambda known: abs(known - size))]) for size in wanted
        }

    def chosen(self, cases: Mapping[str, _T]) -> dict[str, _T]:
        """The cases that are named, or all if none of these are."""
        return {name: case for name, case in cases.items() if name in self.cases} or dict(cases)


def unknown(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those of the names that are not known."""
    return sorted(set(names) - set(known))
