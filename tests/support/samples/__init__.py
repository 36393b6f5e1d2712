"""Small models of the classes that the tiny models leave out, each with what the server makes of it.

`write_samples` writes them all. The expectations are checked against the real server's own code too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.tiny_models.tensors import write_json

from .folders import FOLDERS
from .formats import GGUF, PICKLED
from .loras import LORAS
from .mains import MAINS
from .parts import PARTS
from .writers import write_gguf, write_safetensors, write_torch

Expected = dict[str, Any]  # some fields of the record

UNKNOWN: Expected = {"type": "unknown", "base": "unknown", "format": "unknown"}


def write_samples(target: Path) -> dict[str, Expected]:
    """Write every sample into `target`; returns name -> expected fields."""
    target.mkdir(parents=True, exist_ok=True)
    expected: dict[str, Expected] = {}
    for name, (shapes, metadata, told) in (MAINS | LORAS | PARTS).items():
        write_safetensors(target / name, shapes, metadata)
        expected[name] = _expand(told)
    for name, (tree, told) in PICKLED.items():
        write_torch(target / name, tree)
        expected[name] = _expand(told)
    for name, (shapes, values, told) in GGUF.items():
        write_gguf(target / name, shapes, values)
        expected[name] = _expand(told)
    for name, (content, told) in FOLDERS.items():
        for relative, part in content.items():
            _write_part(target / name / relative, part)
        expected[name] = _expand(told)
    return expected


def _write_part(path: Path, part: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(part, str):
        path.write_text(part)
    elif path.suffix == ".json":
        write_json(path, part)
    elif path.suffix == ".safetensors":
        write_safetensors(path, part)
    else:
        write_torch(path, part)


def _expand(told: str) -> Expected:
    """`lora sdxl lycoris variant=x` as a dictionary."""
    if told == "unknown":
        return dict(UNKNOWN)
    type_, base, format_, *rest = told.split()
    more = {name: int(value) if value.isdigit() else value for name, value in (r.split("=") for r in rest)}
    return {"type": type_, "base": base, "format": format_, **more}
