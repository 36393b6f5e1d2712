"""`Looks`: whether what is known of a server's models is as new as what this process has asked to change."""

from __future__ import annotations

import threading


class Looks:
    """Changes that were asked for here, and how many of them the last good look has seen. Any thread."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._changes = 0
        self._seen = 0

    def note_change(self) -> None:
        """Models may be others from now on."""
        with self._news:
            self._changes += 1

    def begin(self) -> int:
        """A look begins: what to hand to `end` if it is a good one. One that fails has seen nothing."""
        with self._news:
            return self._changes

    def end(self, begun: int) -> None:
        """The look that `begin` gave this number for has ended well."""
        with self._news:
            self._seen = max(self._seen, begun)
            self._news.notify_all()

    @property
    def is_behind(self) -> bool:
        """Whether there are changes that no good look has seen."""
        with self._news:
            return self._seen < self._changes

    def wait(self, timeout: float) -> bool:
        """Block until all changes have been seen, at most so many seconds; whether they have."""
        with self._news:
            return self._news.wait_for(lambda: self._seen >= self._changes, timeout)
