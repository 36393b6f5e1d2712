"""A frame of models as text, for a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd


def csv_of(frame: pd.DataFrame) -> str:
    """The rows as CSV, the key first."""
    return str(frame.to_csv())


def json_of(frame: pd.DataFrame) -> str:
    """The rows as a JSON list of objects, the key first; numbers are exact, unlike those of `to_json`."""
    rows = frame.reset_index().astype(object).to_dict("records")
    return json.dumps(_plain(rows), indent=1, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: a frame of somebody's own may have anything in its settings."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):  # numpy's
        return _plain(value.tolist())
    return str(value)
