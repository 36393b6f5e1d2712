"""The records: list, read, change, remove, identify anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from invokeai_widgets.demo.changes import ModelRecordChanges
from invokeai_widgets.demo.identify import identify
from invokeai_widgets.demo.store import UnknownModelError
from invokeai_widgets.demo.store.patching import DoesNotFitError, changed
from invokeai_widgets.demo.vocabulary import BaseModelType, Direction, ModelFormat, ModelType, OrderBy
from invokeai_widgets.demo.web.answers import Crash, Refusal, json_answer, nothing, text_answer
from invokeai_widgets.demo.web.asking import body, query

from .table import MODELS, USER, Asked, Route

_KEPT = ("path", "key", "name", "description", "cover_image", "trigger_phrases", "source", "source_type")


class _Filters(BaseModel):
    base_models: list[BaseModelType] | None = None
    model_type: ModelType | None = None
    model_name: str | None = None
    model_format: ModelFormat | None = None
    order_by: OrderBy = OrderBy("name")
    direction: Direction = Direction("ASC")


class _Attributes(BaseModel):
    name: str
    type: ModelType
    base: BaseModelType


class _Hash(BaseModel):
    hash: str


class _Keys(BaseModel):
    keys: list[str]


async def list_models(asked: Asked) -> Response:
    """The records that match. Several bases: one query each, appended in the order asked."""
    backend = asked.backend
    given = query(asked.request, backend.version.filters(_Filters)).model_dump(mode="json")
    order = backend.version.order(given["order_by"], given["direction"])
    found = [
        row
        for base in given["base_models"] or [None]
        for row in backend.records.texts(
            base, given["model_type"], given["model_name"], given["model_format"], *order
        )
    ]
    return text_answer(_models(asked, found))


def _models(asked: Asked, rows: list[tuple[str, str]]) -> str:
    """The texts joined as they are, but for their covers, and what an older version shows otherwise."""
    backend = asked.backend
    if backend.version.changes_records:
        texts = [json.dumps(backend.shown(json.loads(text)), ensure_ascii=False) for _, text in rows]
    else:
        texts = [backend.covers.shown_text(key, text) for key, text in rows]
    return f'{{"models":[{",".join(texts)}]}}'


async def missing(asked: Asked) -> Response:
    """The records whose files are gone; external models never."""
    backend = asked.backend
    places = [
        (key, backend.models.place(path))
        for key, path, digest, base in backend.records.places()
        if base != "external" and not backend.invented.owns(digest)
    ]
    gone = await asyncio.to_thread(lambda: [key for key, place in places if not place.exists()])
    found = [record for key in gone if (record := backend.records.first("id", key))]
    return json_answer({"models": found})


async def get_by_attrs(asked: Asked) -> Response:
    """The first record of that name, type and base."""
    given = query(asked.request, _Attributes).model_dump(mode="json")
    rows = asked.backend.records.texts(given["base"], given["type"], given["name"])
    if not rows:
        raise Refusal(404, "No model found with these attributes")
    return json_answer(asked.backend.shown(json.loads(rows[0][1])))


async def get_by_hash(asked: Asked) -> Response:
    """The first record of that hash; there may be more."""
    found = asked.backend.records.first("hash", query(asked.request, _Hash).hash)
    if found is None:
        raise Refusal(404, "No model found with this hash")
    return json_answer(asked.backend.shown(found))


async def get_model(asked: Asked) -> Response:
    """One record."""
    return json_answer(asked.backend.shown(_record(asked, asked.request.path_params["key"])))


async def update_model(asked: Asked) -> Response:
    """Change fields of a record."""
    backend, key = asked.backend, asked.request.path_params["key"]
    changes: ModelRecordChanges = await body(asked.request, backend.version.changes)
    version = backend.version
    if "key" in changes.model_fields_set and changes.key != key and not version.key_may_change:
        raise Refusal(422, "A model's key cannot be changed")
    with backend.claim(key):
        record = _record(asked, key)
        try:
            record = changed(record, changes, not version.is_old, version.unique_names)
        except DoesNotFitError as error:
            raise Refusal(409, str(error)) from None
        try:
            backend.records.replace(key, record)
        except Exception as error:  # the path of another record: InvokeAI does not handle it
            raise Crash from error
    return json_answer(backend.shown(record))


async def delete_model(asked: Asked) -> Response:
    """Remove one model, and its files if they lie in the models folder."""
    _delete(asked, asked.request.path_params["key"])
    return nothing()


async def bulk_delete(asked: Asked) -> Response:
    """Remove several models; each can fail alone."""
    keys = (await body(asked.request, _Keys)).keys

    async def delete(key: str) -> None:
        _delete(asked, key)

    deleted, failed = await _each(keys, delete)
    return json_answer({"deleted": deleted, "failed": failed})


async def reidentify(asked: Asked) -> Response:
    """Look at the files again."""
    return json_answer(await _reidentify(asked, asked.request.path_params["key"]))


async def bulk_reidentify(asked: Asked) -> Response:
    """Look at the files of several models again; each can fail alone."""
    keys = (await body(asked.request, _Keys)).keys
    succeeded, failed = await _each(keys, lambda key: _reidentify(asked, key))
    return json_answer({"succeeded": succeeded, "failed": failed})


def _record(asked: Asked, key: str) -> dict[str, Any]:
    try:
        return asked.backend.records.get(key)
    except UnknownModelError as error:
        raise Refusal(404, str(error)) from None


def _delete(asked: Asked, key: str) -> None:
    backend = asked.backend
    with backend.claim(key):
        record = _record(asked, key)
        if record["base"] != "external":
            backend.models.remove(record["path"])
        backend.records.delete(key)


async def _reidentify(asked: Asked, key: str) -> dict[str, Any]:
    backend = asked.backend
    with backend.claim(key):
        record = _record(asked, key)
        if backend.invented.owns(record["hash"]):
            return record
        place = backend.models.place(record["path"])
        if record["base"] == "external" or not place.exists():
            raise Crash(f"[Errno 2] No such file or directory: '{place.as_posix()}'")
        try:
            found = (await backend.installer.apart(identify, place)).record(key)
        except Exception as error:  # a folder whose files are gone, a broken model
            raise Crash(str(error)) from error
        found |= {name: record[name] for name in _KEPT if name in found and name in record}
        backend.records.replace(key, found)
    return found


async def _each(keys: list[str], work: Callable[[str], Any]) -> tuple[list[str], list[dict[str, str]]]:
    done, failed = [], []
    for key in keys:
        try:
            await work(key)
        except (Refusal, Crash) as error:
            failed.append({"key": key, "error": str(error)})
        else:
            done.append(key)
    return done, failed


_SINCE_13 = (6, 13)

ROUTES = (
    Route("GET", f"{MODELS}/", list_models, USER),
    Route("GET", f"{MODELS}/missing", missing, USER, _SINCE_13),
    Route("GET", f"{MODELS}/get_by_attrs", get_by_attrs, USER),
    Route("GET", f"{MODELS}/get_by_hash", get_by_hash, USER, _SINCE_13),
    Route("GET", f"{MODELS}/i/{{key}}", get_model, USER),
    Route("PATCH", f"{MODELS}/i/{{key}}", update_model),
    Route("DELETE", f"{MODELS}/i/{{key}}", delete_model),
    Route("POST", f"{MODELS}/i/bulk_delete", bulk_delete, since=(6, 11)),
    Route("POST", f"{MODELS}/i/bulk_reidentify", bulk_reidentify, since=_SINCE_13),
    Route("POST", f"{MODELS}/i/{{key}}/reidentify", reidentify, since=(6, 11)),
)
