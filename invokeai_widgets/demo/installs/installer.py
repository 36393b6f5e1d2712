"""The one installer: identifies, hashes, takes in or leaves in place, and registers; one job at a time."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from invokeai_widgets.demo.events import Events
from invokeai_widgets.demo.older import Version
from invokeai_widgets.demo.paths import ModelsFolder
from invokeai_widgets.demo.store import Records
from invokeai_widgets.demo.vocabulary import ModelSourceType

from . import external, job as statuses, markers
from .job import Job
from .sources import ExternalSource
from .taking import OVERRIDES, Taker, weight

_T = TypeVar("_T")


class Installer:
    """Works off a queue of jobs. Reading and copying happen on a thread, all else on the event loop."""

    def __init__(
        self, records: Records, models: ModelsFolder, events: Events, taker: Taker, version: Version
    ) -> None:
        self._records, self._models, self._events = records, models, events
        self._taker, self._version = taker, version
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="demo-installer")
        self.pause: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)

    def put(self, job: Job) -> None:
        """Let the job be installed when its turn comes."""
        self._queue.put_nowait(job)

    async def run(self) -> None:
        """Install what is put in, until cancelled."""
        while True:
            job = await self._queue.get()
            try:
                await self._take(job)
            except Exception as error:  # whatever it is becomes the job's error
                job.fail(error)
                self._failed(job)
            finally:
                if job.temporary is not None:
                    shutil.rmtree(job.temporary, ignore_errors=True)

    def close(self) -> None:
        """End the thread, after what it is about."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def apart(self, work: Callable[..., _T], *args: Any) -> _T:
        """Do something slow on the installer's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    async def _take(self, job: Job) -> None:
        if job.status == statuses.CANCELLED:
            markers.remove(job)
            self._events.send("model_install_cancelled", id=job.id, source=job.source.wire())
        elif job.status == statuses.ERROR:
            self._failed(job)
        elif job.status in (statuses.WAITING, statuses.DOWNLOADS_DONE):
            await self._install(job)

    async def _install(self, job: Job) -> None:
        """What was cancelled or paused meanwhile ends completed all the same: this cannot be stopped."""
        job.bytes = job.total_bytes = 0 if isinstance(job.source, ExternalSource) else weight(job.local_path)
        job.status = statuses.RUNNING
        markers.write(job)
        self._events.send("model_install_started", id=job.id, source=job.source.wire())
        job.changes.source = str(job.source)
        job.changes.source_type = ModelSourceType(job.source.kind)
        if job.metadata:
            job.changes.source_api_response = job.metadata["api_response"]
        markers.remove(job)
        await self.pause()
        if isinstance(job.source, ExternalSource):
            record = external.register(self._records, job.source, job.changes)
        else:
            record = await self._register(job)
        job.config_out = record
        job.status = statuses.COMPLETED
        self._events.send(
            "model_install_complete",
            id=job.id,
            source=job.source.wire(),
            key=record["key"],
            total_bytes=job.total_bytes,
            **({"config": record} if self._version.events_have_records else {}),
        )

    async def _register(self, job: Job) -> dict[str, Any]:
        given = job.changes.wire()
        overrides = {name: given[name] for name in OVERRIDES}
        found = await self.apart(self._taker.identify, job.local_path, overrides)
        key = given["key"] or str(uuid.uuid4())
        place = job.local_path
        if not job.inplace:
            place, found = await self.apart(self._taker.take_in, job, key, found)
        record = found.record(
            key,
            source=given["source"],
            source_type=job.source.kind,
            path=self._models.path_of(place),
            source_api_response=given["source_api_response"],
            name=given["name"] or found.name,
            description=given["description"],
        )
        record |= self._version.taken_at_install(record, given)
        self._records.add(record)
        return record

    def _failed(self, job: Job) -> None:
        markers.remove(job)
        self._events.send(
            "model_install_error",
            id=job.id,
            source=job.source.wire(),
            error_type=job.error_reason or "Exception",
            error=job.error or "",
        )
