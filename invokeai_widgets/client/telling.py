"""Telling subscribers of changes, at a bearable rate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

#: Seconds between two tellings; an end is told at once.
_EVERY: Final = 0.05

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobChange:
    """What subscribers are told.

    Attributes:
        ids: The numbers under which something is new: another state, a new job, or none any more.
        link: Whether `link`, `link_reason` or `problem` of the watch have changed.
    """

    ids: frozenset[int]
    link: bool = False


class Teller:
    """Collects what has changed, and tells it. Belongs to one event loop."""

    def __init__(self) -> None:
        self._subscribers: dict[object, Callable[[JobChange], None]] = {}
        self._ids: set[int] = set()
        self._link = False
        self._timer: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")

    @property
    def has_subscribers(self) -> bool:
        return bool(self._subscribers)

    def subscribe(self, tell: Callable[[JobChange], None]) -> Callable[[], None]:
        """From now on `tell` hears of changes. Returns the function that ends it."""
        me = object()
        self._subscribers[me] = tell

        def unsubscribe() -> None:
            self._subscribers.pop(me, None)

        return unsubscribe

    def add(self, ids: Iterable[int], *, link: bool = False, urgent: bool = False) -> None:
        """Have this told soon; at once if it is `urgent`."""
        self._ids.update(ids)
        self._link = self._link or link
        if self._timer is not None:
            if not urgent:
                return
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        wait = 0.0 if urgent else max(0.0, self._told_at + _EVERY - loop.time())
        self._timer = loop.call_later(wait, self._tell)

    def tell_now(self) -> None:
        """Tell what is to be told soon, if there is something."""
        if self._timer is not None:
            self._timer.cancel()
            self._tell()

    def close(self) -> None:
        """Tell for the last time, and forget all subscribers."""
        if self._timer is not None:
            self._timer.cancel()
        self._tell()
        self._subscribers.clear()

    def _tell(self) -> None:
        self._timer, self._told_at = None, asyncio.get_running_loop().time()
        change = JobChange(frozenset(self._ids), self._link)
        self._ids, self._link = set(), False
        for tell in list(self._subscribers.values()):
            try:
                tell(change)
            except Exception:  # one broken subscriber must not silence the others
                _log.exception("a subscriber of the install jobs failed")
