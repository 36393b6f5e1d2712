"""`Catalog`: a frame of models made ready to be searched, sorted and counted. It never changes."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from invokeai_widgets.library.labels import label
from invokeai_widgets.library.texts import Texts

STATES = ("missing", "in place", "unknown", "duplicate")
"""What a row can be beside ordinary. A row's `state` has bit `1 << i` for the i-th."""

FACETS = ("base", "type", "format", "source_type", "state")
"""By what rows are counted and filtered; the words of `state` are `STATES`."""

SEARCHED = ("name", "description", "source", "path")
"""The free text that a search looks through, besides the words and labels of base, type and format."""

_FIRST = 32  # rows by name: as many as a first picture and its fallbacks show
_WORDS = ("base", "type", "format")
_Codes = npt.NDArray[np.intp]


class Catalog:
    """The rows of one frame (see `library.columns`). Whatever it works out, it works out once, when asked."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.keys: list[str] = frame.index.tolist()
        #: What `library.query` found last: a query's rows, a sort's order, which rows have a text.
        self.last_view: tuple[object, _Codes] | None = None
        self.last_order: tuple[object, _Codes] | None = None
        self.last_text: tuple[str, npt.NDArray[np.bool_]] | None = None
        self._values: dict[str, list[Any]] = {}
        self._ranks: dict[str, _Codes] = {}
        self._first: list[int] = []
        self._states: dict[int, int] = {}  # of the rows that were looked at

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Where each key stands in the frame."""
        return {key: row for row, key in enumerate(self.keys)}

    def values(self, name: str) -> list[Any]:
        """A column as a list of plain values, None where missing. `key` and `state` are columns, too."""
        if name not in self._values:
            self._values[name] = self._read(name, self.frame, slice(None))
        return self._values[name]

    def some(self, names: Iterable[str], rows: list[int]) -> dict[str, list[Any]]:
        """The same in some rows, by name, without reading the others."""
        part = self.frame.iloc[rows]
        return {name: self._read(name, part, rows) for name in names}

    def _read(self, name: str, part: pd.DataFrame, rows: list[int] | slice) -> list[Any]:
        if name == "key":
            return self.keys if isinstance(rows, slice) else part.index.tolist()
        if name == "state":
            return list(self.state.tolist()) if isinstance(rows, slice) else self._states_of(rows)
        return _plain(part[name], name)

    @cached_property
    def state(self) -> npt.NDArray[np.uint8]:
        """The bits of `STATES` for each row."""
        return _state_bits(self.frame, self.frame["hash"])

    def _states_of(self, rows: list[int]) -> list[int]:
        """The same in some rows, without comparing all hashes with each other where that can be spared."""
        if "state" in vars(self):
            return list(self.state[rows].tolist())
        if not self._states.keys() >= {*rows}:
            new = [row for row in {*rows, *self._first} if row not in self._states]
            part, hashes = self.frame.iloc[new], self.frame["hash"]
            bits = _state_bits(part, hashes[hashes.isin(part["hash"])])
            self._states |= dict(zip(new, bits.tolist(), strict=True))
        return [self._states[row] for row in rows]

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Bytes of each row, 0 where unknown."""
        return self.frame["size"].to_numpy(dtype=np.int64, na_value=0)

    @cached_property
    def texts(self) -> Texts:
        """What a search looks through in each row, a line for each field."""
        rows = zip(*(self.values(name) for name in SEARCHED), strict=True)
        unlike = (dict.fromkeys(filter(None, row)) for row in rows)  # the source is often the path
        return Texts("\n".join(parts).lower() for parts in unlike)

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
    def by_name(self) -> _Codes:
        """The rows by name (upper and lower case alike), then by key: no two are equal."""
        names = self._lower_names
        ordered = sorted(range(len(self)), key=list(zip(names, self.keys, strict=True)).__getitem__)
        return np.fromiter(ordered, np.intp, len(self))

    def first_by_name(self, count: int) -> list[int]:
        """The first rows by name, without sorting them all."""
        first = self._first  # another thread may put a shorter one there
        if len(first) < min(count, len(self)):
            names = self._lower_names
            named = heapq.nsmallest(max(count, _FIRST), filter(None, names))
            rows = [row for row, name in enumerate(names) if name and name <= named[-1]]
            if len(rows) < count:  # rows without a name come last
                rows += [row for row, name in enumerate(names) if not name]
            first = self._first = sorted(rows, key=lambda row: (not names[row], names[row], self.keys[row]))
        return first[:count]

    @cached_property
    def natural(self) -> _Codes:
        """Each row's place by name: no two rows share one."""
        places = np.empty(len(self), dtype=np.intp)
        places[self.by_name] = np.arange(len(self))
        return places

    def rank(self, name: str) -> _Codes:
        """Each row's rank in a column, equal for equal values, -1 where there is none."""
        if name not in self._ranks:
            self._ranks[name] = self._rank(name)
        return self._ranks[name]

    @cached_property
    def _lower_names(self) -> list[str]:
        names = self.values("name")
        return list(map(str.lower, (name or "" for name in names) if None in names else names))

    def _rank(self, name: str) -> _Codes:
        if name == "state":
            return _FIRST_BIT[self.state]
        if name == "size":
            return _numbers_ranked(self.sizes, self.frame["size"].isna().to_numpy(dtype=bool))
        if name == "name":
            return self._names_ranked()
        if self._is_coded(name):
            codes, words = self.codes(name)
            return np.array([*_ranks(words), -1], dtype=np.intp)[codes]  # code -1 is the last: missing
        values = self.values(name)
        return np.fromiter(_ranks(values), np.intp, len(values))

    def _is_coded(self, name: str) -> bool:
        return name != "key" and isinstance(self.frame[name].dtype, pd.CategoricalDtype)

    def _names_ranked(self) -> _Codes:
        names = self._lower_names
        ranks = np.full(len(self), -1, dtype=np.intp)
        rank, before = -1, ""
        for row in self.by_name.tolist():
            if names[row] != before:
                rank, before = rank + 1, names[row]
            ranks[row] = rank
        return ranks


