"""Other versions of ipykernel than the installed one: the routing of clicks differs between them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.cache import cache_folder, locked

# As people say it -> the version that stands for it.
IPYKERNELS = {"6": "6.31.0", "7.3": "7.3.0"}
if sys.version_info >= (3, 11):  # below, it does not run
    IPYKERNELS["7.4"] = "7.4.0"

_MARKER = "installed"  # written last
_BESIDE = ("nest-asyncio", "nest-asyncio2")  # what one of them imports and another does not bring


def ipykernel_path(name: str) -> Path:
    """The folder of an ipykernel to put before the installed one; fetched once into the cache folder.

    Only ipykernel itself lies there: all else comes from the environment of the tests.
    """
    version = IPYKERNELS[name]
    folder = cache_folder() / f"ipykernel-{version}"
    with locked(folder.name) as lock:
        if not (folder / _MARKER).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _install_into(folder, version, lock)
            (folder / _MARKER).touch()
    return folder


def _install_into(folder: Path, version: str, lock: int) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = ["--no-deps", "--target", str(folder), f"ipykernel=={version}", *_BESIDE]
    subprocess.run([*pip, *wanted], check=True, stdin=subprocess.DEVNULL, pass_fds=(lock,))
