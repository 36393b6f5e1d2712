"""A real HTTP server that answers by script: for what a good server cannot be made to do on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from types import TracebackType
from typing import Any

from tests.support.http import QuietHandler, QuietServer

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """One answer. `hang_up`: close without any answer; `close`: close right after it, unannounced."""

    status: int = 200
    body: Any = None
    content_type: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    close: bool = False
    hang: bool = False

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


HANG_UP = Answer(hang_up=True)
HANG = Answer(hang=True)
PAGE = Answer(body=b"<!doctype html><html></html>", content_type="text/html; charset=utf-8")
VERSION = Answer(body={"version": "6.14.2"})


@dataclass(frozen=True)
class Seen:
    """A request as it came, and the number of the connection it came on."""

    method: str
    path: str
    headers: Message
    body: bytes
    connection: int


Script = Sequence[Answer] | Callable[[Seen], Answer]


class ScriptedServer:
    """Answers with one `Answer` after the other (the last one for ever), or with what a function says.

    `seen` are the requests that came. Use as a context manager.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._lock = threading.Lock()
        self.seen: list[Seen] = []
        self.connections = 0
        self.released = threading.Event()
        self._server = QuietServer(_Handler, self)
        self.url = self._server.url

    def answer(self, seen: Seen) -> Answer:
        with self._lock:
            self.seen.append(seen)
            count = len(self.seen)
        if callable(self._script):
            return self._script(seen)
        return self._script[min(count, len(self._script)) - 1]

    def connect(self) -> int:
        with self._lock:
            self.connections += 1
            return self.connections

    def methods(self) -> list[str]:
        return [seen.method for seen in self.seen]

    def __enter__(self) -> ScriptedServer:
        self._server.start("scripted")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.stop()


class _Handler(QuietHandler):
    def setup(self) -> None:
        super().setup()
        self.number = self._owner.connect()

    @property
    def _owner(self) -> ScriptedServer:
        owner: ScriptedServer = self.server.owner
        return owner

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        answer = self._owner.answer(Seen(self.command, self.path, self.headers, body, self.number))
        if answer.hang:
            self._owner.released.wait(30)
        if answer.hang_up or answer.hang:
            self.close_connection = True
            return
        content = b"" if answer.status == 204 else answer.content
        head = dict(answer.headers)
        if answer.content_type is not None:
            head["Content-Type"] = answer.content_type
        if answer.status != 204:
            head.setdefault("Content-Length", str(len(content)))  # a script may promise more
        self.send_head(answer.status, head)
        self.wfile.write(content)
        self.close_connection = answer.close

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - http.server's names
