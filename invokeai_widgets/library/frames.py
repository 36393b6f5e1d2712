"""The models as a pandas DataFrame."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import pandas as pd

from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.library import columns
from invokeai_widgets.library.series import MAKERS, Words, categorical, objects

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
    gathered = Gathered()
    gathered.add(list(records))
    return gathered.frame(missing)


class Gathered:
    """The values of the columns, of records that come bit by bit; of categories the codes of their words.

    In one pass: the fields of many records are in no cache of the processor, so each further pass over them
    would take as long.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[Any]] = {name: [] for name in ("key", *columns.NAMES)}
        self._words = {column.name: Words() for column in columns.COLUMNS if column.kind == "category"}

    def add(self, records: Sequence[ModelRecord]) -> None:
        """Take what the frame needs of them."""
        self._values["source"] += _shown_sources([m.source for m in records])
        put = {name: found.append for name, found in self._values.items()}
        key, name, size, hash_, path = (put[n] for n in ("key", "name", "size", "hash", "path"))
        type_, base, format_, variant = (put[n] for n in ("type", "base", "format", "variant"))
        source_type, in_place = put["source_type"], put["in_place"]
        description, phrases, settings, cover = (put[n] for n in columns.NAMES[-4:])
        types, bases, formats, variants, source_types = self._words.values()
        for m in records:
            key(m.key)
            name(m.name)
            type_(types[m.type])
            base(bases[m.base])
            format_(formats[m.format])
            variant(variants[m.variant])
            size(m.file_size)
            hash_(m.hash)
            path(m.path)
            in_place(_ABSOLUTE(m.path) is not None)
            source_type(source_types[m.source_type])
            description(m.description)
            phrases(None if m.trigger_phrases is None else tuple(sorted(m.trigger_phrases)))
            settings(m.default_settings)
            cover(m.cover_image is not None)

    def frame(self, missing: Collection[str] = frozenset()) -> pd.DataFrame:
        """The frame of all that were added."""
        values = dict(self._values)
        keys = values.pop("key")
        values["missing"] = [key in missing for key in keys] if missing else [False] * len(keys)
        return assemble(
            keys,
            {
                name: categorical(found, self._words[name]) if name in self._words else made(name, found)
                for name, found in values.items()
            },
        )


def own_copy(frame: pd.DataFrame, *, deep: bool = True) -> pd.DataFrame:
    """A copy of such a frame that shares nothing with it that could be changed: its settings are its own."""
    copied: pd.DataFrame = frame.copy(deep=deep)
    settings = frame["default_settings"].to_numpy(copy=True)
    for row in pd.notna(settings).nonzero()[0]:  # most models have none
        settings[row] = copy(settings[row])
    copied["default_settings"] = pd.Series(settings, index=frame.index, dtype="object")
    return copied


def _shown_sources(sources: list[str]) -> list[str]:
    """The sources without passwords and tokens. Most often no source of all could hold any."""
    if not _may_hold_secret("\0".join(sources)):
        return sources
    return [redact_text(source) if _may_hold_secret(source) else source for source in sources]


def _may_hold_secret(text: str) -> bool:
    lower = text.lower()
    return any(mark in lower for mark in _MARKS)


def assemble(keys: Sequence[str], data: Mapping[str, Any]) -> pd.DataFrame:
    """The frame of these columns, each an array as `series` makes them."""
    index = pd.Index(objects(keys), dtype="object", name="key")
    frame: pd.DataFrame = pd.DataFrame(dict(data), index=index, columns=list(columns.NAMES), copy=False)
    return frame


def made(name: str, values: Sequence[Any]) -> Any:
    """The array of a column, of plain values."""
    return MAKERS[columns.BY_NAME[name].kind](values)
