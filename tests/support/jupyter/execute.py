"""Run a whole notebook without a browser."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from .environment import jupyter_environment

CELL_TIMEOUT = 120  # seconds


def execute(notebook: Path, env: Mapping[str, str]) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh kernel, cell after cell; `env` is added to its environment.

    It runs in an empty folder. Raises nbclient's `CellExecutionError` at the first cell that fails. The state
    of its widgets is not kept in it.
    """
    read: nbformat.NotebookNode = nbformat.read(notebook, as_version=4)
    with tempfile.TemporaryDirectory(prefix="notebook-") as folder:
        client = NotebookClient(
            read,
            kernel_name="python3",
            timeout=CELL_TIMEOUT,
            store_widget_state=False,
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        client.execute(env=jupyter_environment(Path(folder), env))
    return read
