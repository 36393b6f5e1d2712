"""The one installer: identifies, hashes, takes in or leaves in place, and registers; one job at a time."""

from __future__ import annotations

import asyncio
import re
import shutil
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from invokeai_widgets.demo.events import Events
from invokeai_widgets.demo.identify import Identified, InvalidModelConfigException, identify
from invokeai_widgets.demo.paths import ModelsFolder
from invokeai_widgets.demo.store import DuplicateModelException, Records
from invokeai_widgets.demo.vocabulary import ModelSourceType

from . import job as statuses, markers
from .job import Job
from .sources import ExternalSource

_T = TypeVar("_T")
_OVERRIDES = ("name", "description", "key", "hash", "file_size", "variant", "type", "base", "format")

Lookup = Callable[[Path], "Mapping[str, Any] | None"]
"""A downloaded file -> what the invented hub knows of it: hash and size of a file that is mostly holes."""


class Installer:
    """Works off a queue of jobs. Reading and copying happen on a thread, all else on the event loop."""

    def __init__(self, records: Records, models: ModelsFolder, events: Events, allow_unknown: bool) -> None:
        self._records, self._models, self._events = records, models, events
        self._allow_unknown = allow_unknown
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="demo-installer")
        self.lookup: Lookup = lambda path: None
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
        job.bytes = job.total_bytes = 0 if isinstance(job.source, ExternalSource) else _weight(job.local_path)
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
            record = self._register_external(job, job.source)
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
            config=record,
        )

    async def _register(self, job: Job) -> dict[str, Any]:
        given = job.changes.model_dump(mode="json")
        overrides = {name: given[name] for name in _OVERRIDES}
        found = await self.apart(self._identify, job.local_path, overrides)
        key = given["key"] or str(uuid.uuid4())
        place = job.local_path
        if not job.inplace:
            place, found = await self.apart(self._take_in, job, key, found)
        record = found.record(
            key,
            source=given["source"],
            source_type=job.source.kind,
            path=self._models.path_of(place),
            source_api_response=given["source_api_response"],
            name=given["name"] or found.name,
            description=given["description"],
        )
        self._records.add(record)
        return record

    def _identify(self, path: Path, overrides: Mapping[str, Any]) -> Identified:
        known = self.lookup(path) or {}
        asked = {name: value for name, value in overrides.items() if value}
        given = {name: str(value) for name, value in {**known, **asked}.items()}
        try:
            found = identify(path, given)
        except FileNotFoundError:
            return _gone(path)
        if found.type == "unknown" and not self._allow_unknown:
            raise InvalidModelConfigException(f"Could not identify model for {path}")
        return found

    def _take_in(self, job: Job, key: str, found: Identified) -> tuple[Path, Identified]:
        """Move a download into its own folder; copy what is the user's, which InvokeAI would move."""
        source, folder = job.local_path, self._models.folder / key
        try:
            folder.mkdir()
        except FileExistsError:
            raise DuplicateModelException(
                f"A model named {source.name} is already installed at {folder.as_posix()}"
            ) from None
        place = folder / source.name if source.is_file() else folder
        if not source.exists():
            return folder, _gone(source)  # cancelled while it was read: InvokeAI registers the empty folder
        if job.temporary is not None:
            _move(source, place)
        elif source.is_file():
            shutil.copy2(source, place, follow_symlinks=False)
        else:
            shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)
        return place, found

    def _register_external(self, job: Job, source: ExternalSource) -> dict[str, Any]:
        given = job.changes.model_dump(mode="json")
        known = next((each for each in self._records.all() if each["source"] == str(source)), None)
        slug = re.sub(
            r"[-\s]+",
            "-",
            re.sub(r"[^\w\s-]", "", f"{source.provider_id}-{source.provider_model_id}".lower()),
        )
        key = known["key"] if known else given["key"] or slug
        record = {
            "key": key, "hash": "", "path": "", "file_size": 0,
            "name": given["name"] or f"{source.provider_id} {source.provider_model_id}",
            "description": given["description"], "source": str(source), "source_type": "external",
            "source_api_response": None, "source_url": None, "cover_image": None,
            "type": "external_image_generator", "base": "external", "format": "external_api",
            "provider_id": source.provider_id, "provider_model_id": source.provider_model_id,
            "capabilities": given["capabilities"] or external_capabilities(),
            "default_settings": None, "panel_schema": None, "tags": None, "is_default": False,
        }  # fmt: skip
        if known:
            self._records.replace(key, record)
            return record
        try:
            self._records.add(record)
        except DuplicateModelException:
            raise DuplicateModelException(
                f"Model key '{key}' already exists. Provide a different key to install this external model."
            ) from None
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


def external_capabilities() -> dict[str, Any]:
    """What a model of a provider can do, if nothing is told."""
    return {
        "modes": ["txt2img"],
        "supports_reference_images": False,
        "supports_negative_prompt": True,
        "supports_seed": False,
        "supports_guidance": False,
        "supports_steps": False,
        "max_images_per_request": None,
        "max_image_size": None,
        "allowed_aspect_ratios": None,
        "aspect_ratio_sizes": None,
        "resolution_presets": None,
        "max_reference_images": None,
        "mask_format": "none",
        "input_image_required_for": None,
    }


def _gone(path: Path) -> Identified:
    return Identified("unknown", "unknown", "unknown", path.as_posix(), path.stem, "blake3:", 0)


def _move(source: Path, place: Path) -> None:
    if place.is_dir():
        for entry in source.iterdir():
            entry.rename(place / entry.name)
    else:
        source.rename(place)


def _weight(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for each in path.rglob("*"):
        with suppress(OSError):
            total += each.stat().st_size if each.is_file() else 0
    return total
