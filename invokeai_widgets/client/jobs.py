"""`AsyncModelInstJobHandle`: an install job to look at, to wait for and to steer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from typing import TYPE_CHECKING, Any, Final

from . import display, steering
from .checks import check_timeout
from .endpoints import installs
from .errors import (
    InvalidInput,
    InvokeAIError,
    ModelInstallJobCancelled,
    ModelInstallJobFailed,
    ModelInstallJobLost,
    ModelInstallTimeout,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    NotSupported,
)
from .schema import InstallStatus, ModelInstJobInfo
from .secrets import redact_text

if TYPE_CHECKING:
    from .watch import JobWatch

_FAILURES: Final = {
    InstallStatus.ERROR: ModelInstallJobFailed,
    InstallStatus.CANCELLED: ModelInstallJobCancelled,
    InstallStatus.LOST: ModelInstallJobLost,
}


class AsyncModelInstJobHandle:
    """An install job. It follows the job, not its number: after a restart of the server it has another one.

    Three ways to wait, which give the same end:

    ```python
    info = await handle
    info = await handle.wait_until(timeout=60)
    async for info in handle:  # each change; raises at the end as the others do
        print(info.progress)
    ```

    Attributes:
        watch: What keeps the state true; `client.jobs`.
    """

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
            timeout: Seconds to wait at most; None for as long as it takes. The job goes on after that.

        Raises:
            ModelInstallJobFailed: It ended in an error; `ModelInstallJobCancelled` and `ModelInstallJobLost`
                are kinds of it.
            ModelInstallTimeout: It has not ended in time.
            InvalidInput: The timeout is not a number of seconds.
            Unreachable: The server does not answer when the waiting begins.
            NotLoggedIn, NotAllowed: The server does not tell us of the job (any more).
        """
        check_timeout(timeout)
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

    async def cancel(self) -> ModelInstJobInfo:
        """Stop the install and remove what was downloaded (`DELETE /api/v2/models/install/{id}`).

        Servers before InvokeAI 6.13 may leave what was downloaded until they start again.

        InvokeAI cannot stop a job that is `running`, and a cancel would take the file away under its hands.
        Nothing is sent then: the job is followed to its end, and `warning` says what has come of it.

        Returns the state after it; nothing happens to a job that has failed or was cancelled before.

        Raises:
            InvalidInput: It is complete; the model would stay.
        """
        info = await self.refresh()
        if info.status == InstallStatus.COMPLETED:
            raise InvalidInput(
                f"Install job {self.job_id} is complete: there is nothing to cancel.",
                advice="To be rid of the model, delete it: delete_model(key).",
            )
        if info.is_final:
            return info
        self.watch.cancel_asked(self._track)
        if info.status == InstallStatus.RUNNING:
            await self.until_ended()
            return self.info
        await self._send_cancel()
        if info.status == InstallStatus.DOWNLOADS_DONE or not info.is_remote:
            self.watch.look_soon(self._track)  # it may have begun to run just before
        return await self.refresh()

    async def pause(self) -> ModelInstJobInfo:
        """Pause the download; what has arrived is kept (`POST /api/v2/models/install/{id}/pause`).

        Raises:
            InvalidInput: A pause would hang the job, or cost the download: it is of a local file, it is
                downloaded already, or it has ended.
            NotSupported: The server is older than InvokeAI 6.13.
        """
        info = await self.refresh()
        if info.status == InstallStatus.PAUSED and info.is_remote:
            return info
        steering.check_pause(info)
        answer = await self.watch.transport.send(installs.pause(self.job_id))
        self._track.resumed_at = None
        return self.watch.put(answer)

    async def resume(self) -> ModelInstJobInfo:
        """Go on with a paused download (`POST /api/v2/models/install/{id}/resume`).

        Where the file's server cannot send a part of a file the job is `paused` again a moment later; its
        `advice` says so.

        Raises:
            InvalidInput: It is not paused, or is of a local file.
            NotSupported: The server is older than InvokeAI 6.13.
        """
        steering.check_resume(await self.refresh())
        answer = await self.watch.transport.send(installs.resume(self.job_id))
        info = self.watch.put(answer)
        self._track.resumed_at = info.bytes
        self.watch.look_soon(self._track)
        return info

    async def restart_failed(self, *, force: bool = False) -> ModelInstJobInfo:
        """Fetch the files again that failed (`POST /api/v2/models/install/{id}/restart_failed`).

        Args:
            force: Also where the job has several files: the server has thrown away those that were complete,
                so that most often a broken model of type `unknown` comes of it.

        Raises:
            InvalidInput: The job has not failed, or has several files and `force` is not set.
            NotSupported: The server did nothing (it does so where no byte had come), or is older than
                InvokeAI 6.13.
        """
        steering.check_restart(await self.refresh(), force=force)
        answer = await self.watch.transport.send(installs.restart_failed(self.job_id))
        return self._restarted(answer)

    async def restart_file(self, url: str) -> ModelInstJobInfo:
        """Fetch one file from its beginning (`POST /api/v2/models/install/{id}/restart_file`).

        Args:
            url: Of the file, as in `info.parts`.

        Raises:
            InvalidInput: The job has no such file, is complete, or is of several files and has ended.
            NotSupported: The server did nothing, or is older than InvokeAI 6.13.
        """
        steering.check_restart_file(await self.refresh())
        answer = await self.watch.transport.send(installs.restart_file(self.job_id, await self._exact(url)))
        return self._restarted(answer)

    # -- how ------------------------------------------------------------------------------------------------

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

    async def _send_cancel(self) -> None:
        try:
            await self.watch.transport.send(installs.cancel(self.job_id))
        except NotFound:
            return
        except InvokeAIError as error:
            if not error.maybe_done or not (await self.refresh()).is_final:
                raise

    def _restarted(self, answer: ModelInstJobInfo) -> ModelInstJobInfo:
        if answer.is_final:
            raise NotSupported(
                f"The server did not start install job {self.job_id} again: it does so only for a file of"
                " which a part has come.",
                advice="Install it again instead.",
            )
        info = self.watch.put(answer, anew=True)
        self.watch.look_soon(self._track)
        return info

    async def _exact(self, url: str) -> str:
        """The URL as the server has it, secrets included: with another one the job would wait for ever."""
        raw = await self.watch.transport.send(installs.get_raw_job(self.job_id)) or {}
        known = [str(part.get("source")) for part in raw.get("download_parts") or ()]
        found = [exact for exact in known if url in (exact, redact_text(exact))]
        if not found:
            raise InvalidInput(
                f"Install job {self.job_id} has no file of that address.",
                advice="Take it from info.parts." if known else "Install it again instead.",
            )
        return found[0]
