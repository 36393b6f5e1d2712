"""What the tests' own HTTP servers share: a quiet threading server, ranges, and throttling."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STEPS_PER_SECOND = 20  # in which a throttled answer is sent
UNTHROTTLED_BLOCK = 1 << 18


class QuietServer(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1; a client that hangs up is nobody's fault.

    `owner` is what its handlers answer for; ``note``, of each handler, becomes an entry of its ``requests``.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, handler: type[BaseHTTPRequestHandler], owner: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.owner = owner
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def start(self, name: str) -> None:
        """Serve in a daemon thread of that name."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the socket; answers under way are cut."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class QuietHandler(BaseHTTPRequestHandler):
    """HTTP/1.1, and nothing on stderr."""

    protocol_version = "HTTP/1.1"
    server: QuietServer
    note: dict[str, Any]

    def log_message(self, *_: object) -> None:
        """Said by the tests themselves, where it matters."""

    def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status line and the headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class Throttle:
    """Slows a sender down to `rate()` bytes per second (0: not at all), until `stopping` is set."""

    def __init__(self, rate: Callable[[], float], stopping: threading.Event) -> None:
        self._rate, self._stopping = rate, stopping
        self._due = time.monotonic()

    @property
    def block_size(self) -> int:
        """How many bytes to send before the next `wait_after`."""
        rate = self._rate()
        return max(int(rate / STEPS_PER_SECOND), 1) if rate else UNTHROTTLED_BLOCK

    def wait_after(self, sent: int) -> None:
        """Wait until `sent` more bytes may have gone."""
        rate, now = self._rate(), time.monotonic()
        # A sender that fell behind catches up on a fifth of a second at most.
        self._due = max(self._due, now - 0.2) + sent / rate if rate else now
        if self._due > now:
            self._stopping.wait(self._due - now)


def asked_range(headers: Message, size: int, etag: str | None) -> tuple[int, int, bool] | None:
    """First and last byte wanted, and whether that is a part; None if there are no such bytes (416)."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", headers.get("Range", "").strip())
    same = headers.get("If-Range") in (None, etag)
    if not asked or not any(asked.groups()) or not same:
        return 0, size - 1, False
    begin, end = asked.groups()
    first = int(begin) if begin else max(size - int(end), 0)
    last = min(int(end), size - 1) if begin and end else size - 1
    return None if first > last else (first, last, True)
