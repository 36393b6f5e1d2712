"""marimo, fetched once into the cache folder: its own needs must not mix with those of Jupyter."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.cache import cache_folder, locked

VERSION = "0.25.2"
_MARKER = "installed"  # written last


def marimo_path() -> Path:
    """The folder to put before all others, so that ``python -m marimo`` runs."""
    folder = cache_folder() / f"marimo-{VERSION}"
    with locked(folder.name) as lock:
        if not (folder / _MARKER).exists():
            shutil.rmtree(folder, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            wanted = ["--target", str(folder), f"marimo=={VERSION}"]
            subprocess.run([*pip, *wanted], check=True, stdin=subprocess.DEVNULL, pass_fds=(lock,))
            (folder / _MARKER).touch()
    return folder
