"""Fetches the files of a job, one after the other, and tells about it as InvokeAI does."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from pathlib import Path

from invokeai_widgets.demo.downloads import part as statuses
from invokeai_widgets.demo.downloads.errors import RefusedRangeError
from invokeai_widgets.demo.downloads.part import Part, now
from invokeai_widgets.demo.downloads.replies import Opener
from invokeai_widgets.demo.downloads.transfer import Transfer
from invokeai_widgets.demo.events import Events

from . import job as job_statuses, markers
from .job import Job

AT_A_TIME = 5  # downloads, of all jobs


class Fetcher:
    """Runs the downloads of all jobs."""

    def __init__(self, opener: Callable[[str], Opener], events: Events) -> None:
        """`opener` says who has the file of an address."""
        self._opener, self._events = opener, events
        self._slots = asyncio.Semaphore(AT_A_TIME)
        self.free_space: Callable[[Path], int] | None = None  # a fault, if set

    async def fetch(self, job: Job) -> bool:
        """Fetch all parts of `job.fetching`; whether the job is ready to be installed.

        If not, it is in error, or paused because a file server would not go on. Cancelling this leaves the
        partial file.
        """
        pending = sorted(job.fetching, key=lambda part: part.source)
        for part in pending:
            try:
                async with self._slots:
                    await self._fetch_part(job, part)
            except RefusedRangeError:
                part.status = statuses.PAUSED
                job.status = job_statuses.PAUSED
                markers.write(job)
                return False
            except Exception as error:  # whatever it is becomes the job's error
                self._fail(job, part, error)
                return False
            finally:
                part.job_ended = now()
            last = part is pending[-1]
            if last:
                job.status = job_statuses.DOWNLOADS_DONE
                markers.write(job)
                self._events.send("model_install_downloads_complete", id=job.id, source=job.source.wire())
            self._tell(part, "download_complete", total_bytes=part.total_bytes)
        return True

    async def _fetch_part(self, job: Job, part: Part) -> None:
        part.job_started, part.job_ended = now(), None
        transfer = Transfer(
            part,
            self._opener(part.canonical_url),
            on_start=lambda: self._started(job, part),
            on_progress=lambda: self._progressed(job, part),
        )
        if self.free_space is not None:
            transfer.free_space = self.free_space
        await transfer.run()
        part.status = statuses.COMPLETED
        job.count(job.fetching)

    def _started(self, job: Job, part: Part) -> None:
        if job.status != job_statuses.DOWNLOADING:
            self._first_started(job, part)
        self._tell(part, "download_started")

    def _first_started(self, job: Job, part: Part) -> None:
        """The first file of the job has begun: only now its parts are shown."""
        job.status = job_statuses.DOWNLOADING
        if job.local_path == job.folder:
            job.local_path = job.folder / part.path.relative_to(job.folder).parts[0]
        job.parts = job.fetching
        job.count(job.parts)
        markers.write(job)

    def _progressed(self, job: Job, part: Part) -> None:
        job.count(job.parts)
        self._events.send("model_install_download_progress", **job.progress())
        self._tell(part, "download_progress", current_bytes=part.bytes, total_bytes=part.total_bytes)

    def _fail(self, job: Job, part: Part, error: Exception) -> None:
        part.status = statuses.ERROR
        part.error_type = f"{type(error).__name__}({error})"
        part.error = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        job.fail(error)
        markers.remove(job)
        self._events.send(
            "model_install_error",
            id=job.id,
            source=job.source.wire(),
            error_type=job.error_reason,
            error=job.error,
        )
        self._events.send("download_error", source=part.source, error_type=part.error_type, error=part.error)

    def _tell(self, part: Part, event: str, **payload: object) -> None:
        path = part.download_path
        self._events.send(
            event, source=part.source, download_path=path.as_posix() if path else "None", **payload
        )
