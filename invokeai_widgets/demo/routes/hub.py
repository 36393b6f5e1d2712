"""What is asked about Hugging Face, and the suggestions."""

from __future__ import annotations

from contextlib import suppress

from pydantic import BaseModel
from starlette.responses import Response

from invokeai_widgets.demo.hub.repository import HubUnreachableError, UnknownRepositoryError
from invokeai_widgets.demo.web.answers import Crash, Refusal, json_answer
from invokeai_widgets.demo.web.asking import embedded, query

from .table import MODELS, Asked, Route

_LOGIN = f"{MODELS}/hf_login"
_VALID, _INVALID, _UNKNOWN = "valid", "invalid", "unknown"


class _Repository(BaseModel):
    hugging_face_repo: str | None = None


async def look_up(asked: Asked) -> Response:
    """The single models of a repository. What is no name at all crashes, as it does InvokeAI."""
    name = (query(asked.request, _Repository).hugging_face_repo or "").split("::")[0]
    if name.count("/") != 1 or ":" in name:
        raise Crash(f"not a repository: {name!r}")
    try:
        found = await asked.backend.hub.repository(name, None, asked.backend.machine.hub_token)
    except UnknownRepositoryError:
        raise Refusal(400, "No HuggingFace repository found") from None
    except HubUnreachableError as error:
        raise Crash(str(error)) from error
    return json_answer({"urls": found.checkpoints, "is_diffusers": found.is_diffusers})


async def login_status(asked: Asked) -> Response:
    """Whether a token is stored, and good."""
    return json_answer(await _status(asked))


async def log_in(asked: Asked) -> Response:
    """Store a token, if the hub knows it. What was stored before stays otherwise."""
    token = await embedded(asked.request, "token")
    with suppress(HubUnreachableError):  # nothing is stored then; the status tells
        if token and await asked.backend.hub.knows(token):
            asked.backend.machine.hub_token = token
    return json_answer(await _status(asked))


async def log_out(asked: Asked) -> Response:
    """Forget the token."""
    asked.backend.machine.hub_token = None
    return json_answer(_INVALID)


async def _status(asked: Asked) -> str:
    token = asked.backend.machine.hub_token
    if not token:
        return _INVALID
    try:
        return _VALID if await asked.backend.hub.knows(token) else _UNKNOWN
    except HubUnreachableError:
        return _UNKNOWN


async def starter_models(asked: Asked) -> Response:
    """The catalogue's suggestions, with what is installed already."""
    told = asked.backend.invented.starters(asked.backend.records.sources())
    return json_answer(asked.backend.version.starters(told))


ROUTES = (
    Route("GET", f"{MODELS}/hugging_face", look_up),
    Route("GET", _LOGIN, login_status),
    Route("POST", _LOGIN, log_in),
    Route("DELETE", _LOGIN, log_out),
    Route("GET", f"{MODELS}/starter_models", starter_models),
)
