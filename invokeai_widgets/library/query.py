"""`Query`: what to show of a catalog and in which order; the same rules as js/src/table/local.ts.

- Text: every word of it must be found in a row (name, description, source, path, or the word or label of its
  base, type or format), in upper or lower case.
- Facets: a row passes a facet if it has one of the chosen words; it must pass all facets.
- Sort: by the columns in turn. Missing values come last in both directions; equal rows are ordered by name,
  then by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.library.catalog import FACETS, STATES, Catalog
from invokeai_widgets.library.columns import NAMES

SORTABLE = ("key", "state", *(name for name in NAMES if name != "default_settings"))
BY_NAME = (("name", "asc"),)

_Rows = npt.NDArray[np.intp]
_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Query:
    """A search text, the chosen words of each facet, and the sort as (column, "asc" | "desc")."""

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: tuple[tuple[str, str], ...] = BY_NAME

    @classmethod
    def of(cls, text: object = "", facets: object = None, sort: object = None) -> Query:
        """A checked query. Raises `InvalidInput` for a column or facet that there is not."""
        if not isinstance(text, str):
            raise InvalidInput("The search must be text.")
        chosen = {name: _words(words) for name, words in _mapping(facets).items()}
        for name in chosen:
            if name not in FACETS:
                raise InvalidInput(
                    f"There is no filter by {name!r}.", advice=f"There are: {', '.join(FACETS)}."
                )
        for word in chosen.get("state", ()):
            if word not in STATES:
                raise InvalidInput(f"There is no state {word!r}.", advice=f"There are: {', '.join(STATES)}.")
        if isinstance(sort, Mapping):
            sort = sort.items()
        order = tuple(_sort_item(item) for item in _items(sort)) if sort is not None else BY_NAME
        return cls(text, {name: words for name, words in chosen.items() if words}, order)

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves rows out."""
        return bool(self.text.split() or self.facets)

    def to_wire(self) -> dict[str, Any]:
        """As plain values, for the browser."""
        return {
            "text": self.text,
            "facets": {name: list(words) for name, words in self.facets.items()},
            "sort": [list(item) for item in self.sort],
        }


def _mapping(facets: object) -> Mapping[str, object]:
    if facets is not None and not isinstance(facets, Mapping):
        raise InvalidInput("The facets must be a mapping of a name to words.")
    return facets or {}


def _words(words: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(word) for word in _items(words)))


def _items(value: object) -> Iterable[Any]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) or not isinstance(value, Iterable) else value


def _sort_item(item: Any) -> tuple[str, str]:
    pair = (item, "asc") if isinstance(item, str) else tuple(item) if isinstance(item, (tuple, list)) else ()
    if len(pair) != 2 or pair[0] not in SORTABLE or pair[1] not in ("asc", "desc"):
        raise InvalidInput(
            f"Cannot sort by {item!r}.",
            advice=f'Give columns or pairs (column, "asc" or "desc"). Columns: {", ".join(SORTABLE)}.',
        )
    return pair


def warm(catalog: Catalog) -> None:
    """Work out what the first search and sort will need."""
    _ = catalog.texts, _order(catalog, BY_NAME)
    for name in ("size", *FACETS):
        catalog.rank(name)


def rows(catalog: Catalog, query: Query) -> _Rows:
    """The rows of the catalog that the query leaves, in its order. The last ones are kept."""
    kept = catalog.last_view  # another thread may put another one there at any time
    if kept is None or kept[0] != query:
        view = _rows(catalog, query)
        view.flags.writeable = False
        kept = catalog.last_view = (query, view)
    return kept[1]


def first_rows(catalog: Catalog, query: Query, count: int) -> list[int]:
    """The first of them; not all are put in order where that can be spared."""
    if query.is_filtered or query.sort != BY_NAME:
        return list(rows(catalog, query)[:count].tolist())
    return catalog.first_by_name(count)


def extent(catalog: Catalog, query: Query) -> tuple[int, int]:
    """How many rows the query leaves, and their bytes."""
    if not query.is_filtered:
        return len(catalog), int(catalog.sizes.sum())
    view = rows(catalog, query)
    return len(view), int(catalog.sizes[view].sum())


def _rows(catalog: Catalog, query: Query) -> _Rows:
    found = _text_mask(catalog, query.text) & _facet_masks(catalog, query).all(axis=0)
    order = _order(catalog, query.sort)
    return order[found[order]]


def _order(catalog: Catalog, sort: tuple[tuple[str, str], ...]) -> _Rows:
    """All rows in this order, which is kept: while somebody searches, it stays."""
    kept = catalog.last_order
    if kept is None or kept[0] != sort:
        keys = [catalog.natural]  # np.lexsort: the last key counts most
        for column, direction in reversed(sort):
            rank = catalog.rank(column)
            last = np.iinfo(rank.dtype).max
            keys.append(np.where(rank < 0, last, rank if direction == "asc" else -rank))
        kept = catalog.last_order = (sort, np.lexsort(keys))
    return kept[1]


def counts(catalog: Catalog, query: Query) -> dict[str, dict[str, int]]:
    """For each facet, how many rows each word would leave: all that the text and the *other* facets leave."""
    text, passed = _text_mask(catalog, query.text), _facet_masks(catalog, query)
    found: dict[str, dict[str, int]] = {}
    for i, facet in enumerate(FACETS):
        others = text & np.delete(passed, i, axis=0).all(axis=0)
        found[facet] = _count(catalog, facet, others)
    return found


def _count(catalog: Catalog, facet: str, mask: _Mask) -> dict[str, int]:
    if facet == "state":
        state = catalog.state[mask]
        return {word: int(np.count_nonzero(state & (1 << bit))) for bit, word in enumerate(STATES)}
    codes, words = catalog.codes(facet)
    present = codes[mask]
    return dict(zip(words, np.bincount(present[present >= 0], minlength=len(words)).tolist(), strict=True))


def _text_mask(catalog: Catalog, text: str) -> _Mask:
    """Which rows have all words of the text. While it is typed, only the rows found so far are searched."""
    text = text.lower()
    kept = catalog.last_text  # another thread may put another one there at any time
    if kept is None or kept[0] != text:
        before = kept[1] if kept and text.startswith(kept[0]) else np.ones(len(catalog), dtype=bool)
        mask = before.copy()
        for term in text.split():
            named = catalog.rows_with_word(term)
            mask &= named | catalog.texts.having(term, mask & ~named)
        mask.flags.writeable = False
        kept = catalog.last_text = (text, mask)
    return kept[1]


def _facet_masks(catalog: Catalog, query: Query) -> _Mask:
    """One row of booleans for each facet: which rows of the catalog pass it."""
    passed = np.ones((len(FACETS), len(catalog)), dtype=bool)
    for i, facet in enumerate(FACETS):
        if chosen := query.facets.get(facet):
            passed[i] = _passes(catalog, facet, chosen)
    return passed


def _passes(catalog: Catalog, facet: str, chosen: tuple[str, ...]) -> _Mask:
    if facet == "state":
        wanted = sum(1 << STATES.index(word) for word in chosen if word in STATES)
        return np.asarray((catalog.state & wanted) != 0)
    codes, words = catalog.codes(facet)
    return np.isin(codes, [i for i, word in enumerate(words) if word in chosen])
