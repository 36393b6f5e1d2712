"""What lies around the routes: errors, compression, CORS, and faults."""

from __future__ import annotations

import asyncio
import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from invokeai_widgets.demo.faults import CUT, HANG_UP, HTML, TRUNCATED, Fault, Faults

from .answers import Crash, Refusal

_PREFLIGHT = (
    "Origin",
    *(f"Access-Control-Request-{what}" for what in ("Method", "Headers", "Private-Network")),
)  # what the answer to one depends on
_LONGEST_ADDRESS = 65_536  # bytes; httptools, which reads requests for InvokeAI, does not take more
_log = logging.getLogger(__name__)


class Refusing:
    """Turns refusals into answers, and refuses endless addresses itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if len(scope["raw_path"]) + len(scope["query_string"]) > _LONGEST_ADDRESS:
            await PlainTextResponse("Invalid HTTP request received.", 400)(scope, receive, send)
            return
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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
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

    def __init__(self, app: ASGIApp, vary: bool) -> None:
        """`vary`: whether all answers say that they depend on the origin; older versions' do not."""
        self._app, self._vary = app, vary

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asks = "origin" in headers and "access-control-request-method" in headers
        if scope["method"] == "OPTIONS" and asks:
            refusal = PlainTextResponse("Disallowed CORS origin", 400, {"vary": ", ".join(_PREFLIGHT)})
            await refusal(scope, receive, send)
            return

        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start" and self._vary:
                MutableHeaders(scope=message).add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, pass_on)


class Faulty:
    """Lets happen what was asked for, to requests of sockets that poll, too."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app, self._faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            for fault in self._faults.taking(scope["method"], scope["path"]):
                await asyncio.sleep(fault.latency)
                if fault.instead is not None:
                    await self._instead(fault, scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _instead(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.instead in (TRUNCATED, CUT):
            await self._half(scope, receive, send, cut=fault.instead == CUT)
            return
        if fault.done:
            await self._app(scope, receive, _nowhere)
        if fault.instead == HANG_UP:
            await _hang_up(send)
            return
        await _replacement(fault)(scope, receive, send)
        if fault.instead == 500:
            raise Crash

    async def _half(self, scope: Scope, receive: Receive, send: Send, cut: bool) -> None:
        """Half of the answer: as if that were all of it, or with the connection `cut` there."""
        start: Message = {}
        body = b""

        async def keep(message: Message) -> None:
            nonlocal start, body
            start, body = message if "status" in message else start, body + message.get("body", b"")

        headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, keep)
        length = str(len(body) if cut else len(body) // 2).encode()
        others = [each for each in start["headers"] if each[0] != b"content-length"]
        await send({**start, "headers": [*others, (b"content-length", length)]})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": cut})
        if cut:
            await _hang_up(send)


async def _hang_up(send: Send) -> None:
    """Close the connection with nothing more said; ASGI has no word for that, so uvicorn is asked itself."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    await asyncio.sleep(0.01)


def _replacement(fault: Fault) -> Response:
    if fault.instead == HTML:
        return HTMLResponse("<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>")
    if fault.instead == 500:
        return PlainTextResponse("Internal Server Error", 500)
    return Refusal(int(str(fault.instead)), fault.detail).answer()


async def _nowhere(message: Message) -> None:
    """Where an answer goes that is lost."""
