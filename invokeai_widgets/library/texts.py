"""`Texts`: many lower-case texts in one piece of memory, where a search reads on instead of jumping about."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

import numpy as np
import numpy.typing as npt

_Mask = npt.NDArray[np.bool_]

_SEPARATOR = b"\n"  # in no term, as those have no white space
_MANY = 10  # if a tenth of the texts has a term, it is quicker to ask each of the others than to read on


class Texts:
    """What a search looks through: a text for each row. It never changes."""

    def __init__(self, texts: Iterable[str]) -> None:
        parts = list(map(_bytes, texts))
        lengths = np.fromiter(map(len, parts), np.intp, len(parts))
        self._all = _SEPARATOR.join(parts)
        self._ends = np.cumsum(lengths + len(_SEPARATOR)) - len(_SEPARATOR)
        self._starts = self._ends - lengths

    def __len__(self) -> int:
        return len(self._ends)

    def having(self, term: str, among: _Mask) -> _Mask:
        """Which of the rows `among` have the term, a word in lower case, in their text."""
        wanted, found = _bytes(term), np.zeros(len(self), dtype=bool)
        left = among.copy()
        if np.count_nonzero(among) * 2 > len(self):
            self._read_on(wanted, found, left)
        found &= among
        self._ask_each(wanted, found, left)
        return found

    def _read_on(self, term: bytes, found: _Mask, left: _Mask) -> None:
        """Note the rows that have it until there are too many; what was not read then is left."""
        hits: list[int] = []
        at = self._all.find(term)
        while at >= 0 and len(hits) * _MANY <= len(self):
            hits.append(at)
            at = self._all.find(term, at + len(term))
        rows = np.searchsorted(self._ends, hits)
        found[rows] = True
        left[: len(self) if at < 0 else rows[-1] + 1] = False

    def _ask_each(self, term: bytes, found: _Mask, left: _Mask) -> None:
        starts, ends = self._starts[left].tolist(), self._ends[left].tolist()
        places = map(self._all.find, repeat(term), starts, ends)
        found[left] = np.fromiter(places, np.intp, len(starts)) >= 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # the name of a file may have half a character
