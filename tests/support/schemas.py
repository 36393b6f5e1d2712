"""Values that the schemas of InvokeAI 6.14.2 allow, and such as a newer or older server could send.

`schemas-6.14.2.json` holds the schemas of records, jobs, events and other answers out of the server's OpenAPI
document, without titles and descriptions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

_DOCUMENT = json.loads(Path(__file__).with_name("schemas-6.14.2.json").read_text())
ROOTS: dict[str, Any] = _DOCUMENT["roots"]
_SCHEMAS: dict[str, Any] = _DOCUMENT["schemas"]

Values = st.SearchStrategy[Any]

TEXT = st.text(max_size=12)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


def allowed(root: str) -> Values:
    """What the schema of that name allows."""
    return _values(_key(ROOTS[root]))


@st.composite
def unheard_of(draw: st.DrawFn, root: str) -> Any:
    """An allowed object, after another version of the server has had its way with it.

    Fields are missing, fields are new, and some hold what the schema does not allow.
    """
    value = dict(draw(allowed(root)))
    for name in draw(st.lists(st.sampled_from(sorted(value)), max_size=3, unique=True)) if value else ():
        if draw(st.booleans()):
            del value[name]
        else:
            value[name] = draw(ANYTHING)
    return {**value, **draw(st.dictionaries(st.text("xyz_", min_size=3, max_size=6), ANYTHING, max_size=2))}


def _key(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True)


@cache
def _values(key: str) -> Values:
    """Strategies are made once for each schema: a record is one of 128 classes."""
    schema = json.loads(key)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: _values(_key(_SCHEMAS[name])))
    for alternatives in ("oneOf", "anyOf"):
        if alternatives in schema:
            return st.one_of([_values(_key(each)) for each in schema[alternatives]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _BY_TYPE[schema.get("type", "anything")](schema)


def _integers(schema: Any) -> Values:
    low, high = schema.get("minimum", 0), schema.get("exclusiveMaximum", 2**60)
    step = schema.get("multipleOf", 1)
    return st.integers(-(-int(low) // step), int(high) // step).map(lambda number: number * step)


def _arrays(schema: Any) -> Values:
    items = _values(_key(schema.get("items", {})))
    return st.lists(items, max_size=3, unique_by=_key if schema.get("uniqueItems") else None)


def _objects(schema: Any) -> Values:
    properties = {name: _values(_key(each)) for name, each in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    fixed = st.fixed_dictionaries(
        {name: each for name, each in properties.items() if name in required},
        optional={name: each for name, each in properties.items() if name not in required},
    )
    more = schema.get("additionalProperties")
    if not more or properties:
        return fixed
    return st.dictionaries(TEXT, ANYTHING if more is True else _values(_key(more)), max_size=2)


_BY_TYPE: dict[str, Callable[[Any], Values]] = {
    "string": lambda schema: st.text(min_size=schema.get("minLength", 0), max_size=20),
    "integer": _integers,
    "number": lambda schema: st.floats(schema.get("minimum", 0), 1e6, allow_nan=False),
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
    "array": _arrays,
    "object": _objects,
    "anything": lambda _: ANYTHING,
}
