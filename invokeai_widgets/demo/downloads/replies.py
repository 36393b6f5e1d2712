"""What answers a request for a file: a server, or the invented hub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

Block = "bytes | int"
"""Content, or a number of bytes which count but are not there: holes in an invented file."""


@dataclass(frozen=True)
class Reply:
    """Status, headers and content of a file. Header names are in lower case."""

    status: int
    reason: str
    url: str
    headers: Mapping[str, str]
    blocks: AsyncIterator[bytes | int]

    @property
    def length(self) -> int:
        """Bytes to come; 0 if the server does not say."""
        return int(self.headers.get("content-length", 0))


class Opener(Protocol):
    """Asks for a file."""

    def open(self, url: str, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Reply]:
        """The reply, until the block is left; raises the errors of `errors`."""
        ...
