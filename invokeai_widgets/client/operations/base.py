"""What the families share."""

from __future__ import annotations

from invokeai_widgets.client.transport import Transport


class Operations:
    """A family of operations on the server behind a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
