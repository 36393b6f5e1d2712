"""Text of outputs, as a test wants to read it."""

from __future__ import annotations

import re

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def plain_traceback(lines: list[str]) -> str:
    """A traceback in one piece, without the terminal's colours."""
    return _COLOURS.sub("", "\n".join(lines))
