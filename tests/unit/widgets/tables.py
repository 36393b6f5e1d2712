"""A model table of an embedded server, seen from the server's side and from Python's."""

from __future__ import annotations

from typing import Any

import httpx

from invokeai_widgets import ModelTable
from invokeai_widgets.demo.server import DemoServer
from tests.support.panels import BrowserSide

MODELS = "/api/v2/models"


def table_of(side: BrowserSide) -> ModelTable:
    assert isinstance(side.panel, ModelTable)
    return side.panel


def key_of(side: BrowserSide, **kind: str) -> str:
    models = table_of(side).df
    for name, word in kind.items():
        models = models[models[name] == word]
    return str(models.index[0])


def record(server: DemoServer, key: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{server.url}{MODELS}/i/{key}", trust_env=False).json()
    return answer
