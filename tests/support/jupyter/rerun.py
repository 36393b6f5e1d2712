"""Run notebooks again and save what they show: `python -m tests.support.jupyter.rerun notebooks/*.ipynb`."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import nbformat

from .execute import execute

# The folders that a run makes for itself say nothing to a reader, and differ from run to run.
OWN_FOLDER = re.compile(re.escape(tempfile.gettempdir()) + r"/([a-z]+)-\w+")


def main(names: list[str]) -> None:
    """Each on an embedded server of its own, its outputs kept without this machine's folders."""
    for path in map(Path, names):
        executed = execute(path, {"INVOKEAI_URL": ""})
        path.write_text(OWN_FOLDER.sub(r"/models/\1", nbformat.writes(executed)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
