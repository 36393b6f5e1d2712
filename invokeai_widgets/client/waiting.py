"""Looking at an install job and waiting for its end: what a handle does without changing anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from typing import TYPE_CHECKING, Any, Final

from . import display
from .checks import check_timeout
from .errors import (
    InvokeAIError,
    ModelInstallJobCancelled,
    ModelInstallJobFailed,
    ModelInstallJobLost,
    ModelInstallTimeout,
    NotAllowed,
    NotLoggedIn,
)
from .schema import InstallStatus, ModelInstJobInfo

if TYPE_CHECKING:
    from .watch import JobWatch

_FAILURES: Final = {
    InstallStatus.ERROR: ModelInstallJobFailed,
    InstallStatus.CANCELLED: ModelInstallJobCancelled,
    InstallStatus.LOST: ModelInstallJobLost,
}


class Waiting:
    """The part of `AsyncModelInstJobHandle` that looks and waits."""

    def __init__(self, watch: JobWatch, info: ModelInstJobInfo) -> None:
        self.watch = watch
        self._track = watch.track(info)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.job_id}, {self.info.source!r}, {self.status()!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return display.bundle(self, **kwargs)

    @property
    def job_id(self) -> int:
        """The number on the server, as it is now."""
        return self.info.job_id

    @property
    def base_url(self) -> str:
        """The server's address, with a slash at the end and without secrets."""
        return self.watch.transport.address.base

    @property
    def info(self) -> ModelInstJobInfo:
        """The last known state. Asks nobody: it is kept up to date while somebody waits or watches."""
        return self._track.info

    def status(self) -> str:
        """The last known status, one of `InstallStatus`, or a word of a newer server. Asks nobody."""
        return self.info.status

    def progress(self) -> float | None:
        """The share downloaded as last known, 0 to 1; 1 once completed; None if it cannot be known."""
        return self.info.progress

    def raise_if_failed(self) -> None:
        """Raise if the last known state is a failure.

        Raises:
            ModelInstallJobFailed: The job ended in an error.
            ModelInstallJobCancelled, ModelInstallJobLost: Kinds of it: it was cancelled, or the server no
                longer knows it.
        """
        failure = _FAILURES.get(self.info.status)
        if failure is not None:
            raise failure(self.info)

    async def refresh(self) -> ModelInstJobInfo:
        """Read the state from the server now (`GET /api/v2/models/install/{id}`).

        Where the job is no longer under its number it is looked for by its source; `lost` if it is nowhere.

        Raises:
            Unreachable, RequestTimedOut, NotLoggedIn, NotAllowed: It could not be read.
        """
        return await self.watch.read_job(self._track)

    async def wait_until(self, timeout: float | None = None) -> ModelInstJobInfo:
        """Wait until the job has ended, and give its last state, which is `completed`.

        A server that goes away in the meantime is waited for, and the job is found again when it is back.

        Args:
            timeout: Seconds to wait at most, 0 to look once; None for as long as it takes. The job goes on
                after that.

        Raises:
            ModelInstallJobFailed: It ended in an error; `ModelInstallJobCancelled` and `ModelInstallJobLost`
                are kinds of it.
            ModelInstallTimeout: It has not ended in time.
            InvalidInput: The timeout is not a number of seconds.
            Unreachable: The server does not answer when the waiting begins.
            NotLoggedIn, NotAllowed: The server does not tell us of the job (any more).
        """
        check_timeout(timeout)
        if timeout is not None and timeout <= 0:
            await self.refresh()
        if self.info.is_final:
            self.watch.tell_now()
        else:
            await self._end_within(timeout)
        self.raise_if_failed()
        return self.info

    async def _end_within(self, timeout: float | None) -> None:
        with self.watch.watched():
            try:
                await asyncio.wait_for(self.until_ended(), timeout)
            except InvokeAIError:  # some are a TimeoutError too
                raise
            except asyncio.TimeoutError:
                if self.info.is_final:
                    return
                raise ModelInstallTimeout(self.info, timeout or 0.0, self.watch.silence) from None

    async def until_ended(self) -> None:
        """Wait until the job has ended, well or not.

        Raises:
            Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
        """
        async with contextlib.aclosing(self._states()) as states:
            async for _ in states:
                pass
        self.watch.tell_now()

    def __await__(self) -> Generator[Any, None, ModelInstJobInfo]:
        return self.wait_until().__await__()

    async def __aiter__(self) -> AsyncIterator[ModelInstJobInfo]:
        """The state now, then after each change (of several quick ones the last), the end included.

        Raises after that what `wait_until` raises for the same end.
        """
        async with contextlib.aclosing(self._states()) as states:
            async for info in states:
                yield info
        self.raise_if_failed()

    async def _states(self) -> AsyncGenerator[ModelInstJobInfo, None]:
        """The state now and after each change, until it is an end."""
        if not self.info.is_final:
            await self.refresh()  # a server that is not there is said at once
        shown = self.info
        yield shown
        if shown.is_final:
            return
        news = asyncio.Event()
        leave = self.watch.subscribe(lambda change: news.set())
        try:
            while not shown.is_final:
                if shown is self.info:
                    self._raise_if_untold()
                    await news.wait()
                news.clear()
                if shown is not self.info:
                    shown = self.info
                    yield shown
        finally:
            leave()

    def _raise_if_untold(self) -> None:
        """Raise if nothing more will be heard of the job."""
        if self.watch.is_closed:
            raise InvokeAIError(
                "The client was closed before the install had ended.", advice="The job goes on."
            )
        if isinstance(self.watch.problem, (NotLoggedIn, NotAllowed)):
            raise self.watch.problem
