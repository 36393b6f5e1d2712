"""All install jobs of a server: what may be done with them, and what it does."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from contextlib import suppress
from pathlib import Path

from invokeai_widgets.demo.changes import ModelRecordChanges
from invokeai_widgets.demo.downloads import part as parts
from invokeai_widgets.demo.downloads.part import Part
from invokeai_widgets.demo.events import Events
from invokeai_widgets.demo.hub.repository import Hub
from invokeai_widgets.demo.paths import ModelsFolder

from . import job as statuses, markers
from .fetching import Fetcher
from .installer import Installer
from .job import Job
from .planning import Plan, plan, remove_files
from .sources import ExternalSource, HubSource, LocalSource, Source, UrlSource, understand


class UnknownJobError(Exception):
    """No job has that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"No job with id {number} known")


class Machine:
    """The jobs, in the order in which they came. All methods run on the event loop."""

    def __init__(
        self, models: ModelsFolder, installer: Installer, fetcher: Fetcher, hub: Hub, events: Events
    ) -> None:
        self._models, self._installer, self._fetcher = models, installer, fetcher
        self._hub, self._events = hub, events
        self._jobs: list[Job] = []
        self._ids = itertools.count()
        self._part_ids = itertools.count()
        self.hub_token: str | None = None  # of whoever is logged in at the hub

    def jobs(self) -> list[Job]:
        """Every job."""
        return list(self._jobs)

    def get(self, number: int) -> Job:
        """The job of that number; raises `UnknownJobError`."""
        for job in self._jobs:
            if job.id == number:
                return job
        raise UnknownJobError(number)

    async def start(
        self, text: str, changes: ModelRecordChanges, inplace: bool, access_token: str | None
    ) -> Job:
        """The job of a source: the one that lives, or a new one.

        Raises `ValueError` for what is no source, and what the hub raises.
        """
        source = understand(text)
        living = self._living(source)
        if living is not None:
            return living
        if isinstance(source, LocalSource):
            source.inplace = inplace
            return self._queue(source, changes, Path(source.path), inplace)
        if isinstance(source, ExternalSource):
            return self._queue(source, changes, self._models.folder, True)
        source.access_token = access_token
        if isinstance(source, HubSource) and access_token is None:
            source.access_token = self.hub_token
        return await self._start_remote(source, changes)

    async def cancel(self, job: Job) -> None:
        """End the job, whatever its state, and remove what it has fetched."""
        job.status = statuses.CANCELLED
        if await self._stop_fetching(job, parts.CANCELLED):
            self._tell_cancelled(job)
        if job.temporary is not None:
            markers.remove(job)
            shutil.rmtree(job.temporary, ignore_errors=True)

    async def pause(self, job: Job) -> None:
        """Pause whatever has not ended; also what cannot be resumed."""
        if job.is_final:
            return
        job.status = statuses.PAUSED
        await self._stop_fetching(job, parts.PAUSED)
        markers.write(job)

    async def resume(self, job: Job) -> None:
        """Go on with a paused job; raises `NotImplementedError` for one that has nothing to fetch."""
        if job.status == statuses.PAUSED:
            await self._resume(job)

    async def restart_failed(self, job: Job) -> None:
        """Fetch anew the files that failed; the others may be gone by now."""
        failed = [part for part in job.parts if part.resume_required or part.status == parts.ERROR]
        unfinished = {part.source for part in job.parts if part.status != parts.COMPLETED}
        if failed and unfinished:
            await self._refetch(job, unfinished)

    async def restart_file(self, job: Job, url: str) -> None:
        """Fetch one file anew, from any state. With a foreign address the job waits for ever."""
        await self._refetch(job, {url})

    def prune(self) -> None:
        """Forget the jobs that have ended."""
        self._jobs = [job for job in self._jobs if not job.is_final]

    async def restore(self, anything: bool = True) -> None:
        """Take up what a former process left unfinished; or, as old versions do, remove it all."""
        markers.remove_dangling(self._models.folder, all_of_them=not anything)
        for folder, marker in list(markers.unfinished(self._models.folder)):
            try:
                source = understand(marker["source"])
                changes = ModelRecordChanges(**(marker.get("config_in") or {}))
            except ValueError:
                continue  # InvokeAI skips these, too: a repository with a variant is one
            if isinstance(source, (UrlSource, HubSource)):
                source.access_token = marker.get("access_token")
            job = self._new(source, changes, folder)
            job.temporary, job.status = folder, marker["status"]
            job.kept = {each["url"]: each for each in marker.get("files") or ()}
            await self._take_up(job)

    async def stop(self) -> None:
        """Pause the downloads, as an orderly end does; cancel all else."""
        for job in self._jobs:
            if not job.is_final:
                await (self.pause(job) if job.is_remote else self.cancel(job))

    async def kill(self) -> None:
        """Stop the downloads where they are, as a crash does."""
        for job in self._jobs:
            if job.task is not None:
                await _ended(job.task)

    async def _take_up(self, job: Job) -> None:
        if job.status == statuses.PAUSED:
            return
        if job.status in (statuses.DOWNLOADS_DONE, statuses.RUNNING):
            job.status = statuses.DOWNLOADS_DONE
            self._installer.put(job)
            return
        try:
            await self._resume(job)
        except Exception as error:  # the hub is away, most likely
            job.fail(error)
            shutil.rmtree(job.folder, ignore_errors=True)

    def _living(self, source: Source) -> Job | None:
        """The job of that source which has not ended. Only the source string counts."""
        return next((job for job in self._jobs if str(job.source) == str(source) and not job.is_final), None)

    def _new(self, source: Source, changes: ModelRecordChanges, path: Path) -> Job:
        job = Job(next(self._ids), source, changes, path)
        self._jobs.append(job)
        return job

    def _queue(self, source: Source, changes: ModelRecordChanges, path: Path, inplace: bool) -> Job:
        job = self._new(source, changes, path)
        job.inplace = inplace
        self._installer.put(job)
        return job

    async def _start_remote(self, source: UrlSource | HubSource, changes: ModelRecordChanges) -> Job:
        what = await plan(self._hub, source, self.hub_token)
        living = self._living(source)  # another request may have come first while the hub was asked
        if living is not None:
            return living
        if not what.files:
            raise ValueError(f"{source}: No downloadable files found")
        models = self._models.folder
        taken = {job.temporary for job in self._jobs}
        folder = markers.reusable_folder(models, str(source), taken) or markers.new_folder(models)
        job = self._new(source, changes, folder)
        job.temporary = folder
        self._fetch(job, what)
        return job

    async def _resume(self, job: Job) -> None:
        job.status = statuses.WAITING
        if not isinstance(job.source, (UrlSource, HubSource)):
            raise NotImplementedError(f"No files associated with {job.source}")
        job.bytes = sum(part.bytes for part in job.parts)
        self._fetch(job, await plan(self._hub, job.source, self.hub_token))

    async def _refetch(self, job: Job, urls: set[str]) -> None:
        if not isinstance(job.source, (UrlSource, HubSource)):
            return
        job.status = statuses.WAITING
        what = (await plan(self._hub, job.source, self.hub_token)).only(urls)
        if what.files:
            self._fetch(job, what, anew=True)

    def _fetch(self, job: Job, what: Plan, anew: bool = False) -> None:
        job.folder.mkdir(exist_ok=True)
        job.metadata = what.metadata
        job.local_path = job.folder
        job.total_bytes = what.size
        token = getattr(job.source, "access_token", None)
        job.fetching = [
            Part.of(next(self._part_ids), file.url, job.folder / file.place, token, file.size)
            for file in what.files
        ]
        if anew:
            remove_files(job.fetching)
        else:
            markers.apply(job, job.fetching)
        markers.write(job, statuses.WAITING)
        job.task = asyncio.create_task(self._run(job), name=f"download of job {job.id}")

    async def _run(self, job: Job) -> None:
        if await self._fetcher.fetch(job):
            self._installer.put(job)
        elif job.status == statuses.ERROR and job.temporary is not None:
            shutil.rmtree(job.temporary, ignore_errors=True)

    async def _stop_fetching(self, job: Job, status: str) -> bool:
        """Leave the partial files as they are; whether there was anything to stop."""
        if job.task is None or job.task.done():
            return False
        await _ended(job.task)
        for part in job.fetching:
            if part.status in (parts.WAITING, parts.RUNNING):
                part.status = status
                part.bytes = part.partial_size or part.bytes
        return True

    def _tell_cancelled(self, job: Job) -> None:
        """One event, of the file that was under way; none tells about the job."""
        stopped = sorted(
            (p for p in job.fetching if p.status == parts.CANCELLED), key=lambda part: part.source
        )
        for part in stopped[:1]:
            self._events.send("download_cancelled", source=part.source)


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
