"""Looks into folders: for models there, and for what lies in the models folder without a record."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .paths import ModelsFolder

_MARKS = {
    "config.json",
    "model_index.json",
    "learned_embeds.bin",
    "pytorch_lora_weights.bin",
    "image_encoder.txt",
}
_WEIGHTS = (".ckpt", ".bin", ".pth", ".safetensors", ".pt", ".gguf")
_ORPHANS = {".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".onnx", ".gguf"}
_SCRATCH = ".convert_tmp"
_SKIPPED = {".download_cache", ".convert_cache", _SCRATCH, "__pycache__", ".git"}
_DEEPEST = 20


def models_below(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Model files and model folders below a folder; hidden ones are left out, and those too deep."""
    if depth > _DEEPEST or not folder.exists():
        return
    entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    files = [entry.name for entry in entries if entry.is_file()]
    if _MARKS & set(files):
        yield folder
        return
    for name in files:
        if name.endswith(_WEIGHTS):
            yield folder / name
    for entry in entries:
        if entry.is_dir():
            yield from models_below(folder / entry.name, depth + 1)


def orphans(models: ModelsFolder, paths: set[str]) -> list[dict[str, Any]]:
    """Folders in the models folder with model files and no record; `paths` are those of all records."""
    known = {_top(models, models.place(path).resolve()) for path in paths if path}
    found: dict[Path, list[Path]] = {}
    for file in models.folder.rglob("*"):
        if _SKIPPED & set(file.parts) or file.suffix.lower() not in _ORPHANS or not file.is_file():
            continue
        top = _top(models, file)
        if top not in known:
            found.setdefault(top, []).append(file)
    return [
        {
            "path": str(folder.relative_to(models.folder)),
            "absolute_path": str(folder),
            "files": [str(file.relative_to(folder)) for file in files],
            "size_bytes": sum(file.stat().st_size for file in files),
        }
        for folder, files in found.items()
    ]


def delete_orphan(models: ModelsFolder, path: str) -> str:
    """Delete a folder of the models folder; "deleted", or what is wrong with it."""
    place = (models.folder / path).resolve()
    if not place.is_relative_to(models.folder):
        return "error: path is not under models directory"
    if place.is_relative_to(models.folder / _SCRATCH):
        return "error: path is reserved for active conversion"
    if not place.exists():
        return "error: path does not exist"
    try:
        shutil.rmtree(place)
    except OSError as error:
        return f"error: {error}"
    return "deleted"


def _top(models: ModelsFolder, place: Path) -> Path:
    """The first folder below the models folder on the way to a place; the place itself if it is elsewhere."""
    if not place.is_relative_to(models.folder):
        return place
    inside = place.relative_to(models.folder).parts
    return models.folder / inside[0] if inside else models.folder
