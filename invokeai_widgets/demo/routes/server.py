"""Folders of the server, its cache, conversion and version."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import BaseModel
from starlette.responses import Response

from invokeai_widgets.demo.folders import delete_orphan, models_below, orphans
from invokeai_widgets.demo.web.answers import Crash, Refusal, json_answer
from invokeai_widgets.demo.web.asking import body, query

from .table import MODELS, OPEN, Asked, Route

_SYNC = f"{MODELS}/sync/orphaned"


class _Scan(BaseModel):
    scan_path: str | None = None


class _Paths(BaseModel):
    paths: list[str]


async def scan_folder(asked: Asked) -> Response:
    """The models in a folder of the server, and whether each has a record."""
    given, backend = query(asked.request, _Scan).scan_path, asked.backend
    if backend.version.release < (6, 13) and given is None:
        raise Crash
    path = Path(given or "")
    if not given or not path.is_dir():  # noqa: ASYNC240
        raise Refusal(400, backend.version.cannot_scan(given))
    found = await asyncio.to_thread(lambda: list(models_below(path.resolve())))
    installed = {str(backend.models.place(each)) for each in backend.records.paths()}
    shown = [str(each) for each in found if not each.is_relative_to(backend.models.folder / "core")]
    try:
        return json_answer([{"path": each, "is_installed": each in installed} for each in shown])
    except UnicodeEncodeError as error:  # a file name that is no text
        raise Crash(str(error)) from error


async def list_orphans(asked: Asked) -> Response:
    """Model files without a record, by folder."""
    paths = asked.backend.records.paths()
    return json_answer(await asyncio.to_thread(orphans, asked.backend.models, paths))


async def delete_orphans(asked: Asked) -> Response:
    """Delete such folders. Nothing checks that they have no record: it is a folder of ours all the same."""
    told = {
        path: delete_orphan(asked.backend.models, path) for path in (await body(asked.request, _Paths)).paths
    }
    errors = {path: text for path, text in told.items() if text != "deleted"}
    return json_answer({"deleted": [path for path in told if path not in errors], "errors": errors})


async def stats(asked: Asked) -> Response:
    """The cache's statistics: null, for nothing ever runs here, unless somebody set them."""
    return json_answer(asked.backend.cache_stats)


async def empty_cache(asked: Asked) -> Response:
    """Empty the cache. The statistics name what was loaded all the same, as InvokeAI's do."""
    if asked.backend.cache_stats is not None:
        asked.backend.cache_stats |= {"in_cache": 0}
    return json_answer(None)


async def version(asked: Asked) -> Response:
    """The version, which says that this is the embedded server."""
    told: dict[str, str | None] = {"version": asked.backend.settings.embedded_version}
    if asked.backend.version.has_highlights:
        told["highlights"] = None
    return json_answer(told)


async def convert_model(asked: Asked) -> Response:
    """Make a folder in diffusers' layout of a checkpoint, under a new key."""
    backend = asked.backend
    return json_answer(await backend.converter.convert(backend, asked.request.path_params["key"]))


ROUTES = (
    Route("GET", f"{MODELS}/scan_folder", scan_folder),
    Route("GET", _SYNC, list_orphans, since=(6, 13)),
    Route("DELETE", _SYNC, delete_orphans, since=(6, 13)),
    Route("GET", f"{MODELS}/stats", stats),
    Route("POST", f"{MODELS}/empty_model_cache", empty_cache),
    Route("PUT", f"{MODELS}/convert/{{key}}", convert_model),
    Route("GET", "/api/v1/app/version", version, OPEN),
)
