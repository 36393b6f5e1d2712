"""The calls about models: read, change, remove, identify, convert."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from invokeai_widgets.client.errors import InvalidInput, InvalidRequest, NotFound
from invokeai_widgets.client.schema import BulkResult, ModelRecord

from . import listing, readers
from .call import CHANGE, CONVERSION, MODELS, SINCE_6_11, SINCE_6_13, SLOW, Call, given, key_path

T = TypeVar("T")

ORDERS: Final = ("default", "type", "base", "name", "format", "size", "created_at", "updated_at", "path")
DIRECTIONS: Final = ("ASC", "DESC")

_record = readers.one(ModelRecord)


def list_models(
    base: str | None = None,
    type: str | None = None,  # noqa: A002 - InvokeAI's word
    name: str | None = None,
    format: str | None = None,  # noqa: A002 - InvokeAI's word
    order_by: str | None = None,
    direction: str | None = None,
) -> Call[list[ModelRecord]]:
    _one_of("order_by", order_by, ORDERS)
    _one_of("direction", direction, DIRECTIONS)
    query = given(
        base_models=base,
        model_type=type,
        model_name=name,
        model_format=format,
        order_by=order_by,
        direction=direction,
    )
    # Older servers take no notice of an order.
    since = SINCE_6_13 if order_by or direction else None
    return replace(collect_models(partial(listing.kept, readers.model_list)), query=query, since=since)


def collect_models(collect: Callable[[], listing.ModelListing[T]]) -> Call[T]:
    """The list of all models, to whatever a listing makes of it."""
    return Call("list the models", "GET", f"{MODELS}/", listing.whole(collect), collect=collect)


def missing_models() -> Call[list[ModelRecord]]:
    return Call(
        "list the models whose file is missing",
        "GET",
        f"{MODELS}/missing",
        readers.model_list,
        patience=SLOW,
        since=SINCE_6_13,
    )


def get_model(key: str) -> Call[ModelRecord | None]:
    return Call(f"read model {key}", "GET", key_path(key), _record, absent=frozenset({404}))


def get_by_attrs(name: str, type: str, base: str) -> Call[ModelRecord | None]:  # noqa: A002
    query = given(name=name, type=type, base=base)
    return Call(
        f"look up {name!r}", "GET", f"{MODELS}/get_by_attrs", _record, query=query, absent=frozenset({404})
    )


def update_model(key: str, changes: Mapping[str, Any]) -> Call[ModelRecord]:
    return Call(f"update model {key}", "PATCH", key_path(key), _record, body=dict(changes), patience=CHANGE)


def delete_model(key: str) -> Call[None]:
    return Call(f"delete model {key}", "DELETE", key_path(key), readers.nothing, patience=CHANGE)


def delete_models(keys: Sequence[str]) -> Call[BulkResult]:
    return Call(
        f"delete {len(keys)} models",
        "POST",
        f"{MODELS}/i/bulk_delete",
        readers.bulk("deleted"),
        body={"keys": list(keys)},
        patience=SLOW,
        since=SINCE_6_11,
    )


def reidentify(key: str) -> Call[ModelRecord]:
    return Call(
        f"identify model {key} again",
        "POST",
        key_path(key, "reidentify"),
        _record,
        patience=SLOW,
        since=SINCE_6_11,
    )


def reidentify_many(keys: Sequence[str]) -> Call[BulkResult]:
    return Call(
        f"identify {len(keys)} models again",
        "POST",
        f"{MODELS}/i/bulk_reidentify",
        readers.bulk("succeeded"),
        body={"keys": list(keys)},
        patience=SLOW * 10,
        since=SINCE_6_13,
    )


def convert(key: str, patience: float = CONVERSION) -> Call[ModelRecord]:
    return Call(
        f"convert model {key}",
        "PUT",
        key_path(key).replace(f"{MODELS}/i/", f"{MODELS}/convert/", 1),
        _record,
        patience=patience,
        refusals={424: NotFound},
    )


def get_image(key: str) -> Call[bytes]:
    return Call(
        f"read the cover image of model {key}", "GET", key_path(key, "image"), readers.raw, any_type=True
    )


def set_image(key: str, image: bytes) -> Call[None]:
    return Call(
        f"set the cover image of model {key}",
        "PATCH",
        key_path(key, "image"),
        readers.nothing,
        image=image,
        patience=CHANGE,
        refusals={415: InvalidRequest},
    )


def delete_image(key: str) -> Call[None]:
    return Call(f"delete the cover image of model {key}", "DELETE", key_path(key, "image"), readers.nothing)


def _one_of(name: str, value: str | None, allowed: Sequence[str]) -> None:
    if value is not None and value not in allowed:
        raise InvalidInput(f"{name} cannot be {value!r}.", advice=f"Use one of: {', '.join(allowed)}.")
