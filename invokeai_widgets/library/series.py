"""Columns of pandas from lists of Python values, by kind. Much faster than to let pandas guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd


class Words(dict["str | None", int]):
    """Words by code, in the order they were met: `words[word]` is the code of a new one too."""

    def __missing__(self, word: str | None) -> int:
        self[word] = code = len(self)
        return code


def categorical(codes: Sequence[int], words: Words) -> pd.Categorical:
    """A categorical of coded words, with sorted categories; None is missing."""
    known = sorted(word for word in words if word is not None)
    places = {word: place for place, word in enumerate(known)}
    place_of = np.array([-1 if word is None else places[word] for word in words], dtype=np.intp)
    dtype = pd.CategoricalDtype(pd.Index(known, dtype="object"))
    coded = np.fromiter(codes, np.intp, len(codes))
    return pd.Categorical.from_codes(place_of[coded], dtype=dtype, validate=False)


def category(values: Sequence[str | None]) -> pd.Categorical:
    """A categorical with sorted categories; None is missing."""
    words = Words()
    return categorical([words[value] for value in values], words)


def text(values: Sequence[str | None]) -> Any:
    """A `string` array; None is missing. The same dtype whether or not pyarrow is installed."""
    return pd.array(objects(values), dtype=pd.StringDtype("python"))


def whole_bytes(values: Sequence[int | None]) -> Any:
    """An `Int64` array. Never by way of floats, which cannot hold every size; larger ones are missing."""
    try:
        return _whole_numbers(values)
    except OverflowError:
        return _whole_numbers([None if v is None or v.bit_length() > 63 else v for v in values])


def _whole_numbers(values: Sequence[int | None]) -> Any:
    gone = np.fromiter((v is None for v in values), np.bool_, len(values))
    numbers = np.fromiter((v or 0 for v in values), np.int64, len(values))
    return pd.arrays.IntegerArray(numbers, gone)


def flag(values: Sequence[bool]) -> Any:
    """A plain boolean array."""
    return np.fromiter(values, np.bool_, len(values))


def objects(values: Sequence[object]) -> Any:
    """An array of the very objects, tuples and dicts included."""
    return np.fromiter(values, dtype=object, count=len(values))


MAKERS: dict[str, Callable[[Any], Any]] = {
    "category": category,
    "text": text,
    "bytes": whole_bytes,
    "flag": flag,
    "object": objects,
}
