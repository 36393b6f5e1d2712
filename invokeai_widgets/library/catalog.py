"""`Catalog`: a frame of models made ready to be searched, sorted and counted. It never changes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from invokeai_widgets.library.labels import label

STATES = ("missing", "in place", "unknown", "duplicate")
"""What a row can be beside ordinary. A row's `state` has bit `1 << i` for the i-th."""

FACETS = ("base", "type", "format", "source_type", "state")
"""By what rows are counted and filtered; the words of `state` are `STATES`."""

SEARCHED = ("name", "description", "source", "path")
"""The free text that a search looks through, besides the words and labels of base, type and format."""

_WORDS = ("base", "type", "format")
_Codes = npt.NDArray[np.intp]


class Catalog:
    """The rows of one frame (see `library.columns`). Whatever it works out, it works out once, when asked."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.keys: list[str] = list(frame.index)
        self._values: dict[str, list[Any]] = {}
        self._ranks: dict[str, _Codes] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Where each key stands in the frame."""
        return {key: row for row, key in enumerate(self.keys)}

    def values(self, name: str) -> list[Any]:
        """A column as a list of plain values, None where missing. `key` and `state` are columns, too."""
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def _read(self, name: str) -> list[Any]:
        if name == "key":
            return self.keys
        if name == "state":
            return list(self.state.tolist())
        column = self.frame[name]
        if column.dtype == "category":
            words = [*column.cat.categories, None]  # code -1 is the last: missing
            return [words[code] for code in column.cat.codes.tolist()]
        if name == "trigger_phrases":
            return [None if phrases is None else ", ".join(phrases) for phrases in column]
        values: list[Any] = column.tolist()
        if str(column.dtype) in ("bool", "object"):
            return values
        return [None if value is pd.NA else value for value in values]

    @cached_property
    def state(self) -> npt.NDArray[np.uint8]:
        """The bits of `STATES` for each row."""
        frame = self.frame
        hashes = frame["hash"]
        known = (hashes.notna() & (hashes != "")).to_numpy(dtype=bool, na_value=False)
        twice = np.zeros(len(frame), dtype=bool)
        twice[known] = hashes[known].duplicated(keep=False).to_numpy()
        facts = (frame["missing"], frame["in_place"], frame["type"] == "unknown", twice)
        bits = np.zeros(len(frame), dtype=np.uint8)
        for bit, fact in enumerate(facts):
            bits |= np.asarray(fact, dtype=np.uint8) << bit
        return bits

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Bytes of each row, 0 where unknown."""
        return self.frame["size"].to_numpy(dtype=np.int64, na_value=0)

    @cached_property
    def texts(self) -> list[str]:
        """What a search looks through in each row, in lower case, a line for each field."""
        columns = [[value or "" for value in self.values(name)] for name in SEARCHED]
        return list(map(str.lower, map("\n".join, zip(*columns, strict=True))))

    def codes(self, facet: str) -> tuple[_Codes, list[str]]:
        """Each row's code, -1 where missing, and the words. Not for `state`: a row can have several."""
        categories = self.frame[facet].cat
        return categories.codes.to_numpy(dtype=np.intp), list(categories.categories)

    def rows_with_word(self, term: str) -> npt.NDArray[np.bool_]:
        """Which rows have a base, type or format whose word or label contains the lower-case term."""
        found = np.zeros(len(self), dtype=bool)
        for facet in _WORDS:
            codes, words = self.codes(facet)
            hits = [i for i, word in enumerate(words) if term in f"{word}\n{label(facet, word)}".lower()]
            if hits:
                found |= np.isin(codes, hits)
        return found

    # -- order ----------------------------------------------------------------------------------------------

    @cached_property
    def natural(self) -> _Codes:
        """Each row's place by name (upper and lower case alike), then by key: no two rows share one."""
        names = [(name or "").lower() for name in self.values("name")]
        by_name = sorted(range(len(self)), key=list(zip(names, self.keys, strict=True)).__getitem__)
        places = np.empty(len(self), dtype=np.intp)
        places[by_name] = np.arange(len(self))
        return places

    def rank(self, name: str) -> _Codes:
        """Each row's rank in a column, equal for equal values, -1 where there is none."""
        if name not in self._ranks:
            self._ranks[name] = self._rank(name)
        return self._ranks[name]

    def _rank(self, name: str) -> _Codes:
        if name == "state":
            first = np.array([_first_bit(bits) for bits in range(256)])
            return first[self.state].astype(np.intp)
        values = [(value.lower() or None) if isinstance(value, str) else value for value in self.values(name)]
        places: dict[Any, int] = {v: i for i, v in enumerate(sorted({v for v in values if v is not None}))}
        places[None] = -1
        return np.fromiter(map(places.__getitem__, values), np.intp, len(values))


def _first_bit(bits: int) -> int:
    """The number of the lowest bit set; -1 for none, so that ordinary rows come last."""
    return (bits & -bits).bit_length() - 1
