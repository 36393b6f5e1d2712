"""Waiting for something to happen, but not for ever."""

from __future__ import annotations

import asyncio


async def wait_for_event(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for the event, and set it if it does not come in so many seconds; None: as long as it takes.

    Until Python 3.12 `asyncio.wait_for` may swallow a cancellation that comes together with the event: who
    followed a server went on for ever then.
    """
    loop = asyncio.get_running_loop()
    timer = None if seconds is None else loop.call_later(seconds, event.set)
    try:
        await event.wait()
    finally:
        if timer is not None:
            timer.cancel()
