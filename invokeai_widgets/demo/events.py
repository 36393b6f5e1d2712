"""Socket.IO at `/ws/socket.io`: the events, in the order in which they were sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import socketio

from .faults import Faults

PATH = "/ws/socket.io"
ADMINS = "admin"  # the room of those who get the events of installations

Identify = Callable[[str | None], "tuple[str, bool] | None"]
"""A token -> the user's id and whether he is an administrator; None: he may not connect."""


class Events:
    """The sockets of a server. `send` is called on the event loop and never waits."""

    def __init__(self, identify: Identify, faults: Faults) -> None:
        self._identify, self._faults = identify, faults
        self._queue: asyncio.Queue[tuple[float, str, dict[str, Any]]] = asyncio.Queue()
        self._users: dict[str, set[str]] = {}
        self.sio = socketio.AsyncServer(
            async_mode="asgi", cors_allowed_origins="*", ping_interval=25, ping_timeout=20
        )
        self.sio.on("connect", self._connect)
        self.sio.on("disconnect", self._disconnect)
        for ignored in ("subscribe_queue", "unsubscribe_queue", "subscribe_bulk_download"):
            self.sio.on(ignored, _ignore)

    def send(self, event: str, **payload: Any) -> None:
        """Send an event to everyone who may see it, stamped with the whole second it is now."""
        due = time.monotonic() + self._faults.event_delay
        self._queue.put_nowait((due, event, {"timestamp": int(time.time()), **payload}))

    async def run(self) -> None:
        """Deliver what is sent, until cancelled."""
        while True:
            due, event, payload = await self._queue.get()
            if due > time.monotonic():
                await asyncio.sleep(due - time.monotonic())
            for _ in range(self._faults.event_copies):
                await self.sio.emit(event, payload, room=ADMINS)

    async def drop_all(self) -> None:
        """Close every socket, as a proxy or a restart does."""
        for connection in list(self.sio.eio.sockets.values()):
            await connection.close(wait=False)  # it may be polling, and never ask again

    async def drop_user(self, user_id: str) -> None:
        """Close the sockets of a user who was switched off."""
        for sid in list(self._users.get(user_id, ())):
            await self.sio.disconnect(sid)

    async def close(self) -> None:
        """Close every socket and end what python-socketio keeps running."""
        await self.drop_all()
        await self.sio.shutdown()

    async def _connect(
        self, sid: str, environ: Mapping[str, Any], auth: Mapping[str, Any] | None = None
    ) -> bool:
        header = str(environ.get("HTTP_AUTHORIZATION", ""))
        token = (auth or {}).get("token") or (header[7:] if header.startswith("Bearer ") else None)
        user = self._identify(token)
        if user is None or self._faults.refuse_sockets:
            return False
        user_id, is_admin = user
        self._users.setdefault(user_id, set()).add(sid)
        if is_admin:
            await self.sio.enter_room(sid, ADMINS)
        return True

    async def _disconnect(self, sid: str, *_: object) -> None:
        for sids in self._users.values():
            sids.discard(sid)


async def _ignore(*_: object) -> None:
    """What the web page of InvokeAI asks for: queues, of which there are none."""
