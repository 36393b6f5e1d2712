"""Weight files of zeros, written byte by byte: no torch, no safetensors, no gguf library needed."""

from __future__ import annotations

import json
import math
import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Shapes = Mapping[str, tuple[int, ...]]
Tree = Mapping[str, Any]  # names -> shape of a tensor, number, string, or a further tree


def write_safetensors(path: Path, shapes: Shapes, metadata: Mapping[str, str] | None = None) -> None:
    """A safetensors file of half-precision zeros."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    position = 0
    for name, shape in shapes.items():
        end = position + 2 * math.prod(shape)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [position, end]}
        position = end
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(position))


def write_gguf(path: Path, shapes: Shapes, metadata: Mapping[str, str | int] | None = None) -> None:
    """A GGUF file (version 3) of half-precision zeros."""
    values = {"general.architecture": "tiny", **(metadata or {})}
    parts = [b"GGUF", struct.pack("<IQQ", 3, len(shapes), len(values))]
    for name, value in values.items():
        kind = struct.pack("<I", 8) + _text(value) if isinstance(value, str) else struct.pack("<II", 4, value)
        parts += [_text(name), kind]
    position = 0
    for name, shape in shapes.items():
        parts += [
            _text(name),
            struct.pack("<I", len(shape)),
            *(struct.pack("<Q", n) for n in reversed(shape)),
        ]
        parts.append(struct.pack("<IQ", 1, position))
        position += -(-2 * math.prod(shape) // 32) * 32
    head = b"".join(parts)
    path.write_bytes(head + bytes(-len(head) % 32) + bytes(position))


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def write_torch(path: Path, tree: Tree) -> None:
    """A torch file (zip) of half-precision zeros, which `torch.load` accepts."""
    storages: list[int] = []
    body = b"\x80\x02" + _pickled(tree, storages) + b"."
    parts: dict[str, bytes] = {"data.pkl": body, "version": b"3\n", "byteorder": b"little"}
    parts |= {f"data/{number}": bytes(2 * size) for number, size in enumerate(storages)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(
                zipfile.ZipInfo(f"archive/{name}"), data
            )  # of a fixed date: the hash is the same


def _pickled(value: Any, storages: list[int]) -> bytes:
    """The instructions that build a value; those of a tensor name torch's own functions."""
    if isinstance(value, Mapping):
        pairs = b"".join(
            _pickled(name, storages) + _pickled(entry, storages) for name, entry in value.items()
        )
        return b"}(" + pairs + b"u"
    if isinstance(value, tuple):
        storages.append(math.prod(value))
        storage = b"(" + b"".join(
            [
                _pickled("storage", storages),
                b"ctorch\nHalfStorage\n",
                _pickled(str(len(storages) - 1), storages),
                _pickled("cpu", storages),
                _pickled(math.prod(value), storages),
                b"tQ",
            ]
        )
        strides = tuple(math.prod(value[n + 1 :]) for n in range(len(value)))
        numbers = [b"(" + b"".join(_pickled(n, storages) for n in part) + b"t" for part in (value, strides)]
        hooks = b"ccollections\nOrderedDict\n)R"
        return (
            b"ctorch._utils\n_rebuild_tensor_v2\n("
            + storage
            + b"K\x00"
            + b"".join(numbers)
            + b"\x89"
            + hooks
            + b"tR"
        )
    return pickle.dumps(value, 2)[2:-1]
