"""Reads the header of a .gguf file: its metadata and the names and shapes of its tensors."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from .weights import Shape, UnreadableError, Weights

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_LONGEST = 64 * 1024 * 1024  # bytes of one string, entries of one list: more is a broken file


def read(path: Path) -> Weights:
    """Names and shapes (outermost dimension first, as torch has them); raises `UnreadableError`."""
    with path.open("rb") as file:
        try:
            return _Reader(file).weights()
        except (struct.error, UnicodeDecodeError) as error:
            raise UnreadableError("not a complete GGUF header") from error


class _Reader:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def weights(self) -> Weights:
        if self._file.read(4) != b"GGUF":
            raise UnreadableError("not a GGUF file")
        if self._number("I") not in (2, 3):
            raise UnreadableError("an unknown version of GGUF")
        tensors, values = self._count(), self._count()
        metadata = {}
        for _ in range(values):
            name = self._string()
            value = self._value(self._number("I"))
            if isinstance(value, str):
                metadata[name] = value
        return Weights(dict(self._tensor() for _ in range(tensors)), metadata, quantized=True)

    def _tensor(self) -> tuple[str, Shape]:
        name = self._string()
        dimensions = [self._number("Q") for _ in range(min(self._number("I"), 8))]
        self._number("I")  # type
        self._number("Q")  # offset
        return name, tuple(reversed(dimensions))

    def _value(self, kind: int) -> object:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            inner = self._number("I")
            return [self._value(inner) for _ in range(self._count())]
        if kind not in _NUMBERS:
            raise UnreadableError(f"an unknown type of metadata: {kind}")
        return self._number(_NUMBERS[kind])

    def _string(self) -> str:
        return self._file.read(self._count()).decode()

    def _count(self) -> int:
        count = self._number("Q")
        if count > _LONGEST:
            raise UnreadableError("a count that no file has")
        return count

    def _number(self, code: str) -> int:
        layout = struct.Struct(f"<{code}")
        return int(layout.unpack(self._file.read(layout.size))[0])
