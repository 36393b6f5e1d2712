"""Sends a `Call`. With `trouble` the only module that knows httpx.

Two pools: requests that only read keep their connections; one that changes something goes on a fresh
connection, because on a kept one, closed by the server at that very moment, nobody could tell whether it was
carried out. For the same reason only reading requests are ever sent twice.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

from .auth import Auth
from .changes import Changes
from .endpoints import server
from .endpoints.call import NO_BODY, Call
from .errors import (
    InvalidInput,
    InvokeAIError,
    NotAnInvokeAIServer,
    NotFound,
    NotSupported,
    Unreachable,
)
from .identity import stranger, unknown_route
from .lean import httpx
from .logs import hide_secrets
from .pieces import read_in_large_pieces
from .replies import Puzzling, Reply, understand
from .schema import ServerVersion
from .secrets import redact_text
from .trouble import trouble_of
from .urls import Address
from .version import KnownVersion

T = TypeVar("T")

hide_secrets()

_CONNECT_SECONDS: Final = 10.0
#: Waits before the second and the third try of a reading request, in seconds; each is varied by half.
_PAUSES: Final = (0.15, 0.6)
#: More connections make httpx slower, not faster.
_KEPT: Final = httpx.Limits(max_connections=10, max_keepalive_connections=10, keepalive_expiry=30)
_FRESH: Final = httpx.Limits(max_connections=10, max_keepalive_connections=0)


class Transport:
    """The way to one server."""

    def __init__(
        self, address: Address, auth: Auth, *, http: Callable[[], httpx.AsyncBaseTransport] | None = None
    ) -> None:
        """`http` makes the transport to send with, instead of the network: for tests and embedding."""
        if sys.platform == "emscripten":
            raise NotSupported(
                "A kernel that runs in the browser cannot reach an InvokeAI server.",
                advice="Use JupyterLab or Notebook with a Python kernel on a machine.",
            )
        self.address = address
        self.auth = auth
        self.changes = Changes.of(address.base)
        self._http = http
        self._pools: dict[bool, httpx.AsyncClient] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._version = KnownVersion(self._ask_version)

    def __repr__(self) -> str:
        return f"Transport({self.address.base!r})"

    @property
    def has_own_http(self) -> bool:
        """Whether requests go another way than over the network, where a socket cannot follow."""
        return self._http is not None

    def for_another_loop(self) -> Transport:
        """Another way to the same server as the same user: connections belong to one event loop."""
        return Transport(self.address, self.auth, http=self._http)

    async def send(self, call: Call[T]) -> T:
        """The value of the answer.

        Raises:
            NotSupported: The server's version cannot do it.
            Unreachable, RequestTimedOut, NotAnInvokeAIServer, UnexpectedReply, APIRequestError: See there.
        """
        if call.since is not None:
            await self._version.check(call.verb, call.since)
        try:
            reply = await self._reply(call)
        finally:
            if call.changes_models:
                self.changes.tell()
        try:
            return understand(call, reply)
        except Puzzling:
            raise await self._explain(call, reply) from None

    async def version(self) -> ServerVersion:
        """The server's version; asked once, and again after the connection was lost."""
        return await self._version.get()

    def forget_version(self) -> None:
        """Ask for it again when it is needed next."""
        self._version.forget()

    async def aclose(self) -> None:
        """Close all connections. Nothing can be sent afterwards."""
        self._closed = True
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()

    async def _ask_version(self) -> ServerVersion:
        call = server.version()
        reply = await self._reply(call)
        try:
            return understand(call, reply)
        except (Puzzling, NotFound):  # every InvokeAI has a version
            raise stranger(self.address.base, reply) from None

    async def _explain(self, call: Call[Any], reply: Reply) -> InvokeAIError:
        """Who is it that answers so? An InvokeAI says its version."""
        if call.path == server.version().path:
            return stranger(self.address.base, reply)
        try:
            return unknown_route(call, await self._ask_version())
        except NotAnInvokeAIServer as error:
            return error

    async def _reply(self, call: Call[Any]) -> Reply:
        """The answer; a reading request is repeated where the server, or a proxy before it, gave none."""
        for pause in _PAUSES if call.only_reads else ():
            try:
                reply = await self._exchange(call)
                if reply.status not in (502, 503, 504):
                    return reply
            except Unreachable:
                self.forget_version()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        return await self._exchange(call)

    async def _exchange(self, call: Call[Any]) -> Reply:
        request = self._request(call)
        try:
            response = await self._pool(kept=call.only_reads).send(request, stream=True)
            try:
                reply = await _received(call, response)
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise trouble_of(self.address.base, call, error) from error
        if token := response.headers.get("x-refreshed-token"):
            self.auth.renew(token, request.headers.get("authorization"))
        return reply

    def _request(self, call: Call[Any]) -> httpx.Request:
        headers = self._headers(call)
        content: bytes | None = None
        try:
            if call.body is not NO_BODY:
                content = json.dumps(call.body, allow_nan=False).encode()
                headers["Content-Type"] = "application/json"
            files = {"image": ("image", call.image, "image/png")} if call.image is not None else None
            return httpx.Request(
                call.method,
                self.address.url(call.path),
                params=call.query or None,
                headers=headers,
                content=content,
                files=files,
                extensions={"timeout": _timeouts(call.patience)},
            )
        except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
            raise InvalidInput(f"Could not {call.verb}: it cannot be sent as it is.") from error

    def _headers(self, call: Call[Any]) -> dict[str, str]:
        headers = {"Accept": "application/json", **self.auth.headers()}
        # Servers with a recent starlette turn the 204 of a DELETE into a 500 for whoever accepts gzip.
        if call.method == "DELETE" or self.address.is_loopback:
            headers["Accept-Encoding"] = "identity"
        return headers

    def _pool(self, *, kept: bool) -> httpx.AsyncClient:
        self._check_usable()
        if kept not in self._pools:
            self._pools[kept] = self._new_pool(_KEPT if kept else _FRESH)
        return self._pools[kept]

    def _new_pool(self, limits: httpx.Limits) -> httpx.AsyncClient:
        local = self.address.is_loopback
        client = open_pool(
            limits=limits,
            trust_env=not local,  # a proxy cannot reach this machine's own loopback
            verify=not local or self.address.base.startswith("https"),  # the certificates take time to load
            transport=self._http() if self._http else None,
        )
        read_in_large_pieces(getattr(client, "_transport", None))
        return client

    def _check_usable(self) -> None:
        if self._closed:
            raise InvokeAIError("The client is closed.", advice="Make a new one with from_url(...).")
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            raise InvokeAIError(
                "This AsyncInvokeAIClient was used in another event loop, and belongs to it.",
                advice="Make one client in each loop, or use InvokeAIClient, which works everywhere.",
            )
        self._loop = loop


