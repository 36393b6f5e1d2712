"""The listening socket, and uvicorn told when its owner wants to know, and kept from stumbling at its end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState


class Uvicorn(uvicorn.Server):
    """Tells when it is up, and when it goes down: sockets must be closed before uvicorn waits for them."""

    def __init__(
        self, config: uvicorn.Config, on_start: Callable[[], None], on_stop: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._on_start, self._on_stop = on_start, on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._on_stop()
        await self._take_no_more()
        try:
            await super().shutdown(sockets)
        finally:
            for connection in list(self.server_state.connections):  # who came last, or did not leave
                connection.transport.abort()
            await asyncio.sleep(0)  # an aborted one closes in the next turn

    async def _take_no_more(self) -> None:
        """asyncio loses, unclosed, a connection that it is just taking when the server is closed."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listening in server.sockets:
                loop.remove_reader(listening.fileno())
        await asyncio.sleep(0)


class WebSocket(WebSocketsSansIOProtocol):
    """A web socket that may be closed by both sides at once: uvicorn's own then leaves all others open."""

    def shutdown(self) -> None:
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to that address; port 0 takes a free one. Raises `OSError` for one that is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only if the protocol is told: 40 ms for every short answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
