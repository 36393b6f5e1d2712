"""Install a version of the server, once, into the cache folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.cache import cache_folder, locked

from .versions import NEWEST, TORCH, VERSIONS

MARKER = "invokeai-installed"  # written last: a folder without it is an installation that was interrupted
SUPPORTED = ("3.11", "3.12")  # the Python versions that the server runs on


def install(version: str = NEWEST) -> Path:
    """The Python interpreter of the installed server; the first time this takes 1 to 3 minutes and 1.4 GB.

    Raises `ValueError` for a version that is not in `VERSIONS`, `RuntimeError` if no Python that the server
    runs on can be found, and `subprocess.CalledProcessError` if pip fails.
    """
    if version not in VERSIONS:
        raise ValueError(f"unknown InvokeAI version {version!r}; known: {', '.join(VERSIONS)}")
    name = f"invokeai-{version}"
    venv = cache_folder() / name
    python = venv / "bin" / "python"
    with locked(name) as lock:
        if not (venv / MARKER).exists():
            _install_into(venv, version, lock)
    return python


def _install_into(venv: Path, version: str, lock: int) -> None:
    print(f"installing InvokeAI {version} into {venv} ...", file=sys.stderr, flush=True)
    shutil.rmtree(venv, ignore_errors=True)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, pass_fds=(lock,))

    run(find_python(), "-m", "venv", str(venv))
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, *TORCH, *VERSIONS[version])
    # Its own list of requirements holds the packages for making images, which are left out on purpose.
    run(*pip, "--no-deps", f"invokeai=={version}")
    (venv / MARKER).write_text(version + "\n")


def find_python() -> str:
    """An interpreter that the server runs on: the current one, else one on the PATH."""
    for candidate in (sys.executable, *(f"python{number}" for number in SUPPORTED), "python3"):
        if _version_of(candidate) in SUPPORTED:
            return candidate
    raise RuntimeError(
        f"InvokeAI needs Python {' or '.join(SUPPORTED)} with the venv module, and none was found on the PATH"
    )


def _version_of(candidate: str) -> str | None:
    """The version of an interpreter that can make virtual environments; None if it cannot or does not run."""
    question = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        asked = subprocess.run([candidate, "-c", question], capture_output=True, text=True)
    except OSError:
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None
