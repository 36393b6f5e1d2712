"""Models that the user linked to each other."""

from __future__ import annotations

import sqlite3

from pydantic import BaseModel
from starlette.responses import Response

from invokeai_widgets.demo.web.answers import Crash, Refusal, json_answer, nothing
from invokeai_widgets.demo.web.asking import body

from .table import USER, Asked, Route

_PATH = "/api/v1/model_relationships"


class _Pair(BaseModel):
    model_key_1: str
    model_key_2: str


class _Keys(BaseModel):
    model_keys: list[str]


async def related(asked: Asked) -> Response:
    """The keys of the models linked to one."""
    return json_answer(asked.backend.records.related(asked.request.path_params["key"]))


async def relate(asked: Asked) -> Response:
    """Link two models; again: nothing happens."""
    pair = await _pair(asked, "Cannot relate a model to itself.")
    try:
        asked.backend.records.relate(*pair)
    except sqlite3.IntegrityError as error:
        raise Crash(str(error)) from error
    return nothing()


async def unrelate(asked: Asked) -> Response:
    """Take a link away; that of none, too."""
    asked.backend.records.unrelate(*await _pair(asked, "Cannot unlink a model from itself."))
    return nothing()


async def related_to_any(asked: Asked) -> Response:
    """The keys of the models linked to any of several."""
    keys = (await body(asked.request, _Keys)).model_keys
    return json_answer(sorted({found for key in keys for found in asked.backend.records.related(key)}))


async def _pair(asked: Asked, refusal: str) -> tuple[str, str]:
    given = await body(asked.request, _Pair)
    if given.model_key_1 == given.model_key_2:
        raise Refusal(400, refusal)
    return given.model_key_1, given.model_key_2


ROUTES = (
    Route("GET", f"{_PATH}/i/{{key}}", related, USER),
    Route("POST", f"{_PATH}/", relate),
    Route("DELETE", f"{_PATH}/", unrelate),
    Route("POST", f"{_PATH}/batch", related_to_any, USER),
)
