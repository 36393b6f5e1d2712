"""The environment of the benches, bench/.env: our package (editable) beside the peers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "bench" / ".env"
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NAMED = (
    "httpx", "msgspec", "pydantic", "pandas", "numpy", "pyarrow", "jupyterlab", "ipykernel", "ipywidgets",
    "anywidget", "aiohttp", "httpx-aiohttp", "invokeai-py-client", "itables", "ipydatagrid", "quak",
    "buckaroo", "perspective-python", "ipyaggrid",
)  # fmt: skip


def enter() -> None:
    """Go on in the environment's interpreter: replaces this process unless it runs there already."""
    if Path(sys.prefix).resolve() == HOME.resolve():
        return
    _install()
    os.execv(PYTHON, [str(PYTHON), *sys.orig_argv[1:]])


def _install() -> None:
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = HOME / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("installing the peers into bench/.env (once) ...", file=sys.stderr)
    if not PYTHON.exists():
        venv.create(HOME, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-e", f"{ROOT}[lab,demo]", "-r", str(REQUIREMENTS)], check=True)
    stamp.write_text(wanted)


def versions() -> dict[str, str]:
    """Name -> version of what is measured, as far as it is installed."""
    found = {}
    for name in NAMED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
