"""The models as a pandas DataFrame."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.library import columns
from invokeai_widgets.library.series import MAKERS

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelRecord

#: A whole path of some system: the server may run on another one than we do.
_ABSOLUTE = re.compile(r"/|\\\\|.:[/\\]", re.DOTALL).match
#: A text without all of these, in lower case, holds no user, no query and no token of a header.
_MARKS = ("@", "?", "&", "bearer", "basic")


def frame_of(records: Iterable[ModelRecord], *, missing: Collection[str] = frozenset()) -> pd.DataFrame:
    """The records as a frame, in their order, indexed by key, with the columns of `library.columns`.

    `missing`: the keys whose files the server does not find; no record says so itself.
    """
    models = list(records)
    fields: dict[str, list[Any]] = {  # one comprehension each: twice as fast as by the names
        "name": [m.name for m in models],
        "type": [m.type for m in models],
        "base": [m.base for m in models],
        "format": [m.format for m in models],
        "variant": [m.variant for m in models],
        "size": [m.file_size for m in models],
        "hash": [m.hash for m in models],
        "path": [m.path for m in models],
        "source": _shown_sources([m.source for m in models]),
        "source_type": [m.source_type for m in models],
        "description": [m.description for m in models],
        "trigger_phrases": [_phrases(m.trigger_phrases) for m in models],
        "default_settings": [m.default_settings for m in models],
        "cover": [m.cover_image is not None for m in models],
    }
    keys = [m.key for m in models]
    fields["in_place"] = [_ABSOLUTE(path) is not None for path in fields["path"]]
    fields["missing"] = [key in missing for key in keys] if missing else [False] * len(keys)
    return _assemble(keys, {name: fields[name] for name in columns.NAMES})


def _phrases(phrases: list[str] | None) -> tuple[str, ...] | None:
    return None if phrases is None else tuple(sorted(phrases))


def _shown_sources(sources: list[str]) -> list[str]:
    """The sources without passwords and tokens. Most often no source of all could hold any."""
    if not _may_hold_secret("\0".join(sources)):
        return sources
    return [redact_text(source) if _may_hold_secret(source) else source for source in sources]


def _may_hold_secret(text: str) -> bool:
    lower = text.lower()
    return any(mark in lower for mark in _MARKS)


def _assemble(keys: Iterable[Any], fields: dict[str, Any]) -> pd.DataFrame:
    data = {name: MAKERS[columns.BY_NAME[name].kind](values) for name, values in fields.items()}
    frame: pd.DataFrame = pd.DataFrame(
        data, index=pd.Index(list(keys), dtype="object", name="key"), copy=False
    )
    return frame


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all documented columns and dtypes, from one that has some of them.

    The keys are its index, or its column `key` if the index is a plain range. Further columns are left out.

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
    if "key" in frame.columns and isinstance(frame.index, pd.RangeIndex):
        frame = frame.set_index("key")
    made = _assemble(map(str, frame.index), {c.name: _values(frame, c) for c in columns.COLUMNS})
    if not made.index.is_unique:
        raise InvalidInput("Two rows have the same key.", advice="Make the keys, the frame's index, unique.")
    return made


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
        return _FROM_ANY[column.kind](value)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidInput(
            f"{value!r} cannot be in the column {column.name!r}.", advice=columns.describe()
        ) from error


def _size(value: Any) -> int:
    number = int(value)
    if number.bit_length() > 63:
        raise OverflowError("more than a column of whole numbers can hold")
    return number


def _is_nothing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


#: Before pandas 3, frames with the same data see each other's changes.
_COPIES_AT_ONCE = int(pd.__version__.partition(".")[0]) < 3
_DTYPES = {"category": "category", "text": "string", "bytes": "Int64", "flag": "bool", "object": "object"}
_DEFAULTS: dict[str, Any] = {"flag": False}
_FROM_ANY: dict[str, Any] = {
    "category": str,
    "text": str,
    "bytes": _size,
    "flag": bool,
    "object": lambda value: value,
}
