"""Columns of pandas from lists of Python values, by kind. Much faster than to let pandas guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def category(values: Sequence[str | None]) -> pd.Categorical:
    """A categorical with sorted categories; None is missing."""
    coded, words = _coded(values)
    dtype = pd.CategoricalDtype(pd.Index(sorted(words), dtype="object"))
    place = {word: code for code, word in enumerate(dtype.categories)}
    codes = np.array([*(place[word] for word in words), -1], dtype=np.int32)[coded]  # -1 is the last
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)


def _coded(values: Sequence[str | None]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """A code for each value, -1 for None, and the words that they stand for."""
    if (arrow := _arrow(values)) is not None:
        found = arrow.dictionary_encode()
        return found.indices.fill_null(-1).to_numpy(zero_copy_only=False), found.dictionary.to_pylist()
    words = [word for word in dict.fromkeys(values) if word is not None]
    place: dict[str | None, int] = {word: code for code, word in enumerate(words)} | {None: -1}
    return np.fromiter(map(place.__getitem__, values), np.int32, len(values)), words


def text(values: Sequence[str | None]) -> Any:
    """A `string` array; None is missing."""
    if (arrow := _arrow(values)) is not None:
        return pd.array(arrow, dtype="string")
    return pd.array(np.array(values, dtype=object), dtype=pd.StringDtype("python"))


def _arrow(values: Sequence[str | None]) -> Any:
    """The texts as Arrow has them, which reads them fastest and which pandas takes as they are.

    None if it is not installed, or a text has half a character, as in the name of a file that is not UTF-8.
    """
    if (arrow := _pyarrow()) is None:
        return None
    try:
        return arrow.array(values, type=arrow.large_string())
    except UnicodeEncodeError:
        return None


@cache  # Python looks for a module that is not there anew each time, in milliseconds
def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        return None
    return pyarrow


def whole_bytes(values: Sequence[int | None]) -> Any:
    """An `Int64` array. Never by way of floats, which cannot hold every size."""
    gone = np.fromiter((v is None for v in values), np.bool_, len(values))
    numbers = np.fromiter((v or 0 for v in values), np.int64, len(values))
    return pd.arrays.IntegerArray(numbers, gone)


def flag(values: Sequence[bool]) -> Any:
    """A plain boolean array."""
    return np.fromiter(values, np.bool_, len(values))


def objects(values: Sequence[object]) -> Any:
    """An array of the very objects, tuples and dicts included."""
    array = np.empty(len(values), dtype=object)
    array[:] = values if not values else np.fromiter(values, dtype=object, count=len(values))
    return array


MAKERS: dict[str, Callable[[Any], Any]] = {
    "category": category,
    "text": text,
    "bytes": whole_bytes,
    "flag": flag,
    "object": objects,
}
