"""What a person may hand to `table.select(...)`: keys, records, a frame, or a mask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.conforming import keys_of

_ADVICE = "Give keys, records, rows of table.df, or a mask like table.df.base == 'sdxl'."


def chosen_keys(what: Any, catalog: Catalog) -> list[str]:
    """The keys that are meant, without repeats. Raises `InvalidInput` for what cannot be."""
    keys = list(dict.fromkeys(_keys(what, catalog)))
    unknown = [key for key in keys if key not in catalog.row_of]
    if unknown:
        raise InvalidInput(f"No model has the key {unknown[0]!r}.", advice=_ADVICE)
    return keys


def _keys(what: Any, catalog: Catalog) -> list[str]:
    if what is None:
        return []
    if isinstance(what, pd.DataFrame):
        return keys_of(what)
    if _is_mask(what):
        return _masked(what, catalog)
    if isinstance(what, pd.Series) and what.name in catalog.row_of:
        return [_key(what.name)]  # a row of the frame
    if isinstance(what, str) or hasattr(what, "key"):
        return [_key(what)]
    if isinstance(what, Iterable) and not isinstance(what, (bytes, dict)):
        return [_key(item) for item in what]
    raise InvalidInput(f"Cannot select by {type(what).__name__}.", advice=_ADVICE)


def _key(item: Any) -> str:
    key = getattr(item, "key", item)
    if isinstance(key, str):
        return key
    raise InvalidInput(f"{item!r} is not the key of a model.", advice=_ADVICE)


def _is_mask(what: Any) -> bool:
    if str(getattr(what, "dtype", None)) in ("bool", "boolean"):
        return True
    several = isinstance(what, (list, tuple, np.ndarray, pd.Series))
    return several and pd.api.types.infer_dtype(what, skipna=True) == "boolean"


def _masked(mask: Any, catalog: Catalog) -> list[str]:
    """The keys where the mask is true; where it is missing, it is not."""
    if np.ndim(mask) != 1:
        raise InvalidInput("A mask has one dimension.", advice=_ADVICE)
    flags = pd.array(mask, dtype="boolean").fillna(False).to_numpy(dtype=bool)
    if isinstance(mask, pd.Series):
        return [str(key) for key in mask.index[flags]]
    if len(flags) != len(catalog):
        raise InvalidInput(f"The mask has {len(flags)} entries for {len(catalog)} models.", advice=_ADVICE)
    return [catalog.keys[row] for row in np.flatnonzero(flags)]
