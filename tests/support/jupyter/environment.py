"""Where a Jupyter of the tests keeps its things: in a folder of its own, never in the user's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path


def jupyter_environment(folder: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a server or kernel whose settings, data and history live below `folder`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    return {
        **ours,
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONUNBUFFERED": "1",
        **(extra or {}),
    }


def write_kernelspec(kernels: Path, name: str, ipykernel: Path | None = None) -> None:
    """Add a kernel to the folder `kernels`: our Python, with the ipykernel of another folder if given."""
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": name,
        "language": "python",
        "env": {"PYTHONPATH": str(ipykernel)} if ipykernel else {},
    }
    (kernels / name).mkdir(parents=True, exist_ok=True)
    (kernels / name / "kernel.json").write_text(json.dumps(spec))
