"""`ModelInstJobHandle`: two lines an operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable, Iterator
from typing import Any, overload

from invokeai_widgets.client import display, several
from invokeai_widgets.client.checks import check_timeout
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.loop import LoopThread
from invokeai_widgets.client.schema import ModelInstJobInfo

from .veneer import Lease, worded_like


@worded_like(AsyncModelInstJobHandle)
class ModelInstJobHandle:
    """An install job. The same operations as `AsyncModelInstJobHandle`, which wait until they are done.

    Attributes:
        aio: The `AsyncModelInstJobHandle` behind it. It belongs to the background thread.
    """

    def __init__(self, aio: AsyncModelInstJobHandle, thread: LoopThread, lease: Lease) -> None:
        self.aio = aio
        self._lease = lease
        self._thread = thread

    def __repr__(self) -> str:
        return repr(self.aio).replace("Async", "", 1)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return display.bundle(self, **kwargs)

    @property
    def job_id(self) -> int:
        return self.aio.job_id

    @property
    def base_url(self) -> str:
        return self.aio.base_url

    @property
    def info(self) -> ModelInstJobInfo:
        return self.aio.info

    def status(self) -> str:
        return self.aio.status()

    def progress(self) -> float | None:
        return self.aio.progress()

    def raise_if_failed(self) -> None:
        self.aio.raise_if_failed()

    def refresh(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.refresh())

    def wait_until(self, timeout: float | None = None) -> ModelInstJobInfo:
        return self._thread.run(self.aio.wait_until(timeout))

    def until_ended(self) -> None:
        self._thread.run(self.aio.until_ended())

    def cancel(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.cancel())

    def pause(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.pause())

    def resume(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.resume())

    def restart_failed(self, *, force: bool = False) -> ModelInstJobInfo:
        return self._thread.run(self.aio.restart_failed(force=force))

    def restart_file(self, url: str) -> ModelInstJobInfo:
        return self._thread.run(self.aio.restart_file(url))


@overload
def wait_all(
    handles: Iterable[ModelInstJobHandle], timeout: float | None = None
) -> list[ModelInstJobInfo]: ...
@overload
def wait_all(
    handles: Iterable[AsyncModelInstJobHandle], timeout: float | None = None
) -> Coroutine[Any, Any, list[ModelInstJobInfo]]: ...
def wait_all(
    handles: Iterable[ModelInstJobHandle] | Iterable[AsyncModelInstJobHandle], timeout: float | None = None
) -> list[ModelInstJobInfo] | Coroutine[Any, Any, list[ModelInstJobInfo]]:
    """Wait until all these jobs have ended, and give their last states in the same order.

    Of async handles it gives the coroutine that does so: `await wait_all(handles)`.

    A job that failed raises nothing: its state says so (`info.is_failed`), and `raise_if_failed` raises.

    Raises:
        ModelInstallTimeout: One of them has not ended within `timeout` seconds.
        Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
    """
    given = _several(handles)
    check_timeout(timeout)
    if not given:
        return _Nothing()
    aio, thread = _sorted_out(given)
    waiting = several.wait_all(aio, timeout)
    return waiting if thread is None else thread.run(waiting)


@overload
def as_completed(handles: Iterable[ModelInstJobHandle]) -> Iterator[ModelInstJobHandle]: ...
@overload
def as_completed(
    handles: Iterable[AsyncModelInstJobHandle],
) -> AsyncGenerator[AsyncModelInstJobHandle, None]: ...
def as_completed(
    handles: Iterable[ModelInstJobHandle] | Iterable[AsyncModelInstJobHandle],
) -> Iterator[ModelInstJobHandle] | AsyncGenerator[AsyncModelInstJobHandle, None]:
    """Each of these jobs when it has ended, in the order of the ends, failed ones too.

    Of async handles: `async for handle in as_completed(handles)`.

    Raises:
        Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
    """
    given = _several(handles)
    if not given:
        return _Nothing()
    aio, thread = _sorted_out(given)
    if thread is None:
        return several.as_completed(aio)
    return _each_end({each.aio: each for each in given if isinstance(each, ModelInstJobHandle)}, thread)


class _Nothing(list[Any]):
    """What comes of no handles, of which nobody knows the kind: for blocking and for async callers."""

    def __await__(self) -> Generator[None, None, list[Any]]:
        yield from ()
        return []

    def __next__(self) -> Any:
        raise StopIteration

    async def __anext__(self) -> Any:
        raise StopAsyncIteration

    def __aiter__(self) -> _Nothing:
        return self

    def close(self) -> None:
        """There is nothing to close."""

    async def aclose(self) -> None:
        """There is nothing to close."""


def _each_end(
    handles: dict[AsyncModelInstJobHandle, ModelInstJobHandle], thread: LoopThread
) -> Iterator[ModelInstJobHandle]:
    ends = several.as_completed(handles)
    try:
        while (ended := thread.run(_next(ends))) is not None:
            yield handles[ended]
    finally:
        # Also where the loop over it is left early; it may be collected on any thread, so nobody waits.
        thread.post(lambda: asyncio.ensure_future(ends.aclose()))


async def _next(ends: AsyncGenerator[AsyncModelInstJobHandle, None]) -> AsyncModelInstJobHandle | None:
    return await anext(ends, None)


def _several(
    handles: Iterable[ModelInstJobHandle] | Iterable[AsyncModelInstJobHandle],
) -> list[ModelInstJobHandle | AsyncModelInstJobHandle]:
    if isinstance(handles, (ModelInstJobHandle, AsyncModelInstJobHandle)):
        raise InvalidInput("This waits for several jobs.", advice="Give [handle], or handle.wait_until().")
    return list(handles)


def _sorted_out(
    handles: Iterable[ModelInstJobHandle | AsyncModelInstJobHandle],
) -> tuple[list[AsyncModelInstJobHandle], LoopThread | None]:
    """The async handles, and the thread to wait on; None: the caller's own loop."""
    aio, threads = [], set()
    for handle in handles:
        aio.append(handle.aio if isinstance(handle, ModelInstJobHandle) else handle)
        threads.add(handle._thread if isinstance(handle, ModelInstJobHandle) else None)
    if len(threads) > 1:
        raise InvalidInput("Blocking and async handles cannot be waited for together.")
    return aio, threads.pop()
