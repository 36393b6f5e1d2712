"""What crosses the websockets of a page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page


@dataclass
class Frame:
    """One websocket message: "received" or "sent" by the browser, and its bytes."""

    way: str
    data: bytes


class Wire:
    """Records every websocket frame of `page`, as the devtools protocol tells it."""

    def __init__(self, page: Page) -> None:
        self.frames: list[Frame] = []
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameReceived", lambda event: self._note("received", event))
        session.on("Network.webSocketFrameSent", lambda event: self._note("sent", event))

    def size(self, way: str) -> int:
        """Bytes received or sent so far."""
        return sum(len(frame.data) for frame in self.frames if frame.way == way)

    def contains(self, text: str, way: str) -> bool:
        """Whether `text` was in any frame of that way."""
        return any(text.encode() in frame.data for frame in self.frames if frame.way == way)

    def reset(self) -> None:
        """Forget what was recorded."""
        self.frames.clear()

    def _note(self, way: str, event: dict[str, Any]) -> None:
        response = event["response"]
        text = response["payloadData"]
        data = text.encode() if response["opcode"] == 1 else base64.b64decode(text)
        self.frames.append(Frame(way, data))
