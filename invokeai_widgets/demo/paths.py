"""Names and places of files: what may be a file's name, and where the models of this server lie."""

from __future__ import annotations

import os
import shutil
import unicodedata
from pathlib import Path, PureWindowsPath

_RESERVED = frozenset('<>:"|?*')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{name}{n}" for name in ("COM", "LPT") for n in range(10))}
)


def is_plain_filename(name: str) -> bool:
    """Whether a name can be joined onto a folder and stays in it, on every system."""
    if (
        not name
        or _RESERVED & set(name)
        or any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in name)
    ):
        return False
    if name.rstrip(". ") == "" or len(PureWindowsPath(name).parts) != 1 or {"/", "\\"} & set(name):
        return False
    return name.partition(".")[0].strip().upper() not in _DEVICES


class ModelsFolder:
    """The folder this server keeps models in: the only one it ever changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)

    def place(self, path: str) -> Path:
        """Where a record's path leads: paths of models taken in are relative to the folder."""
        return self.folder / path

    def path_of(self, place: Path) -> str:
        """What a record says for that place."""
        resolved = place.resolve()
        inside = resolved.is_relative_to(self.folder)
        return (resolved.relative_to(self.folder) if inside else resolved).as_posix()

    def owns(self, path: str) -> bool:
        """Whether the files of a record with that path are deleted with it.

        They are if they lie in the folder, even if they were installed in place. Both the path as it stands
        and what it leads to must be inside: a link or ".." leads nothing out of it.
        """
        place = self.place(path)
        inside = os.path.normpath(place).startswith(f"{self.folder}{os.sep}")
        return bool(path) and inside and place.parent.resolve().is_relative_to(self.folder)

    def remove(self, path: str) -> None:
        """Delete the files of a record: the file, with its folder if that is empty then, or the folder."""
        if not self.owns(path):
            return
        place = self.place(path)
        if place.is_file() or place.is_symlink():
            place.unlink()
            if place.parent != self.folder and not any(place.parent.iterdir()):
                place.parent.rmdir()
        elif place.is_dir():
            shutil.rmtree(place)
