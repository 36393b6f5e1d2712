"""`Shelf`: what a table shows at one moment, and what differs between two moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.frames import frame_of
from invokeai_widgets.library.labels import label
from invokeai_widgets.library.query import Query, extent, first_rows, rows
from invokeai_widgets.widgets.table.rows import window

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelRecord
    from invokeai_widgets.live.store import Snapshot

LOCAL_LIMIT = 20_000
"""Up to so many rows the browser gets all of them; above, it asks for windows."""

_LARGEST_CHANGE = 500  # rows; beyond, the browser reads everything again


@dataclass(frozen=True, eq=False)
class Shelf:
    """A catalog and where it comes from. Never changes; a later moment has a higher `revision`."""

    revision: int
    catalog: Catalog
    models: Mapping[str, ModelRecord]
    missing: frozenset[str] = frozenset()

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> Shelf:
        """A shelf of rows that no server stands behind."""
        return cls(1, Catalog(frame), MappingProxyType({}))

    @classmethod
    def empty(cls) -> Shelf:
        """Nothing yet."""
        return cls.of_frame(frame_of(()))

    def after(self, snapshot: Snapshot) -> Shelf:
        """The shelf for a snapshot; this very one if the models are the same."""
        if snapshot.models is self.models and snapshot.missing == self.missing:
            return self
        catalog = Catalog(frame_of(snapshot.models.values(), missing=snapshot.missing))
        return Shelf(self.revision + 1, catalog, snapshot.models, snapshot.missing)

    # -- what the browser gets ------------------------------------------------------------------------------

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """How the words that occur are shown, by column, where that differs from the word."""
        found: dict[str, dict[str, str]] = {}
        for column in ("base", "type", "source_type"):
            _, words = self.catalog.codes(column)
            found[column] = {word: label(column, word) for word in words if label(column, word) != word}
        return found

    def head(self, query: Query, count: int, names: Iterable[str]) -> dict[str, Any]:
        """The first window of a view and the facts about the whole: all that the first picture needs."""
        return {
            "total": len(self.catalog),
            "largest": int(self.catalog.sizes.max(initial=0)),
            "local": len(self.catalog) <= LOCAL_LIMIT,
            **self._window(query, 0, first_rows(self.catalog, query, count), names),
        }

    def window(self, query: Query, start: int, count: int, names: Iterable[str]) -> dict[str, Any]:
        """Some rows of a view, with the numbers that go with it."""
        return self._window(query, start, rows(self.catalog, query)[start : start + count].tolist(), names)

    def _window(self, query: Query, start: int, picked: list[int], names: Iterable[str]) -> dict[str, Any]:
        count, size = extent(self.catalog, query)
        return {
            "revision": self.revision,
            "start": start,
            "count": count,
            "bytes": size,
            "columns": window(self.catalog, picked, list(names)),
        }

    def change_since(self, before: Shelf, names: Iterable[str]) -> dict[str, Any]:
        """What a browser that has all rows of `before` must do to have these: rows to put, keys to drop."""
        put = [row for key, row in self.catalog.row_of.items() if self._differs(before, key, row)]
        known = before.revision
        if len(put) > _LARGEST_CHANGE:
            put, known = [], -1  # matches no browser's revision, so it reads all columns
        gone = [key for key in before.catalog.keys if key not in self.catalog.row_of]
        columns = window(self.catalog, put, list(names))
        return {"before": known, "revision": self.revision, "put": columns, "gone": gone}

    def _differs(self, before: Shelf, key: str, row: int) -> bool:
        old = before.catalog.row_of.get(key)
        if old is None or self.models.get(key) is not before.models.get(key):
            return True
        return bool(self.catalog.state[row] != before.catalog.state[old])
