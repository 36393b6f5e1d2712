"""What the rules look at: a path, and what its weights and configuration files say, each read once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from .weights import UnreadableError, Weights, read_weights

_NAME_WITHOUT = frozenset({".safetensors", ".bin", ".pt", ".ckpt"})  # other extensions stay in the name
_WEIGHTS = frozenset({".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".gguf"})
_CONFIGS = ("model_index.json", "config.json")


class Subject:
    """One file or folder to identify."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.file_name = path.stem if path.suffix in _NAME_WITHOUT else path.name
        self.name = name or self.file_name
        self._configs: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def weights(self) -> Weights:
        """The tensors of the file; of a folder, those of its only weight file.

        Empty if nothing can be read: then no rule about keys applies.
        """
        files = [self.path] if self.path.is_file() else list(self.weight_files())
        return self.read(files[0]) if len(files) == 1 else Weights({})

    def read(self, path: Path) -> Weights:
        """The tensors of one file of the folder, or none if it cannot be read."""
        try:
            return read_weights(path)
        except (UnreadableError, OSError):
            return Weights({})

    @cached_property
    def readable(self) -> bool:
        """Whether the single file can be read at all. A file without any tensor can."""
        try:
            read_weights(self.path)
        except (UnreadableError, OSError):
            return False
        return True

    def weight_files(self) -> Iterator[Path]:
        """The weight files of a folder and its subfolders, sorted."""
        return (p for p in sorted(self.path.rglob("*")) if p.suffix in _WEIGHTS and p.is_file())

    def has(self, *names: str) -> bool:
        """Whether the folder has any of these files or folders."""
        return any((self.path / name).exists() for name in names)

    def config(self, *names: str) -> Mapping[str, Any]:
        """The first of these JSON files that can be read; empty if none can.

        Without names: `model_index.json`, then `config.json`.
        """
        for name in names or _CONFIGS:
            if name not in self._configs:
                self._configs[name] = _read_json(self.path / name)
            if self._configs[name]:
                return self._configs[name]
        return {}

    def class_name(self, *names: str) -> str:
        """The class a configuration file names: diffusers' `_class_name`, or the first of `architectures`."""
        config = self.config(*names)
        architectures = config.get("architectures")
        first = architectures[0] if isinstance(architectures, list) and architectures else ""
        return str(config.get("_class_name", first))

    @cached_property
    def repo_variant(self) -> str:
        """Which of the repository's variants the files of the folder are: "", fp16, openvino or flax."""
        for path in (*self.path.glob("**/*.safetensors"), *self.path.glob("**/*.bin")):
            if ".fp16" in path.suffixes:
                return "fp16"
            for mark, variant in (("openvino_model", "openvino"), ("flax_model", "flax")):
                if mark in path.name:
                    return variant
        return ""


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
