"""The store of one connection: holds the snapshot, applies actions, tells subscribers at a bearable rate.

Everything here belongs to the loop thread. Subscribers are called at most ten times a second however fast
actions come, the first change at once, and always with the last state.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from invokeai_widgets.live.state import (
    Action,
    BusyEnded,
    BusyStarted,
    JobsListed,
    Learned,
    LinkChanged,
    MissingListed,
    ModelPut,
    ModelsListed,
    ModelsRemoved,
    Problem,
    ProblemCleared,
    ProblemRaised,
    Snapshot,
    reduce,
)

__all__ = [
    "BusyEnded",
    "BusyStarted",
    "JobsListed",
    "Learned",
    "LinkChanged",
    "MissingListed",
    "ModelPut",
    "ModelsListed",
    "ModelsRemoved",
    "Problem",
    "ProblemCleared",
    "ProblemRaised",
    "Snapshot",
    "Store",
    "reduce",
]

Subscriber = Callable[[Snapshot], None]
_log = logging.getLogger(__name__)


class Store:
    """Holds one `Snapshot`; `dispatch` changes it, `subscribe` hears of it.

    `interval` is the least time between two deliveries, in seconds.
    """

    def __init__(self, snapshot: Snapshot | None = None, *, interval: float = 0.1) -> None:
        self.snapshot = snapshot or Snapshot()
        self._interval = interval
        self._subscribers: list[Subscriber] = []
        self._timer: asyncio.TimerHandle | None = None
        self._delivered_at = float("-inf")

    def dispatch(self, *actions: Action) -> Snapshot:
        """Apply the actions and see that subscribers hear of it. Returns the snapshot after them."""
        before = self.snapshot
        for action in actions:
            self.snapshot = reduce(self.snapshot, action)
        if self.snapshot is not before:
            self._schedule()
        return self.snapshot

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber(snapshot)` after changes. Returns the function that ends it (harmless twice)."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def _schedule(self) -> None:
        if self._timer is not None or not self._subscribers:
            return
        loop = asyncio.get_running_loop()
        wait = self._delivered_at + self._interval - loop.time()
        self._timer = loop.call_later(max(0.0, wait), self._deliver)

    def _deliver(self) -> None:
        self._timer = None
        self._delivered_at = asyncio.get_running_loop().time()
        snapshot = self.snapshot
        for subscriber in list(self._subscribers):
            try:
                subscriber(snapshot)
            except Exception:  # one broken widget must not stop the others
                _log.exception("a subscriber of the store failed")
