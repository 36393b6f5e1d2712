"""Reads query and body, and complains about them in FastAPI's words."""

from __future__ import annotations

import json
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request

from .answers import Refusal

_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)


def query(request: Request, model: type[_M]) -> _M:
    """The query as a `model`; of a parameter given twice the last counts, but for lists. Raises 422."""
    return _values(request, model, "query")


def path_id(request: Request, name: str = "id") -> int:
    """The number in the path. Raises 422."""
    try:
        return TypeAdapter(int).validate_python(request.path_params[name])
    except ValidationError as error:
        raise Refusal(422, complaints(error, "path", name)) from None


async def body(request: Request, kind: Any) -> Any:
    """The JSON body as a `kind`, which is a model or any other type. Raises 422, or 400 if it is no text."""
    value = await _json(request)
    if value is None:
        raise Refusal(422, [missing("body")])
    try:
        return TypeAdapter(kind).validate_python(value, from_attributes=True)
    except ValidationError as error:
        raise Refusal(422, complaints(error, "body")) from None


async def embedded(request: Request, name: str) -> str:
    """The string of that name in the body. Raises 422."""
    value = await _json(request)
    if not isinstance(value, dict) or name not in value:
        raise Refusal(422, [missing("body", name)])
    try:
        return TypeAdapter(str).validate_python(value[name])
    except ValidationError as error:
        raise Refusal(422, complaints(error, "body", name)) from None


def missing(*loc: str) -> dict[str, Any]:
    """The complaint about something that is not there."""
    return {"type": "missing", "loc": list(loc), "msg": "Field required", "input": None}


def complaints(error: ValidationError, *where: str) -> list[dict[str, Any]]:
    """pydantic's errors as FastAPI shows them."""
    found = []
    for each in error.errors(include_url=False):
        shown: dict[str, Any] = {
            "type": each["type"],
            "loc": [*where, *each["loc"]],
            "msg": each["msg"],
            "input": each["input"],
        }
        if "ctx" in each:
            # An exception has no JSON: FastAPI shows it as an empty object.
            shown["ctx"] = {
                name: {} if isinstance(value, Exception) else value for name, value in each["ctx"].items()
            }
        found.append(shown)
    return found


async def _json(request: Request) -> Any:
    raw = await request.body()
    if not raw:
        return None
    if not _is_json(request.headers.get("content-type", "")):
        # FastAPI hands the bytes to the model as they are.
        return raw.decode("utf-8", "replace")
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        raise Refusal(422, [_undecodable(error)]) from None
    except ValueError:
        raise Refusal(400, "There was an error parsing the body") from None


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _undecodable(error: json.JSONDecodeError) -> dict[str, Any]:
    return {
        "type": "json_invalid",
        "loc": ["body", error.pos],
        "msg": "JSON decode error",
        "input": {},
        "ctx": {"error": error.msg},
    }


def _values(request: Request, model: type[_M], where: str) -> _M:
    given: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        values = request.query_params.getlist(name)
        if values:
            given[name] = values if _is_list(field.annotation) else values[-1]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = complaints(error, where)
        for each in found:
            if each["type"] == "missing":
                each["input"] = None
        raise Refusal(422, found) from None


def _is_list(annotation: Any) -> bool:
    return any(get_origin(each) is list for each in (annotation, *getattr(annotation, "__args__", ())))
