"""Faults on a switch: what may go wrong between a client and a server, for tests and for lessons."""

from __future__ import annotations

import fnmatch
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .downloads.errors import ChunkedEncodingError
from .downloads.replies import Opener, Reply

HTML, TRUNCATED, CUT, HANG_UP = "html", "truncated", "cut", "hang up"
"""What may come instead of an answer: a web page with 200, JSON that ends too early, half an answer and then
the end of the connection, and that end at once. A 500 always closes the connection, as InvokeAI's do."""


@dataclass
class Fault:
    """What happens to requests that match, `times` times (None: for ever).

    `instead` is a status (409, 424, 500, ...) answered without doing anything, or one of the words above.
    `latency` is waited before. With `done` the request is carried out, and only its answer is replaced: lost.
    """

    path: str = "*"
    method: str = "*"
    instead: int | str | None = None
    latency: float = 0.0
    times: int | None = None
    done: bool = False
    detail: str = "A fault that was asked for"

    def takes(self, method: str, path: str) -> bool:
        """Whether the request is hit; counts it."""
        if self.times == 0 or not fnmatch.fnmatchcase(path, self.path) or self.method not in ("*", method):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Faults:
    """The faults of a server. Any thread may set them."""

    requests: list[Fault] = field(default_factory=list)
    event_copies: int = 1  # how often each event is sent
    event_delay: float = 0.0  # seconds by which events are late
    refuse_sockets: bool = False  # those that are connected stay; see `DemoServer.drop_sockets`
    disk_full: bool = False
    cut_after: int | None = None  # bytes after which downloads break
    install_seconds: float = 0.0  # of the clock, that each model takes the installer beside its work

    def add(self, **fault: object) -> Fault:
        """Switch a fault on: `path`, `method`, `instead`, `latency`, `times`, `done`; see `Fault`."""
        added = Fault(**fault)  # type: ignore[arg-type]
        self.requests.append(added)
        return added

    def clear(self) -> None:
        """Switch all of them off."""
        vars(self).update(vars(Faults()))

    def taking(self, method: str, path: str) -> list[Fault]:
        """The faults that hit a request."""
        return [fault for fault in list(self.requests) if fault.takes(method, path)]

    def free_space(self, folder: Path) -> int:
        """Bytes that are free where downloads go."""
        return 0 if self.disk_full else shutil.disk_usage(folder).free

    def cutting(self, opener: Opener) -> Opener:
        """An opener whose replies break, if that is asked for."""
        return _Cutting(opener, self.cut_after) if self.cut_after is not None else opener


class _Cutting:
    def __init__(self, opener: Opener, after: int) -> None:
        self._opener, self._after = opener, after

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        async with self._opener.open(url, headers) as reply:
            yield Reply(reply.status, reply.reason, reply.url, reply.headers, self._some(reply))

    async def _some(self, reply: Reply) -> AsyncIterator[bytes | int]:
        left = self._after
        async for block in reply.blocks:
            size = block if isinstance(block, int) else len(block)
            if size >= left:
                raise ChunkedEncodingError(self._after, max(reply.length - self._after, 0))
            left -= size
            yield block
