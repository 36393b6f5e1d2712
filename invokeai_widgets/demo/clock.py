"""The clock the invented downloads run on: real time, faster or slower, or turned by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time

_SETTLE = 8  # turns of the event loop that whoever was woken gets to go to sleep again


class Clock:
    """Seconds of the demo. `speed` 2 runs twice as fast as real time; a clock by hand stands until turned.

    Used on the server's event loop only, but for `speed`, which any thread may set.
    """

    def __init__(self, speed: float = 1.0, by_hand: bool = False) -> None:
        self.speed = speed
        self.by_hand = by_hand
        self._now = 0.0
        self._last = time.monotonic()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        """Seconds since the start, by this clock."""
        if not self.by_hand:
            real = time.monotonic()
            self._now += (real - self._last) * self.speed
            self._last = real
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock."""
        if not self.by_hand or seconds <= 0:
            await asyncio.sleep(max(seconds, 0) / max(self.speed, 1e-6))
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), woken))
        await woken

    async def turn(self, seconds: float) -> None:
        """Let that much time pass at once, waking each sleeper at its own time, in order."""
        end = self._now + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not woken.done():
                woken.set_result(None)
            await _settle()
        self._now = end


async def _settle() -> None:
    for _ in range(_SETTLE):
        await asyncio.sleep(0)
