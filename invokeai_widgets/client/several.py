"""Waiting for several install jobs at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable

from .checks import check_timeout
from .errors import InvokeAIError, ModelInstallTimeout
from .jobs import AsyncModelInstJobHandle
from .schema import ModelInstJobInfo


async def wait_all(
    handles: Iterable[AsyncModelInstJobHandle], timeout: float | None = None
) -> list[ModelInstJobInfo]:
    """Wait until all these jobs have ended, and give their last states in the same order.

    A job that failed raises nothing: its state says so (`info.is_failed`), and `raise_if_failed` raises.

    Raises:
        ModelInstallTimeout: One of them has not ended within `timeout` seconds.
        Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
    """
    check_timeout(timeout)
    all_of_them = list(handles)
    if timeout is not None and timeout <= 0:  # look once
        await asyncio.gather(*(handle.refresh() for handle in all_of_them if not handle.info.is_final))

    async def ends() -> None:
        async with contextlib.aclosing(as_completed(all_of_them)) as ended:
            async for _ in ended:
                pass

    with contextlib.ExitStack() as watching:
        for watch in {handle.watch for handle in all_of_them}:
            watching.enter_context(watch.watched())
        try:
            await asyncio.wait_for(ends(), timeout)
        except InvokeAIError:
            raise
        except asyncio.TimeoutError:
            late = next((handle for handle in all_of_them if not handle.info.is_final), None)
            if late is not None:
                raise ModelInstallTimeout(late.info, timeout or 0.0, late.watch.silence) from None
    return [handle.info for handle in all_of_them]


async def as_completed(
    handles: Iterable[AsyncModelInstJobHandle],
) -> AsyncGenerator[AsyncModelInstJobHandle, None]:
    """Each of these jobs when it has ended, in the order of the ends, failed ones too.

    Raises:
        Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
    """
    waits = {asyncio.create_task(handle.until_ended()): handle for handle in handles}
    # In order, however long the caller takes.
    ended: asyncio.Queue[asyncio.Task[None]] = asyncio.Queue()
    for wait in waits:
        wait.add_done_callback(ended.put_nowait)
    try:
        for _ in range(len(waits)):
            wait = await ended.get()
            wait.result()
            yield waits[wait]
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
