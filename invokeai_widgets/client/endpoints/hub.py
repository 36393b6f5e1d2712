"""The calls about Hugging Face and the models that InvokeAI suggests."""

from __future__ import annotations

import json
from typing import Any

from invokeai_widgets.client.errors import NotFound
from invokeai_widgets.client.schema import HuggingFaceFiles, StarterBundle, StarterList, StarterModel

from . import readers
from .call import MODELS, SLOW, Call, given

_LOGIN = f"{MODELS}/hf_login"


def look_up(repo: str) -> Call[HuggingFaceFiles]:
    return Call(
        f"look up {repo} on Hugging Face",
        "GET",
        f"{MODELS}/hugging_face",
        readers.one(HuggingFaceFiles),
        query=given(hugging_face_repo=repo),
        patience=SLOW,
        refusals={400: NotFound},
    )


def starter_models() -> Call[StarterList]:
    return Call("list the starter models", "GET", f"{MODELS}/starter_models", _starters, patience=SLOW)


def status() -> Call[str]:
    return Call("read the Hugging Face login", "GET", _LOGIN, _word, patience=SLOW)


def login(token: str) -> Call[str]:
    return Call("log in to Hugging Face", "POST", _LOGIN, _word, body={"token": token}, patience=SLOW)


def logout() -> Call[str]:
    return Call("log out from Hugging Face", "DELETE", _LOGIN, _word, patience=SLOW)


def _word(body: bytes) -> str:
    return str(json.loads(body))


def _starters(body: bytes) -> StarterList:
    answer = json.loads(body)
    bundles = answer.get("starter_bundles") or {}
    return StarterList(
        models=tuple(StarterModel.from_wire(item) for item in answer.get("starter_models") or ()),
        bundles=tuple(_bundle(key, value) for key, value in bundles.items()),
    )


def _bundle(key: str, value: Any) -> StarterBundle:
    """A name and models; on servers up to 5.15 no more than the list of models."""
    named = isinstance(value, dict)
    models = (value.get("models") or ()) if named else value
    return StarterBundle(
        key=key,
        name=(named and value.get("name")) or key,
        models=tuple(StarterModel.from_wire(item) for item in models),
    )
