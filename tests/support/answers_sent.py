"""Everything an embedded server sends in a run, kept to be held against the OpenAPI document afterwards."""

from __future__ import annotations

import gzip
import json
from collections import deque
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import answer_complaints, event_complaints

_EVENT = '42["'  # how a text frame of Socket.IO begins that holds an event


class _Answer(NamedTuple):
    method: str
    path: str
    status: int
    body: bytes


_sent: deque[_Answer | str] = deque()
_checked: set[_Answer | str] = set()


class Kept:
    """An application whose JSON answers and events are kept. Checking at once would slow the server down."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def keep(message: Message) -> None:
            nonlocal start, body
            await send(message)
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body") and body:
                    _keep(scope, start, body)
            elif message["type"] == "websocket.send" and str(message.get("text")).startswith(_EVENT):
                _sent.append(message["text"])

        await self._app(scope, receive, keep)


def complaints() -> list[str]:
    """What the document says against what was sent since the last call; the same twice is checked once."""
    found = []
    while _sent:
        one = _sent.popleft()
        if one not in _checked:
            _checked.add(one)
            found += _event(one) if isinstance(one, str) else _answer(one)
    return found


def _keep(scope: Scope, start: Message, body: bytes) -> None:
    headers = dict(start["headers"])
    if headers.get(b"content-type") == b"application/json":
        plain = gzip.decompress(body) if headers.get(b"content-encoding") == b"gzip" else body
        _sent.append(_Answer(scope["method"], scope["path"], start["status"], plain))


def _answer(answer: _Answer) -> list[str]:
    found = answer_complaints(answer.method, answer.path, answer.status, json.loads(answer.body))
    return [f"{answer.method} {answer.path} {answer.status}: {each}" for each in found]


def _event(frame: str) -> list[str]:
    event: tuple[str, Any] = json.loads(frame[2:])
    return [f"{event[0]}: {each}" for each in event_complaints(*event)]
