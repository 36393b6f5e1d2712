"""Frames of others taken for ours: a filtered one, one that was read back from a file, one made by hand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.library import columns
from invokeai_widgets.library.frames import assemble, made


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all documented columns and dtypes, from one that has some of them.

    The keys are its index, or its column `key` if the index is a plain range. Further columns are left out.
    What a CSV file made text of, phrases and settings and true and false, is read back.

    Raises:
        InvalidInput: There is no column `name`, the columns have several levels, two columns or rows have the
            same name or key, or a value is of the wrong kind.
    """
    if _conforms(frame):
        own: pd.DataFrame = frame.copy(deep=_COPIES_AT_ONCE)
        return own
    if frame.columns.nlevels > 1:
        raise InvalidInput("The columns have more than one level.", advice="Give each column one name.")
    if "name" not in frame.columns:
        raise InvalidInput("A table of models needs at least a column `name`.", advice=columns.describe())
    if twice := frame.columns[frame.columns.duplicated()].intersection([*columns.NAMES, "key"]).tolist():
        raise InvalidInput(f"Two columns are called {twice[0]!r}.", advice="Drop or rename one of them.")
    conformed = assemble(keys_of(frame), {n: made(n, _values(frame, c)) for n, c in columns.BY_NAME.items()})
    if not conformed.index.is_unique:
        raise InvalidInput("Two rows have the same key.", advice="Make the keys, the frame's index, unique.")
    return conformed


def keys_of(frame: pd.DataFrame) -> list[str]:
    """The keys of the rows: the index, or the column `key` if the index is a plain range."""
    in_column = "key" in frame.columns and isinstance(frame.index, pd.RangeIndex)
    return [str(key) for key in (frame["key"] if in_column else frame.index)]


def _conforms(frame: pd.DataFrame) -> bool:
    """Whether it is just as `frame_of` makes them."""
    return (
        tuple(frame.columns) == columns.NAMES
        and frame.index.name == "key"
        and all(str(frame[c.name].dtype) == _DTYPES[c.kind] for c in columns.COLUMNS)
        and frame.index.is_unique
    )


def _values(frame: pd.DataFrame, column: columns.Column) -> list[Any]:
    if column.name not in frame.columns:
        return [_DEFAULTS.get(column.kind)] * len(frame)
    values = frame[column.name].astype("object").tolist()
    return [_DEFAULTS.get(column.kind) if _is_nothing(v) else _converted(v, column) for v in values]


def _converted(value: Any, column: columns.Column) -> Any:
    try:
        return (_READERS.get(column.name) or _FROM_ANY[column.kind])(value)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise InvalidInput(
            f"{value!r} cannot be in the column {column.name!r}.", advice=columns.describe()
        ) from error


def _size(value: Any) -> int:
    number = int(value)
    if number.bit_length() > 63:
        raise OverflowError("more than a column of whole numbers can hold")
    return number


def _flag(value: Any) -> bool:
    return _FLAGS[value.strip().lower()] if isinstance(value, str) else bool(value)


def _phrases(value: Any) -> tuple[str, ...]:
    """The phrases, sorted; a text that is no list of them is one phrase."""
    value = _read_back(value)
    several = value if isinstance(value, Iterable) and not isinstance(value, str) else (value,)
    return tuple(sorted(str(phrase) for phrase in several))


def _read_back(value: Any) -> Any:
    """What a CSV file holds as text, as it was; any other text, and what is no text, as it is."""
    if not isinstance(value, str) or value[:1] not in tuple("([{"):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


def _is_nothing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


#: Before pandas 3, frames with the same data see each other's changes.
_COPIES_AT_ONCE = int(pd.__version__.partition(".")[0]) < 3
_DTYPES = {"category": "category", "text": "string", "bytes": "Int64", "flag": "bool", "object": "object"}
_DEFAULTS: dict[str, Any] = {"flag": False}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
_FROM_ANY: dict[str, Callable[[Any], Any]] = {
    "category": str,
    "text": str,
    "bytes": _size,
    "flag": _flag,
}
_READERS: dict[str, Callable[[Any], Any]] = {"trigger_phrases": _phrases, "default_settings": _read_back}
