"""The list of models, read while it arrives.

Of a long list some records are always read already while the next ones are on their way: the whole text is
never held, what was just received is still in the processor's cache, and the loop is free in between.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from invokeai_widgets.client.schema import ModelRecord

T = TypeVar("T")

#: Read so many bytes at a time: less than a processor's cache, and many records.
_PIECE: Final = 1 << 18
_OPEN: Final = b'{"models":['
_CLOSE: Final = b"]}"
#: How the list begins, up to the name of the first field of the first record.
_BEGIN: Final = rb'\s*\{\s*"models"\s*:\s*\[\s*\{(\s*"\w+")'


class ModelListing(Generic[T]):
    """A `Collector` of the list of models.

    It cuts between two records, which it knows by the first field of a record: `},{"key"` is in no text of
    JSON, as there a quote has a backslash before it. Between two objects inside of a record it may be; then
    what was cut off is no JSON, and the rest is read in one piece, as is a list that is written otherwise.
    """

    def __init__(
        self,
        read: Callable[[bytes], list[ModelRecord]],
        take: Callable[[list[ModelRecord]], None],
        result: Callable[[], T],
    ) -> None:
        """`read` makes records of a whole list, each part is handed to `take`, in order; then `result`."""
        self._read = read
        self._take = take
        self._result = result
        self._chunks: list[bytes] = []
        self._size = 0
        self._seam: bytes | None = None

    def add(self, chunk: bytes) -> None:
        """Take the next bytes, and read the records that are whole."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size >= _PIECE and self._seam is None:
            self._seam = _seam(self._text())
        if self._size >= _PIECE and self._seam and (at := chunk.rfind(self._seam)) >= 0:
            self._cut(chunk, at + 1)

    def result(self) -> T:
        """What came of it. Raises ValueError if it was no list of models."""
        self._take(self._read(self._text()))
        return self._result()

    def _text(self) -> bytes:
        return b"".join(self._chunks)

    def _cut(self, last: bytes, at: int) -> None:
        """Read all that has come but what lies behind a place in the last chunk."""
        try:
            records = self._read(b"".join((*self._chunks[:-1], memoryview(last)[:at], _CLOSE)))
        except ValueError:
            self._seam = b""
            return
        self._take(records)
        self._chunks = [_OPEN, last[at + 1 :]]
        self._size = len(self._chunks[-1])


def _seam(text: bytes) -> bytes:
    """What lies between two records of a list that begins so; nothing if it is none, or written otherwise."""
    begin = re.match(_BEGIN, text)
    return b"},{" + begin[1] if begin else b""


def kept(read: Callable[[bytes], list[ModelRecord]]) -> ModelListing[list[ModelRecord]]:
    """The listing whose result are all records."""
    found: list[ModelRecord] = []
    return ModelListing(read, found.extend, lambda: found)


def whole(collect: Callable[[], ModelListing[T]]) -> Callable[[bytes], T]:
    """A reader of a list that has come."""

    def read(body: bytes) -> T:
        listing = collect()
        listing.add(body)
        return listing.result()

    return read
