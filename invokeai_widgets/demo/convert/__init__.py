"""Conversion of a checkpoint, as a client sees it: a folder in diffusers' layout, under a new key."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invokeai_widgets.demo.hub.remote import RemoteHub
from invokeai_widgets.demo.hub.repository import HubUnreachableError, UnknownRepositoryError
from invokeai_widgets.demo.identify import Identified, complete_fields, identify
from invokeai_widgets.demo.store import UnknownModelError
from invokeai_widgets.demo.web.answers import Crash, Refusal

from .writing import UnloadableError, write_folder

if TYPE_CHECKING:
    from invokeai_widgets.demo.backend import Backend

_BASES = ("sd-1", "sd-2", "sdxl", "sdxl-refiner")
_CONFIGURATION = "stable-diffusion-v1-5/stable-diffusion-v1-5"  # where InvokeAI finds what a checkpoint lacks
_SECONDS = 1.0  # of the demo's clock that it takes to load
_SCRATCH = ".convert_tmp"


class Converter:
    """Converts one model at a time."""

    def __init__(self) -> None:
        self.busy = False  # whether one is under way

    async def convert(self, backend: Backend, key: str) -> dict[str, Any]:
        """The new record.

        Refuses with 409 while another conversion runs, with 424 an unknown key, with 400 what is no main
        checkpoint of SD; crashes if the checkpoint cannot be loaded, or the hub not be asked.
        """
        if self.busy:
            raise Refusal(
                409, "Another model conversion is already in progress. Wait for it to finish and try again."
            )
        self.busy = True
        try:
            with backend.claim(key):
                return await _convert(backend, key)
        finally:
            self.busy = False


async def _convert(backend: Backend, key: str) -> dict[str, Any]:
    record = _checkpoint(backend, key)
    load = {"config": record, "submodel_type": None, "user_id": "system"}
    backend.events.send("model_load_started", **load)
    await _ask_hub(backend)
    await backend.clock.sleep(_SECONDS)
    backend.events.send("model_load_complete", **load)
    scratch = Path(tempfile.mkdtemp(dir=_scratch(backend)))
    try:
        found = await _written(backend, record, scratch / "converted")
        return _replace(backend, record, found, scratch / "converted")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _checkpoint(backend: Backend, key: str) -> dict[str, Any]:
    try:
        record = backend.records.get(key)
    except UnknownModelError as error:
        raise Refusal(424, str(error)) from None
    if (record["type"], record["format"]) != ("main", "checkpoint") or record["base"] not in _BASES:
        raise Refusal(400, f"The model with key {key} is not a main SD 1/2/XL checkpoint model.")
    return record


async def _ask_hub(backend: Backend) -> None:
    """InvokeAI fetches configuration files; the invented hub has none, and none are needed."""
    if isinstance(backend.hub, RemoteHub):
        try:
            await backend.hub.repository(_CONFIGURATION, None, None)
        except (HubUnreachableError, UnknownRepositoryError) as error:
            raise Crash(str(error)) from error


async def _written(backend: Backend, record: dict[str, Any], folder: Path) -> Identified:
    if backend.invented.owns(record["hash"]):
        await asyncio.to_thread(folder.mkdir)
        return _imagined(record)
    source = backend.models.place(record["path"])
    try:
        await asyncio.to_thread(write_folder, source, folder, record)
    except (UnloadableError, OSError) as error:
        raise Crash(str(error)) from error
    return await asyncio.to_thread(identify, folder, {"name": record["name"], "hash": record["hash"]})


def _imagined(record: dict[str, Any]) -> Identified:
    told = {"prediction_type": record["prediction_type"], "variant": record["variant"]}
    fields = complete_fields("main", record["base"], "diffusers", record["name"], told)
    size = record["file_size"] * 2  # InvokeAI writes float32 where it has no graphics card
    return Identified(
        "main", record["base"], "diffusers", "", record["name"], record["hash"], size, fields=fields
    )


def _replace(backend: Backend, record: dict[str, Any], found: Identified, folder: Path) -> dict[str, Any]:
    """Take the new model in and delete the old one. What it does not keep, InvokeAI loses, too."""
    key = str(uuid.uuid4())
    backend.records.replace(record["key"], record | {"name": f"{record['name']}.DELETE"})
    place = backend.models.folder / key
    folder.rename(place)
    new = found.record(
        key,
        source=record["source"],
        path=backend.models.path_of(place),
        name=record["name"],
        description=record["description"],
        hash=record["hash"],
    )
    backend.records.add(new)
    backend.covers.move(record["key"], key)
    backend.models.remove(record["path"])
    backend.records.delete(record["key"])
    return backend.shown(new)


def _scratch(backend: Backend) -> Path:
    folder = backend.models.folder / _SCRATCH
    folder.mkdir(exist_ok=True)
    return folder
