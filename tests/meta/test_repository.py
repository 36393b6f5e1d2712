"""What the project's own files promise about each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# Where people's and build machines' own folders lie. Examples use /models and /srv.
MACHINE_PATH = re.compile(r"(?<![\w.~:/<>{}-])/(?:home|root|Users|tmp|opt|mnt|work|workspace|builds)/[\w.-]+")
DOCUMENTS = [ROOT / "README.md", ROOT / "tests" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE)
    known = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    assert set(named) <= set(known)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_linked_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)#\s]+)|(?:src|srcset)=\"([^\"]+)\"", text)
    files = [name for pair in linked for name in pair if name and "://" not in name]
    assert [name for name in files if not (document.parent / name).exists()] == []


def test_every_target_that_is_no_file_says_so() -> None:
    targets = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    assert targets == re.findall(r"^\.PHONY: ([a-z-]+)$", MAKEFILE, re.MULTILINE)


def test_no_download_address_is_recorded_for_the_javascript_tools() -> None:
    """They are fetched from wherever npm is told to, not from where somebody's npm was."""
    lock = (ROOT / "js" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock


def test_every_widget_of_the_sources_is_built() -> None:
    sources = (path for path in (ROOT / "js" / "src").iterdir() if path.suffix in (".ts", ".css"))
    expected = {path.name.replace(".ts", ".js") for path in sources}
    assert expected == {path.name for path in (ROOT / "invokeai_widgets" / "static").iterdir()}


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE_PATH.finditer(text)]
    assert found == []
