"""From the body of an answer to a value. All raise ValueError for a body that makes no sense."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from invokeai_widgets.client.schema import BulkResult, ModelInstJobInfo, ModelRecord, Wire

W = TypeVar("W", bound=Wire)


def nothing(body: bytes) -> None:
    """For answers that say no more than that it is done."""


def raw(body: bytes) -> bytes:
    return body


def decoded(body: bytes) -> Any:
    return json.loads(body)


def one(kind: type[W]) -> Callable[[bytes], W]:
    """A reader of one object."""
    return lambda body: kind.from_wire(_object(json.loads(body)))


def many(kind: type[W]) -> Callable[[bytes], list[W]]:
    """A reader of a list of objects."""
    return lambda body: [kind.from_wire(item) for item in _list(json.loads(body))]


def maybe(kind: type[W]) -> Callable[[bytes], W | None]:
    """A reader of one object or null."""

    def read(body: bytes) -> W | None:
        value = json.loads(body)
        return None if value is None else kind.from_wire(_object(value))

    return read


class _Listed(msgspec.Struct):
    models: list[msgspec.Raw]


#: A record without what it inherits: a class that answers for unknown attributes answers slowly for all.
_Passing: Any = msgspec.defstruct(
    "_Passing",
    [(f.name, f.type, f.default) for f in msgspec.structs.fields(ModelRecord) if f.name != "sent_"],
    gc=False,
)
_Models: Any = msgspec.defstruct("_Models", [("models", list[_Passing])])


def model_list(body: bytes) -> list[ModelRecord]:
    """The records of a list: parsed in one go, or one by one where one of them is odd."""
    try:
        return ModelRecord.from_raw(msgspec.json.decode(body, type=_Listed).models)
    except (msgspec.MsgspecError, ValueError):
        return _each_model(body)


def passing_models(body: bytes) -> list[ModelRecord]:
    """The same for who takes their fields and drops them: what comes has nothing but those fields."""
    try:
        return cast(list[ModelRecord], msgspec.json.decode(body, type=_Models).models)
    except (msgspec.MsgspecError, ValueError):
        return _each_model(body)


def _each_model(body: bytes) -> list[ModelRecord]:
    listed = _list(_object(json.loads(body)).get("models"))
    return [ModelRecord.from_wire(item) for item in listed if isinstance(item, dict)]


def job(body: bytes) -> ModelInstJobInfo:
    return ModelInstJobInfo.from_wire(json.loads(body))


def job_list(body: bytes) -> list[ModelInstJobInfo]:
    return [ModelInstJobInfo.from_wire(item) for item in _list(json.loads(body))]


def key_list(body: bytes) -> list[str]:
    return [str(item) for item in _list(json.loads(body))]


def bulk(done: str) -> Callable[[bytes], BulkResult]:
    """A reader of `{<done>: [key], "failed": [{"key", "error"}]}`. A key which was done has not failed."""

    def read(body: bytes) -> BulkResult:
        answer = _object(json.loads(body))
        succeeded = tuple(str(key) for key in _list(answer.get(done)))
        failed = {str(item.get("key")): str(item.get("error")) for item in _list(answer.get("failed"))}
        return BulkResult(
            succeeded=succeeded, failed={key: why for key, why in failed.items() if key not in succeeded}
        )

    return read


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"an object was expected, not {type(value).__name__}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a list was expected, not {type(value).__name__}")
    return value
