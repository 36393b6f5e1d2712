"""Looks at what is to be installed, and takes it into the models folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from invokeai_widgets.demo.identify import Identified, InvalidModelConfigException, identify
from invokeai_widgets.demo.older import Version
from invokeai_widgets.demo.paths import ModelsFolder
from invokeai_widgets.demo.store import DuplicateModelException

from .job import Job

OVERRIDES = ("name", "description", "key", "hash", "file_size", "variant", "type", "base", "format")
"""Fields of the body which are used; others are dropped."""

Lookup = Callable[[Path], "Mapping[str, Any] | None"]
"""A downloaded file -> what the invented hub knows of it: the hash of a file that is mostly holes."""


class Taker:
    """Works on a thread of the installer's."""

    def __init__(self, models: ModelsFolder, version: Version, allow_unknown: bool, lookup: Lookup) -> None:
        self._models, self._version, self._lookup = models, version, lookup
        self._allow_unknown = allow_unknown and version.has_unknown

    def identify(self, path: Path, overrides: Mapping[str, Any]) -> Identified:
        """What it is; raises as `identify.identify` does, and if it is not identified but has to be."""
        known = self._lookup(path) or {}
        asked = {name: value for name, value in overrides.items() if value}
        given = {name: str(value) for name, value in {**known, **asked}.items()}
        try:
            found = identify(path, given)
        except FileNotFoundError:
            return _gone(path)
        except ValueError as error:
            if self._version.has_unknown:
                raise
            raise InvalidModelConfigException(str(error)) from error
        if found.type == "unknown" and not self._allow_unknown:
            raise InvalidModelConfigException(self._version.not_identified(path))
        return found

    def take_in(self, job: Job, key: str, found: Identified) -> tuple[Path, Identified]:
        """Move a download to its place; copy what is the user's, which InvokeAI would move."""
        source = job.local_path
        place, folder = self._place(job, key, found)
        if not source.exists():
            folder.mkdir(parents=True)
            return folder, _gone(source)  # cancelled while it was read: InvokeAI registers the empty folder
        if place.exists() or (folder.exists() and not self._version.unique_names):
            raise DuplicateModelException(
                f"A model named {source.name} is already installed at {folder.as_posix()}"
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        if job.temporary is not None:
            source.rename(place)
        elif source.is_file():
            shutil.copy2(source, place, follow_symlinks=False)
        else:
            shutil.copytree(source, place, symlinks=True)
        return place, found

    def _place(self, job: Job, key: str, found: Identified) -> tuple[Path, Path]:
        """Where the model goes, and the folder which is its own."""
        source = job.local_path
        if self._version.unique_names:
            name = job.changes.name or source.stem
            folder = self._models.folder / found.base / found.type
            return folder / (f"{name}{source.suffix}" if source.is_file() else name), folder
        folder = self._models.folder / key
        return folder / source.name if source.is_file() else folder, folder


def weight(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for each in path.rglob("*"):
        with suppress(OSError):
            total += each.stat().st_size if each.is_file() else 0
    return total


def _gone(path: Path) -> Identified:
    return Identified("unknown", "unknown", "unknown", path.as_posix(), path.stem, "blake3:", 0)
