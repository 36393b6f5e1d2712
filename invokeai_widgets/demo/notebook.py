"""A notebook to begin with, for those who have the package without its notebooks."""

from __future__ import annotations

import json
from pathlib import Path

_TEXT = "# Models\n\nRun the next cell. The server behind it is the embedded one: try whatever you like."
_CODE = """import os

from invokeai_widgets import ModelManager

ModelManager(os.environ["INVOKEAI_URL"])"""


def write_notebook(folder: Path) -> Path:
    """Write it into the folder; where it is."""
    cells = [
        {"cell_type": "markdown", "id": "begin", "metadata": {}, "source": _TEXT},
        {
            "cell_type": "code",
            "id": "manager",
            "metadata": {},
            "source": _CODE,
            "execution_count": None,
            "outputs": [],
        },
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    file = folder / "first_look.ipynb"
    file.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return file
