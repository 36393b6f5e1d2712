"""`AsyncModelInstJobHandle`: an install job to look at, to wait for and, which is here, to steer."""

from __future__ import annotations

from . import steering
from .endpoints import installs
from .errors import InvalidInput, InvokeAIError, NotFound, NotSupported
from .flows.looking import seen
from .schema import InstallStatus, ModelInstJobInfo
from .secrets import redact_text
from .waiting import Waiting


class AsyncModelInstJobHandle(Waiting):
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
        try:
            await self._send_cancel()
        except InvokeAIError as error:
            self.watch.cancel_asked(self._track, is_asked=error.maybe_done)
            raise
        self.watch.look_soon(self._track)  # it may have begun to run just before
        return await self.refresh()

    async def pause(self) -> ModelInstJobInfo:
        """Pause the download; what has arrived is kept (`POST /api/v2/models/install/{id}/pause`).

        Returns the state after it, as `resume`, `restart_failed` and `restart_file` do. All of them raise
        `NotFound` if the server has forgotten the job meanwhile.

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

        Where the file's server cannot send a part of a file the job is `paused` again a moment later; where
        it sends nothing at all, InvokeAI notices the pause too late, and the job is `cancelled` when bytes
        come again. Its `advice` says so.

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

    async def _send_cancel(self) -> None:
        try:
            await self.watch.transport.send(installs.cancel(self.job_id))
        except NotFound:
            return
        except InvokeAIError as error:
            if not error.maybe_done or not (await seen(self.refresh(), error)).is_final:
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
