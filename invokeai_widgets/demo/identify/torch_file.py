"""Reads the tensor names and shapes of a torch file (.ckpt, .pt, .pth, .bin) without unpickling it.

A pickle is a small program. This module never runs it: it reads the instructions, follows those that
build dictionaries, lists and strings on a stack of its own, knows the few calls that stand for a
tensor, and takes every other call for "something". Nothing named in the file is imported or called.
A file that names anything outside torch, numpy and collections is refused, as InvokeAI refuses it.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .weights import Entry, UnreadableError, Weights

_LARGEST_PICKLE = 64 * 1024 * 1024  # bytes; the tensors' data is elsewhere in the file
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C  # torch before 1.6 wrote five pickles, this number first
_ALLOWED = ("torch", "numpy", "collections", "_codecs", "__builtin__.set", "builtins.set")
_MARK = object()


@dataclass(frozen=True)
class _Named:
    """A class or function the file names."""

    name: str


@dataclass(frozen=True)
class _Tensor:
    shape: tuple[int, ...]


def read(path: Path) -> Weights:
    """The entries of the file's dictionary, or of its `state_dict`; raises `UnreadableError`."""
    try:
        found = _main_object(path)
    except UnreadableError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise UnreadableError("not a torch file") from error
    if not isinstance(found, dict):
        raise UnreadableError("not a dictionary of tensors")
    inner = found.get("state_dict", found)
    if not isinstance(inner, dict):
        raise UnreadableError("not a dictionary of tensors")
    return Weights(_entries(inner))


def _main_object(path: Path) -> object:
    if not zipfile.is_zipfile(path):
        return _legacy(path)
    with zipfile.ZipFile(path) as archive:
        names = [info for info in archive.infolist() if info.filename.endswith("/data.pkl")]
        if len(names) != 1 or names[0].file_size > _LARGEST_PICKLE:
            raise UnreadableError("no data.pkl of a usual size")
        return _follow(io.BytesIO(archive.read(names[0])))


def _legacy(path: Path) -> object:
    with path.open("rb") as file:
        if _follow(file) != _LEGACY_MAGIC:
            raise UnreadableError("not a torch file")
        _follow(file)  # version of the format
        _follow(file)  # about the machine that wrote it
        return _follow(file)


def _entries(found: Mapping[Any, Any]) -> dict[str, Entry]:
    result: dict[str, Entry] = {}
    for name, value in found.items():
        if isinstance(value, _Tensor):
            result[str(name)] = value.shape
        else:
            result[str(name)] = _entries(value) if isinstance(value, dict) else None
    return result


def _follow(file: Any) -> object:
    """What one pickle builds, as far as dictionaries, lists, strings, numbers and tensors go."""
    machine = _Machine()
    for opcode, argument, _ in pickletools.genops(file):
        machine.step(opcode.name, argument)
    return machine.stack[-1] if machine.stack else None


class _Machine:
    """The stack and the memo of a pickle, without its power to call anything."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _PUSHES_ARGUMENT:
            self.stack.append(argument)
        elif name in _PUSHES:
            self.stack.append(_PUSHES[name]())
        elif name in _STEPS:
            _STEPS[name](self, argument)
        elif name not in ("PROTO", "FRAME", "STOP"):
            raise UnreadableError(f"an unexpected instruction: {name}")

    def above_mark(self) -> list[Any]:
        for position in range(len(self.stack) - 1, -1, -1):
            if self.stack[position] is _MARK:
                found = self.stack[position + 1 :]
                del self.stack[position:]
                return found
        raise UnreadableError("no mark on the stack")

    def tuple_of(self, count: int) -> None:
        found = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        self.stack.append(found)

    def name(self, module: object, attribute: object) -> None:
        full = f"{module}.{attribute}"
        if not full.startswith(_ALLOWED):
            raise UnreadableError(f"it names {full}, which no model file needs")
        self.stack.append(_Named(full))

    def call(self) -> None:
        arguments, callee = self.stack.pop(), self.stack.pop()
        self.stack.append(_result(callee, arguments))

    def set_items(self, pairs: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, dict):
            target.update(zip(pairs[::2], pairs[1::2], strict=True))

    def extend(self, items: list[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(items)

    def call_storage(self) -> None:
        self.stack[-1] = None  # where the data is

    def stack_name(self) -> None:
        attribute, module = self.stack.pop(), self.stack.pop()
        self.name(module, attribute)

    def put(self, place: int | None) -> None:
        self._memo[len(self._memo) if place is None else place] = self.stack[-1]

    def get(self, place: int) -> None:
        self.stack.append(self._memo[place])


def _result(callee: object, arguments: Any) -> object:
    """What a call stands for: a tensor of a shape, a dictionary, or nothing we know."""
    called = callee.name if isinstance(callee, _Named) else ""
    if called.endswith("OrderedDict"):
        return {}
    if called in (
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_qtensor",
    ):
        return _Tensor(tuple(int(size) for size in arguments[2]))
    if called.startswith("torch._utils._rebuild_parameter"):
        return arguments[0]
    return None


def _pop(machine: _Machine, count: int) -> None:
    del machine.stack[len(machine.stack) - count :]


_PUSHES_ARGUMENT = frozenset(
    {
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE"),
        *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    }
)
_PUSHES: dict[str, Callable[[], Any]] = {
    "MARK": lambda: _MARK,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
    "PERSID": lambda: None,
}
_STEPS: dict[str, Callable[[_Machine, Any], object]] = {
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.above_mark())),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "LIST": lambda machine, _: machine.stack.append(machine.above_mark()),
    "DICT": lambda machine, _: _dict(machine),
    "GLOBAL": lambda machine, argument: machine.name(*argument.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.stack_name(),
    "REDUCE": lambda machine, _: machine.call(),
    "NEWOBJ": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: _pop(machine, 1),
    "POP": lambda machine, _: _pop(machine, 1),
    "POP_MARK": lambda machine, _: machine.above_mark(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "SETITEM": lambda machine, _: machine.set_items([machine.stack.pop(), machine.stack.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.set_items(machine.above_mark()),
    "APPEND": lambda machine, _: machine.extend([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.extend(machine.above_mark()),
    "ADDITEMS": lambda machine, _: machine.extend(machine.above_mark()),
    "FROZENSET": lambda machine, _: machine.stack.append(machine.above_mark()),
    "BINPERSID": lambda machine, _: machine.call_storage(),
    "PUT": lambda machine, argument: machine.put(argument),
    "BINPUT": lambda machine, argument: machine.put(argument),
    "LONG_BINPUT": lambda machine, argument: machine.put(argument),
    "MEMOIZE": lambda machine, _: machine.put(None),
    "GET": lambda machine, argument: machine.get(argument),
    "BINGET": lambda machine, argument: machine.get(argument),
    "LONG_BINGET": lambda machine, argument: machine.get(argument),
}


def _dict(machine: _Machine) -> None:
    pairs = machine.above_mark()
    machine.stack.append(dict(zip(pairs[::2], pairs[1::2], strict=True)))
