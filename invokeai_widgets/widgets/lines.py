"""Jobs as lines of text, for where no widget can be shown: a script, a terminal, a log."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import printable

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
        self._told: dict[int, tuple[str, str, float]] = {}  # which of the jobs -> status, line, when
        self._lock = threading.Lock()

    def show(self, rows: Iterable[dict[str, Any]]) -> None:
        """The jobs as they are now, always the same ones, as `job_rows.job_row` makes them. Any thread."""
        with self._lock:
            for place, row in enumerate(rows):
                self._show(place, row, self._clock())

    def _show(self, place: int, row: dict[str, Any], now: float) -> None:
        line = words.joined(f"{row['source']}: {row['what']}", row["note"], row["advice"] or "")
        status, before, at = self._told.get(place, ("", "", 0.0))
        if row["status"] != status or (line != before and now - at >= _EVERY):
            self._told[place] = (row["status"], line, now)
            self._write(f"{printable(line)}\n")


def _to_standard_error(text: str) -> None:
    if sys.stderr is not None:  # as in a process without a console
        sys.stderr.write(text)
        sys.stderr.flush()
