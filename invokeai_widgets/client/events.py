"""The server's events as an async iterator. The only module that knows socketio, imported when first used.

Over websocket only: with a recent starlette InvokeAI answers 500 to the other way of Socket.IO.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .schema.jobs import source_text
from .secrets import redact, redact_text

if TYPE_CHECKING:
    import aiohttp
    import socketio

    from .transport import Transport

_PATH: Final = "ws/socket.io"
_PREFIX: Final = "model_install_"
_KINDS: Final = ("download_progress", "downloads_complete", "started", "complete", "error", "cancelled")
_CONNECT_SECONDS: Final = 10.0
_FAREWELL: Final = 1.0  # seconds that a socket gets to take its leave
#: Seconds that opening a socket gets to come to its end when nobody wants it any more.
_HALF_WAY: Final = 0.5
#: socketio adds a handler of its own to a logger that has no level, and writes to the screen.
_QUIET: Final = logging.getLogger("invokeai_widgets.socket")
_QUIET.setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Connected:
    """The socket is open, and the server took us in."""


@dataclass(frozen=True)
class Disconnected:
    """The socket is closed, or could not be opened; the last item. `why` is in words."""

    why: str


@dataclass(frozen=True)
class Refused:
    """The server, or a proxy before it, does not want a socket of ours; the last item. `why` is in words."""

    why: str


@dataclass(frozen=True)
class JobEvent:
    """An event about an install job.

    Attributes:
        kind: The server's name without `model_install_`: `download_progress`, `downloads_complete`,
            `started`, `complete`, `error` or `cancelled`.
        job_id: The job's number.
        source: Its source as one types it.
        payload: The rest, without secrets.
    """

    kind: str
    job_id: int
    source: str
    payload: Mapping[str, Any] = field(repr=False)

    def number(self, name: str) -> int:
        """A number of the payload; 0 where there is none."""
        value = self.payload.get(name)
        return value if type(value) is int else 0

    def text(self, name: str) -> str | None:
        """A text of the payload; None where there is none."""
        value = self.payload.get(name)
        return value if isinstance(value, str) else None

    def items(self, name: str) -> list[dict[str, Any]]:
        """The objects in a list of the payload."""
        value = self.payload.get(name)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@dataclass(frozen=True)
class FileCancelled:
    """A file is no longer fetched: all that is said when a download is cancelled. `url` has no secrets."""

    url: str


Signal: TypeAlias = "Connected | Disconnected | Refused | JobEvent | FileCancelled"


async def listen(transport: Transport) -> AsyncGenerator[Signal, None]:
    """One connection: `Connected`, then events as they come, then `Disconnected`; or how it failed.

    Ends by itself; does not connect again. Close it (`contextlib.aclosing`) to close the socket.
    """
    if transport.has_own_http:
        yield Refused("this client has its own way to the server, which knows no sockets")
        return
    socket = _Socket(transport)
    connecting = asyncio.get_running_loop().create_task(socket.connect())
    try:
        failed = await asyncio.shield(connecting)
        if failed is not None:
            yield failed
            return
        yield Connected()
        while True:
            signal = await socket.heard.get()
            yield signal
            if isinstance(signal, Disconnected):
                return
    finally:
        await _to_the_end(_leave(socket, connecting))


async def _leave(socket: _Socket, connecting: asyncio.Task[Any]) -> None:
    """Close it; one that is being opened not at once: aiohttp leaves open what is given up half-way."""
    await asyncio.wait({connecting}, timeout=_HALF_WAY)
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    await socket.close()


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for it, however often one is cancelled meanwhile; the cancellation counts after that."""
    task = asyncio.get_running_loop().create_task(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


class _Socket:
    """A socketio client, and the queue of what it hears."""

    def __init__(self, transport: Transport) -> None:
        self.heard: asyncio.Queue[Signal] = asyncio.Queue()
        self._transport = transport
        self._session: aiohttp.ClientSession | None = None
        self._client: socketio.AsyncClient | None = None
        self._refusal: str | None = None

    async def connect(self) -> Disconnected | Refused | None:
        """Open the socket; None if that went well."""
        import aiohttp
        import socketio

        address, auth = self._transport.address, self._transport.auth
        # A proxy cannot reach this machine's own loopback; elsewhere the usual variables hold.
        self._session = aiohttp.ClientSession(trust_env=not address.is_loopback)
        self._client = socketio.AsyncClient(
            reconnection=False,
            handle_sigint=False,
            http_session=self._session,
            logger=_QUIET,
            engineio_logger=_QUIET,
        )
        self._hook(self._client)
        base, folder = _split(address.base)
        try:
            await self._client.connect(
                base,
                headers=auth.headers(),
                auth={"token": auth.token} if auth.token else None,
                transports=["websocket"],
                socketio_path=f"{folder}{_PATH}",
                wait_timeout=_CONNECT_SECONDS,
            )
        except socketio.exceptions.ConnectionError as error:
            return self._failure(error)
        except Exception as error:  # engineio fails in ways of its own at a proxy that closes with a code
            return Disconnected(redact_text(str(error)) or type(error).__name__)
        return None

    async def close(self) -> None:
        """Close the socket, and wait until all that belongs to it has ended."""
        if self._client is not None:
            with contextlib.suppress(Exception):  # a server that stands still takes no leave
                await asyncio.wait_for(self._client.disconnect(), _FAREWELL)
            for task in (self._client.eio.read_loop_task, self._client.eio.write_loop_task):
                if task is not None and not task.done():
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError, Exception):
                        await task
        if self._session is not None:
            await self._session.close()

    def _hook(self, client: socketio.AsyncClient) -> None:
        for kind in _KINDS:
            client.on(_PREFIX + kind, self._hearing(kind))
        client.on("download_cancelled", self._file_cancelled)
        client.on("connect_error", self._refused)
        client.on("disconnect", self._disconnected)

    def _hearing(self, kind: str) -> Any:
        def hear(payload: Any = None) -> None:
            if isinstance(payload, dict) and type(payload.get("id")) is int:
                self.heard.put_nowait(_job_event(kind, payload))

        return hear

    def _file_cancelled(self, payload: Any = None) -> None:
        if isinstance(payload, dict):
            self.heard.put_nowait(FileCancelled(redact_text(str(payload.get("source")))))

    def _refused(self, reason: Any = None) -> None:
        """Called when the server itself says no, and also when there was no connection to say it on."""
        told = reason.get("message") if isinstance(reason, dict) else None
        self._refusal = redact_text(str(told)) if told else None

    def _disconnected(self, reason: Any = None) -> None:
        self.heard.put_nowait(Disconnected(str(reason or "the connection was closed")))

    def _failure(self, error: Exception) -> Disconnected | Refused:
        import aiohttp

        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, aiohttp.WSServerHandshakeError):
                return Refused(f"the server answers {cause.status} to a socket")
            cause = cause.__cause__ or cause.__context__
        if "namespace" in str(error):
            return Refused(self._refusal or "the server refuses the socket")
        return Disconnected(redact_text(str(error)))


def _job_event(kind: str, payload: dict[str, Any]) -> JobEvent:
    clean = redact(payload)
    source = clean.get("source")
    return JobEvent(kind, payload["id"], source_text(source) if isinstance(source, dict) else "", clean)


def _split(base: str) -> tuple[str, str]:
    """A server's address as socketio wants it: the host, and the folder to put before the path."""
    scheme, _, rest = base.partition("://")
    host, _, folder = rest.partition("/")
    return f"{scheme}://{host}", folder
