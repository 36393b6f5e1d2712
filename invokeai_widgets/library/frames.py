"""The models as a pandas DataFrame."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from operator import attrgetter
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
_MAY_HOLD_SECRET = re.compile(r"[@?&\s]")


def frame_of(records: Iterable[ModelRecord], *, missing: Collection[str] = frozenset()) -> pd.DataFrame:
    """The records as a frame, in their order, indexed by key, with the columns of `library.columns`.

    `missing`: the keys whose files the server does not find; no record says so itself.
    """
    models = list(records)
    fields: dict[str, list[Any]] = {name: list(map(attrgetter(name), models)) for name in _TAKEN}
    return _build(list(map(attrgetter("key"), models)), fields, frozenset(missing))


#: The fields of a record that a frame is made of.
_TAKEN = (
    "name",
    "type",
    "base",
    "format",
    "variant",
    "hash",
    "path",
    "source",
    "source_type",
    "description",
    "trigger_phrases",
    "default_settings",
    "file_size",
    "cover_image",
)


def _build(keys: list[str], fields: dict[str, list[Any]], missing: frozenset[str]) -> pd.DataFrame:
    """The frame of some records, given as one list for each field of `_TAKEN`."""
    fields["size"] = fields.pop("file_size")
    fields["in_place"] = [_ABSOLUTE(path) is not None for path in fields["path"]]
    fields["missing"] = [key in missing for key in keys] if missing else [False] * len(keys)
    fields["cover"] = [cover is not None for cover in fields.pop("cover_image")]
    fields["source"] = [shown_source(source) for source in fields["source"]]
    fields["trigger_phrases"] = [p if p is None else tuple(sorted(p)) for p in fields["trigger_phrases"]]
    return _assemble(keys, {name: fields[name] for name in columns.NAMES})


def _assemble(keys: Iterable[Any], fields: dict[str, Any]) -> pd.DataFrame:
    data = {name: MAKERS[columns.BY_NAME[name].kind](values) for name, values in fields.items()}
    frame: pd.DataFrame = pd.DataFrame(
        data, index=pd.Index(list(keys), dtype="object", name="key"), copy=False
    )
    return frame


def shown_source(source: str) -> str:
    """A source without passwords and tokens."""
    return redact_text(source) if _MAY_HOLD_SECRET.search(source) else source


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all documented columns and dtypes, from one that has some of them.

    The keys are its index, or its column `key` if the index is a plain range. Further columns are left out.

    Raises:
        InvalidInput: There is no column `name`, or two rows have the same key.
    """
    if _conforms(frame):
        return frame
    if "name" not in frame.columns:
        raise InvalidInput("A table of models needs at least a column `name`.", advice=columns.describe())
    if "key" in frame.columns and isinstance(frame.index, pd.RangeIndex):
        frame = frame.set_index("key")
    keys = [str(key) for key in frame.index]
    if len(set(keys)) < len(keys):
        raise InvalidInput("Two rows have the same key.", advice="Make the keys, the frame's index, unique.")
    return _assemble(keys, {c.name: _values(frame, c) for c in columns.COLUMNS})


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
    convert = _FROM_ANY[column.kind]
    return [_DEFAULTS.get(column.kind) if _is_nothing(v) else convert(v) for v in values]


def _is_nothing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


_DTYPES = {"category": "category", "text": "string", "bytes": "Int64", "flag": "bool", "object": "object"}
_DEFAULTS: dict[str, Any] = {"flag": False}
_FROM_ANY: dict[str, Any] = {
    "category": str,
    "text": str,
    "bytes": int,
    "flag": bool,
    "object": lambda value: value,
}
