"""A connection to nothing: for a table of rows that no server stands behind."""

from __future__ import annotations

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.live.clients import ClientSource
from invokeai_widgets.live.connection import Connection
from invokeai_widgets.live.store import Snapshot, Store


class StillConnection(Connection):
    """Knows no models and never changes; everything that would need a server is refused in words."""

    def __init__(self) -> None:
        super().__init__(ClientSource("still", "", _no_client), read_only=True)
        self.store = Store(Snapshot(loaded=True, link="still", read_only=True))
        self.first_look.set()

    async def refresh(self) -> None:
        """There is nothing to read."""
        raise InvokeAIError("This table shows a frame, not a server: there is nothing to read again.")

    def _start(self) -> None:
        pass


def _no_client() -> AsyncInvokeAIClient:
    raise InvokeAIError("This table shows a frame, not a server.")
