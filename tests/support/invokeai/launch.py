"""Run by the Python of a server's installation: ``python launch.py ROOT`` starts the server of that root.

It ends when its standard input does, so that no server outlives the tests which started it.
Standard library only: nothing of the project is installed beside the server.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import threading
import types
from typing import Any

# What only image generation needs; each becomes an empty stand-in.
ABSENT = {
    "bitsandbytes",
    "cv2",
    "imageio",
    "imwatermark",
    "mediapipe",
    "onnx",
    "onnxruntime",
    "patchmatch",
    "pywt",
    "torchsde",
}

# They describe operators of torchvision's compiled part, which wants CUDA libraries, and fail without it.
EMPTY = ("torchvision._meta_registrations", "torchvision._autograd_registrations")


class _StandIn(type):
    """Any attribute of a stand-in is another one; all of them can be subclassed and called."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(name)
        setattr(cls, name, made)
        return made

    def __iter__(cls) -> Any:
        return iter(())


def _stand_in(name: str) -> _StandIn:
    return _StandIn(name, (), {"__init__": lambda self, *args, **kwargs: None})


class _Module(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - a package in the eyes of the import system

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(name)
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.split(".")[0] in ABSENT:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run in a stand-in."""


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    for name in EMPTY:
        sys.modules[name] = types.ModuleType(name)
    sys.meta_path.append(_Finder())
    sys.argv = ["invokeai-web", "--root", sys.argv[1]]
    from invokeai.app.run_app import run_app

    run_app()


if __name__ == "__main__":
    main()
