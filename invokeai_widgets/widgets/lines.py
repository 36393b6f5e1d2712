"""Jobs as lines of text, for where no widget can be shown: a script, a terminal, a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from invokeai_widgets.widgets import words

#: Seconds between two lines about a job of which only the amount has changed.
_EVERY: Final = 5.0


class Lines:
    """Writes a line when the state of a job changes, and every few seconds while it moves."""

    def __init__(
        self, write: Callable[[str], object] | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`write` takes whole lines; without it they go to standard error, whatever that is by then."""
        self._write = write or _to_standard_error
        self._clock = clock
        self._told: dict[str, tuple[str, str, float]] = {}  # source -> status, line, when

    def show(self, rows: Iterable[dict[str, Any]]) -> None:
        """The jobs as they are now, as `job_rows.job_row` makes them."""
        now = self._clock()
        for row in rows:
            line = words.joined(f"{row['source']}: {row['what']}", row["note"], row["advice"] or "")
            status, before, at = self._told.get(row["source"], ("", "", 0.0))
            if row["status"] != status or (line != before and now - at >= _EVERY):
                self._told[row["source"]] = (row["status"], line, now)
                self._write(f"{line}\n")


def _to_standard_error(text: str) -> None:
    if sys.stderr is not None:  # as in a process without a console
        sys.stderr.write(text)
        sys.stderr.flush()
