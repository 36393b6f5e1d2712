"""How fast a download goes, and how long it will take: from the bytes seen and when they were seen."""

from __future__ import annotations

import math
from typing import Final

from .schema import InstallStatus, ModelInstJobInfo

#: Seconds after which an old speed counts for a third of what it did.
_MEMORY: Final = 4.0
#: Seconds without a byte after which nothing is said to move.
STALL: Final = 6.0
#: Seconds between two measurements: shorter ones tell of the network's blocks, not of its speed.
_LEAST: Final = 0.25


class Pace:
    """The pace of one job. All times are seconds on one clock that never goes back."""

    def __init__(self) -> None:
        self._bytes: int | None = None
        self._at = 0.0  # when a new byte was seen last
        self._speed: float | None = None

    def show(self, info: ModelInstJobInfo, now: float) -> ModelInstJobInfo:
        """The state with `speed` and `eta` as of `now`."""
        if info.status != InstallStatus.DOWNLOADING:
            self._bytes = self._speed = None
            return info
        self._note(info.bytes, now)
        speed = 0.0 if now - self._at >= STALL else self._speed
        return info.replaced(speed=speed, eta=_eta(info, speed))

    def is_stalled(self, now: float) -> bool:
        """Whether a download stands still, while its last shown speed may say otherwise."""
        return self._bytes is not None and now - self._at >= STALL

    def _note(self, count: int, now: float) -> None:
        if self._bytes is None or count < self._bytes:
            self._bytes, self._at, self._speed = count, now, None
            return
        passed = now - self._at
        if count == self._bytes or passed < _LEAST:
            return
        current = (count - self._bytes) / passed
        if self._speed is None or passed >= STALL:
            self._speed = current
        else:
            weight = 1 - math.exp(-passed / _MEMORY)
            self._speed += weight * (current - self._speed)
        self._bytes, self._at = count, now


def _eta(info: ModelInstJobInfo, speed: float | None) -> float | None:
    if not speed or info.total_bytes <= 0:
        return None
    return max(0, info.total_bytes - info.bytes) / speed
