"""What lies around the routes: errors, compression, CORS, and faults."""

from __future__ import annotations

import asyncio
import logging

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from invokeai_widgets.demo.faults import CRASHED, HANG_UP, HTML, TRUNCATED, Fault, Faults

from .answers import Crash, Refusal

_log = logging.getLogger(__name__)


class Refusing:
    """Turns refusals into answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._app(scope, receive, send)
        except Refusal as refusal:
            await refusal.answer()(scope, receive, send)


class Crashing:
    """Turns any other exception into 500, never compressed, with the connection closed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if not isinstance(error, Crash):
                _log.exception("The embedded server failed at %s", scope.get("path"))
            await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
            raise  # what makes uvicorn close the connection


class Compressed:
    """Gzip for every answer with a body, if it is asked for; then chunked, without a length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = GZipMiddleware(_streamed(app), minimum_size=1, compresslevel=9)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, send)


def _streamed(app: ASGIApp) -> ASGIApp:
    """Sends each body as the beginning of one: so no answer is too short to be compressed."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def pass_on(message: Message) -> None:
            whole = message["type"] == "http.response.body" and not message.get("more_body")
            if not whole or not message.get("body"):
                await send(message)
                return
            await send({**message, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        await app(scope, receive, pass_on)

    return answer


class Cors:
    """No other origin is allowed, so no preflight is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        if (
            scope["method"] == "OPTIONS"
            and "origin" in headers
            and "access-control-request-method" in headers
        ):
            await PlainTextResponse("Disallowed CORS origin", 400, {"vary": "Origin"})(scope, receive, send)
            return
        await self._app(scope, receive, send)


class Faulty:
    """Lets happen what was asked for."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app, self._faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        for fault in self._faults.taking(scope["method"], scope["path"]):
            await asyncio.sleep(fault.latency)
            if fault.instead is not None:
                await self._instead(fault, scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _instead(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.instead == TRUNCATED:
            await self._app(scope, receive, _Truncating(send))
            await _hang_up(send)
            return
        if fault.done:
            await self._app(scope, receive, _nowhere)
        if fault.instead == HANG_UP:
            await _hang_up(send)
            return
        await _replacement(fault)(scope, receive, send)
        if fault.instead in (500, CRASHED):
            raise Crash


class _Truncating:
    """Sends half of the body, and nothing after it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._send(message)
        elif message.get("body") and not self._begun:
            self._begun = True
            half = message["body"][: len(message["body"]) // 2]
            await self._send({**message, "body": half, "more_body": True})


async def _hang_up(send: Send) -> None:
    """Close the connection with nothing more said; ASGI has no word for that, so uvicorn is asked itself."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    await asyncio.sleep(0.01)


def _replacement(fault: Fault) -> Response:
    if fault.instead == HTML:
        return HTMLResponse("<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>")
    if fault.instead in (500, CRASHED):
        return PlainTextResponse("Internal Server Error", 500)
    return Refusal(int(str(fault.instead)), fault.detail).answer()


async def _nowhere(message: Message) -> None:
    """Where an answer goes that is lost."""


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
