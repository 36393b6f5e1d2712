"""Columns of pandas from lists of Python values, by kind. Much faster than to let pandas guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd


def category(values: Sequence[str | None]) -> pd.Categorical:
    """A categorical with sorted categories; None is missing."""
    codes, words = pd.factorize(np.array(values, dtype=object), sort=True)
    dtype = pd.CategoricalDtype(pd.Index(words, dtype="object"))
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)


def text(values: Sequence[str | None]) -> Any:
    """A `string` array; None is missing. The same dtype whether or not pyarrow is installed."""
    return pd.array(np.array(values, dtype=object), dtype=pd.StringDtype("python"))


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
