"""Reads the header of a .safetensors file: eight bytes of length, then JSON."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .weights import UnreadableError, Weights

_LONGEST_HEADER = 100_000_000  # the limit of the format

_BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32,
    "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip


def read(path: Path) -> Weights:
    """Names and shapes in the order of the data; raises `UnreadableError` if header and size do not agree.

    A file that was cut off must not pass: the server cannot load it and calls it unknown.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if length > min(_LONGEST_HEADER, size - 8):
            raise UnreadableError("the header is longer than the file")
        try:
            header = json.loads(file.read(length))
        except ValueError as error:
            raise UnreadableError("the header is not JSON") from error
    if not isinstance(header, dict):
        raise UnreadableError("the header is not an object")
    metadata = header.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict):
        raise UnreadableError("the metadata is not an object")
    tensors = _in_order(header, size - 8 - length)
    return Weights(tensors, {str(key): str(value) for key, value in metadata.items()})


def _in_order(header: Mapping[str, Any], data: int) -> dict[str, tuple[int, ...]]:
    try:
        spans: list[tuple[int, int, str]] = sorted(
            (int(entry["data_offsets"][0]), int(entry["data_offsets"][1]), name)
            for name, entry in header.items()
        )
        shapes = {name: tuple(map(int, entry["shape"])) for name, entry in header.items()}
        sizes = {name: math.prod(shapes[name]) * _BITS[header[name]["dtype"]] // 8 for name in shapes}
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise UnreadableError("the header does not describe tensors") from error
    position = 0
    for begin, end, name in spans:
        if begin != position or end - begin != sizes[name]:
            raise UnreadableError(f"the place of {name} does not fit")
        position = end
    if position != data:
        raise UnreadableError("the file is cut off, or too long")
    return {name: shapes[name] for _, _, name in spans}
