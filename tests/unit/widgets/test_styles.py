"""Stylesheets hold for the whole page, and the manager puts all widgets into one.

A class that two of them styled in different ways once hid the source field of the install form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

SRC = Path(__file__).parents[3] / "js" / "src"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTORS = re.compile(r"([^{};]+)\{")
LOOSE = re.compile(r"\.ivk-[\w-]+")  # not bound to the root of a widget


def owner(sheet: Path) -> str:
    """The widget, or the shared part, that a stylesheet belongs to: its folder's or its own name."""
    return sheet.relative_to(SRC).parts[0].removesuffix(".css")


def test_no_class_is_styled_by_two_widgets() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for sheet in SRC.rglob("*.css"):
        for selectors in SELECTORS.findall(COMMENT.sub("", sheet.read_text(encoding="utf-8"))):
            for selector in selectors.split(","):
                if LOOSE.fullmatch(selector.strip()):
                    owners[selector.strip()].add(owner(sheet))
    assert len(owners) > 50
    shared = {selector: sorted(found - {"kit"}) for selector, found in owners.items()}
    assert {selector: found for selector, found in shared.items() if len(found) > 1} == {}
