"""`AsyncModelInstJobHandle`: an install job to look at, wait for and steer; and several of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable
from typing import TYPE_CHECKING, Any, Final

from . import display, steering
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
    from .telling import JobChange
    from .watch import JobWatch

_FAILURES: Final = {
    InstallStatus.ERROR: ModelInstallJobFailed,
    InstallStatus.CANCELLED: ModelInstallJobCancelled,
    InstallStatus.LOST: ModelInstallJobLost,
}
_UNSTOPPABLE: Final = (
    "It was to be cancelled, but InvokeAI was taking it in already, which cannot be stopped."
)


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
            Unreachable: The server does not answer when the waiting begins.
            NotLoggedIn, NotAllowed: The server does not tell us of the job (any more).
        """
        try:
            await asyncio.wait_for(self._end(), timeout)
        except InvokeAIError:
            raise
        except asyncio.TimeoutError:
            raise ModelInstallTimeout(self.info, timeout or 0.0) from None
        self.raise_if_failed()
        return self.info

    def __await__(self) -> Generator[Any, None, ModelInstJobInfo]:
        return self.wait_until().__await__()

    async def __aiter__(self) -> AsyncIterator[ModelInstJobInfo]:
        """The state now, then after each change (of several quick ones the last), the end included.

        Raises after that what `wait_until` raises for the same end.
        """
        async for info in self._states():
            yield info
        self.raise_if_failed()

    async def cancel(self) -> ModelInstJobInfo:
        """Stop the install and remove what was downloaded (`DELETE /api/v2/models/install/{id}`).

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
        if info.status == InstallStatus.RUNNING:
            return await self._follow_unstoppable()
        try:
            await self.watch.transport.send(installs.cancel(self.job_id))
        except NotFound:
            return await self.refresh()
        except InvokeAIError as error:
            if not error.maybe_done or not (await self.refresh()).is_final:
                raise
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
        return self.watch.put(await self.watch.transport.send(installs.pause(self.job_id)))

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

    async def _end(self) -> None:
        async for _ in self._states():
            pass

    async def _states(self) -> AsyncGenerator[ModelInstJobInfo, None]:
        """The state now and after each change, until it is an end."""
        if not self.info.is_final:
            await self.refresh()
        news = asyncio.Event()

        def tell(change: JobChange) -> None:
            news.set()

        leave = None if self.info.is_final else self.watch.subscribe(tell)
        try:
            shown = None
            while True:
                news.clear()
                info = self.info
                if info is not shown:
                    shown = info
                    yield info
                if self.info.is_final and self.info is shown:
                    return
                if isinstance(self.watch.problem, (NotLoggedIn, NotAllowed)):
                    raise self.watch.problem
                if self.info is shown:
                    await news.wait()
        finally:
            if leave is not None:
                leave()

    async def _follow_unstoppable(self) -> ModelInstJobInfo:
        """It runs, and must be left to it."""
        self.watch.note(self._track, _UNSTOPPABLE)
        await self._end()
        if self.info.status == InstallStatus.COMPLETED:
            self.watch.note(self._track, f"{_UNSTOPPABLE} {_outcome(self.info)}")
        return self.info

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


async def wait_all(
    handles: Iterable[AsyncModelInstJobHandle], timeout: float | None = None
) -> list[ModelInstJobInfo]:
    """Wait until all these jobs have ended, and give their last states in the same order.

    A job that failed raises nothing: its state says so (`info.is_failed`), and `raise_if_failed` raises.

    Raises:
        ModelInstallTimeout: One of them has not ended within `timeout` seconds.
        Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
    """
    all_of_them = list(handles)

    async def ends() -> None:
        async for _ in as_completed(all_of_them):
            pass

    try:
        await asyncio.wait_for(ends(), timeout)
    except InvokeAIError:
        raise
    except asyncio.TimeoutError:
        late = next(handle for handle in all_of_them if not handle.info.is_final)
        raise ModelInstallTimeout(late.info, timeout or 0.0) from None
    return [handle.info for handle in all_of_them]


async def as_completed(
    handles: Iterable[AsyncModelInstJobHandle],
) -> AsyncGenerator[AsyncModelInstJobHandle, None]:
    """Each of these jobs when it has ended, in the order of the ends, failed ones too.

    Raises:
        Unreachable, NotLoggedIn, NotAllowed: As `wait_until`.
    """
    waits = {asyncio.ensure_future(handle._end()): handle for handle in handles}
    pending = set(waits)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for wait in done:
                wait.result()
                yield waits[wait]
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _outcome(info: ModelInstJobInfo) -> str:
    record = info.config_out
    if record is None:
        return "It was installed."
    return f"The model {record.name!r} was installed; to be rid of it: delete_model({record.key!r})."
