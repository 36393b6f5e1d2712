"""Frames of others taken for ours: a filtered one, one that was read back from a file, one made by hand."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.library import columns
from invokeai_widgets.library.frames import assemble, made, own_copy


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all documented columns and dtypes, from one that has some of them.

    The keys are its column `key` if its index is not called so, else its index. Further columns are left out.
    What a CSV file made text of, phrases and settings and true and false, is read back.

    Raises:
        InvalidInput: There is no column `name`, the columns have several levels, two columns or rows have the
            same name or key, or a value is of the wrong kind.
    """
    if _conforms(frame):
        return own_copy(frame, deep=_COPIES_AT_ONCE)
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
    """The keys of the rows: the column `key`, if the index is not called so; else the index.

    Raises:
        InvalidInput: One of them is missing.
    """
    in_column = "key" in frame.columns and frame.index.name != "key"
    keys = frame["key"] if in_column else frame.index
    if keys.isna().any():
        raise InvalidInput("A row has no key.", advice="Fill the index, or the column `key`, of the frame.")
    return [str(key) for key in keys]


def _conforms(frame: pd.DataFrame) -> bool:
    """Whether it is just as `frame_of` makes them."""
    return (
        tuple(frame.columns) == columns.NAMES
        and frame.index.name == "key"
        and all(str(frame[c.name].dtype) == _DTYPES[c.kind] for c in columns.COLUMNS)
        and frame.index.is_unique
        and all(_is_text(words) for words in (frame.index, *_categories(frame)))
        and all(_holds(frame[name], kind) for name, kind in _HELD.items())
    )


def _categories(frame: pd.DataFrame) -> list[Any]:
    return [frame[c.name].cat.categories for c in columns.COLUMNS if c.kind == "category"]


def _is_text(values: Any) -> bool:
    return pd.api.types.infer_dtype(values) in ("string", "empty")


def _holds(values: Any, kind: type) -> bool:
    return set(map(type, values.to_numpy().tolist())) <= {kind, type(None)}


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
    if not isinstance(value, str) and number != value:
        raise ValueError("not a whole number")
    if number.bit_length() > 63:
        raise OverflowError("more than a column of whole numbers can hold")
    return number


def _flag(value: Any) -> bool:
    return _FLAGS[value.strip().lower() if isinstance(value, str) else str(int(value))]


def _phrases(value: Any) -> tuple[str, ...]:
    """The phrases, sorted; a text that is no list of them is one phrase."""
    read = _read_back(value)
    if isinstance(value, str) and not (isinstance(read, _SEVERAL) and all(isinstance(p, str) for p in read)):
        return (value,)
    return tuple(sorted(str(phrase) for phrase in read))


def _settings(value: Any) -> dict[str, Any]:
    read = _read_back(value)
    if not isinstance(read, Mapping):
        raise TypeError("no settings by name")
    return dict(read)


def _read_back(value: Any) -> Any:
    """What a CSV file holds as text, as it was; any other text, and what is no text, as it is."""
    if not isinstance(value, str) or value[:1] not in tuple("([{"):
        return value
    with warnings.catch_warnings():  # of odd text that nobody means as Python
        warnings.simplefilter("ignore")
        try:
            return ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return value


def _is_nothing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


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
_READERS: dict[str, Callable[[Any], Any]] = {"trigger_phrases": _phrases, "default_settings": _settings}
_HELD: dict[str, type] = {"trigger_phrases": tuple, "default_settings": dict}
_SEVERAL = (list, tuple, set)