def _state_bits(rows: pd.DataFrame, hashes: pd.Series[str]) -> npt.NDArray[np.uint8]:
    """The bits of `STATES` for some rows; `hashes` are all that may be equal to one of theirs."""
    twice = hashes[hashes.duplicated(keep=False) & hashes.fillna("").ne("")]  # without a hash nobody knows
    facts = (rows["missing"], rows["in_place"], rows["type"] == "unknown", rows["hash"].isin(twice))
    bits = np.zeros(len(rows), dtype=np.uint8)
    for bit, fact in enumerate(facts):
        bits |= np.asarray(fact, dtype=np.uint8) << bit
    return bits


def _plain(column: Any, name: str) -> list[Any]:
    """The values of a column as Python has them, None where missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [*column.cat.categories, None]  # code -1 is the last: missing
        return [words[code] for code in column.cat.codes.tolist()]
    if name == "trigger_phrases":
        return [None if phrases is None else ", ".join(phrases) for phrases in column]
    if str(column.dtype) in ("bool", "object"):
        return list(column.tolist())
    return list(column.to_numpy(dtype=object, na_value=None).tolist())


def _ranks(values: Sequence[Any]) -> list[int]:
    """The rank of each value, upper and lower case alike; -1 for none and for an empty text."""
    plain = [(value.lower() or None) if isinstance(value, str) else value for value in values]
    places: dict[Any, int] = {v: i for i, v in enumerate(sorted({v for v in plain if v is not None}))}
    return [places.get(value, -1) for value in plain]


def _numbers_ranked(numbers: npt.NDArray[np.int64], gone: npt.NDArray[np.bool_]) -> _Codes:
    ranks = np.full(len(numbers), -1, dtype=np.intp)
    _, ranks[~gone] = np.unique(numbers[~gone], return_inverse=True)
    return ranks


def _first_bit(bits: int) -> int:
    """The number of the lowest bit set; -1 for none, so that ordinary rows come last."""
    return (bits & -bits).bit_length() - 1


_FIRST_BIT = np.array([_first_bit(bits) for bits in range(256)], dtype=np.intp)