def _timeouts(patience: float) -> dict[str, Any]:
    return httpx.Timeout(patience, connect=min(patience, _CONNECT_SECONDS)).as_dict()


async def _received(call: Call[Any], response: httpx.Response) -> Reply:
    status, content_type = response.status_code, response.headers.get("content-type", "")
    if call.collect is None or not response.is_success or "json" not in content_type:
        return Reply(status, content_type, await response.aread())
    collector = call.collect()
    async for chunk in response.aiter_bytes():
        collector.add(chunk)
    return Reply(status, content_type, collected=collector)


def open_pool(**how: Any) -> httpx.AsyncClient:
    """A client of httpx, which reads the proxies and certificates of the environment.

    Raises:
        InvalidInput: They make no sense.
    """
    try:
        return httpx.AsyncClient(**how)
    except (httpx.InvalidURL, ImportError, OSError, ValueError) as error:
        raise InvalidInput(
            f"The settings of this machine allow no connection: {redact_text(str(error))}",
            advice="Look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from error


async def content_length(pool: httpx.AsyncClient, url: str) -> int | None:
    """The bytes of a file on the web as its site tells them (`HEAD`), None if it does not. Sends no token."""
    try:
        answer = await pool.head(url, headers={"Accept-Encoding": "identity"})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    length = answer.headers.get("content-length", "")
    return int(length) if answer.is_success and length.isdecimal() else None
