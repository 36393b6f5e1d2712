"""From a server to a frame without an object for each record in between: half the time, half the memory."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic_core import from_json

from invokeai_widgets.client.endpoints import records
from invokeai_widgets.client.endpoints.call import Call
from invokeai_widgets.client.errors import NotSupported
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.library.frames import TAKEN, build

if TYPE_CHECKING:
    from invokeai_widgets.client.aio import AsyncInvokeAIClient
    from invokeai_widgets.client.blocking import InvokeAIClient

Columns = dict[str, list[Any]]


def frame(client: InvokeAIClient) -> pd.DataFrame:
    """All models of a server, indexed by key, with the columns of `library.columns`, ordered by name.

    Asks for the list and for the missing ones (`GET /api/v2/models/`, `/missing`); a server older than 6.13
    cannot tell which are missing, so none is. Raises what `client.dnn_model_repo.list_models()` raises.
    """
    return client._thread.run(frame_async(client.aio))


async def frame_async(client: AsyncInvokeAIClient) -> pd.DataFrame:
    """As `frame`, for a client that is awaited."""
    ask = records.list_models()
    call = Call(ask.verb, ask.method, ask.path, columns_of)
    listed, missing = await asyncio.gather(client.jobs.transport.send(call), _missing(client))
    return build(listed.pop("key"), listed, missing)


async def _missing(client: AsyncInvokeAIClient) -> frozenset[str]:
    try:
        return frozenset(model.key for model in await client.dnn_model_repo.list_missing_models())
    except NotSupported:
        return frozenset()


def columns_of(body: bytes) -> Columns:
    """The lists `key` and `TAKEN` of a list of records. Raises ValueError if it is none.

    A value of a kind that it should not have reads as a `ModelRecord` reads it: as the field's default.
    """
    answer = from_json(body, cache_strings="all")
    models = answer.get("models") if isinstance(answer, dict) else None
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise ValueError("a list of models was expected")
    return {name: _sound(name, values) for name, values in _columns(models).items()}


#: Not every class of model has these.
_OF_SOME = ("variant", "trigger_phrases", "default_settings")
_OF_ALL = tuple(name for name in ("key", *TAKEN) if name not in _OF_SOME)


def _columns(models: list[dict[str, Any]]) -> Columns:
    """By one pass over the records where they have all of these, else by one for each field."""
    found: Columns = {}
    with suppress(KeyError):  # an older server
        rows = map(itemgetter(*_OF_ALL), models)
        found = {name: list(values) for name, values in zip(_OF_ALL, zip(*rows, strict=True), strict=False)}
    return {name: found.get(name) or [model.get(name) for model in models] for name in ("key", *TAKEN)}


_TYPES: dict[str, type] = {"file_size": int, "trigger_phrases": list, "default_settings": dict}


def _sound(name: str, values: list[Any]) -> list[Any]:
    default = ModelRecord.model_fields[name].default
    wanted = {_TYPES.get(name, str), type(default)}
    if not set(map(type, values)) <= wanted:
        values = [value if type(value) in wanted else default for value in values]
    if name == "trigger_phrases":
        values = [value if value is None or _are_texts(value) else None for value in values]
    return values


def _are_texts(values: list[Any]) -> bool:
    return all(type(value) is str for value in values)
