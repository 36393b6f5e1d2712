"""The calls about the server itself: version, cache, folders."""

from __future__ import annotations

import json
from collections.abc import Sequence

from invokeai_widgets.client.schema import BulkResult, CacheStats, FoundModel, OrphanedFolder, ServerVersion

from . import readers
from .call import CHANGE, MODELS, SINCE_6_13, SLOW, Call, given


def version() -> Call[ServerVersion]:
    return Call("read the server's version", "GET", "api/v1/app/version", _version)


def stats() -> Call[CacheStats | None]:
    return Call("read the cache statistics", "GET", f"{MODELS}/stats", readers.maybe(CacheStats))


def empty_model_cache() -> Call[None]:
    return Call(
        "empty the model cache", "POST", f"{MODELS}/empty_model_cache", readers.nothing, patience=CHANGE
    )


def scan_folder(path: str) -> Call[list[FoundModel]]:
    return Call(
        f"scan {path}",
        "GET",
        f"{MODELS}/scan_folder",
        readers.many(FoundModel),
        query=given(scan_path=path),
        patience=SLOW,
    )


def orphaned() -> Call[list[OrphanedFolder]]:
    return Call(
        "list the orphaned folders",
        "GET",
        f"{MODELS}/sync/orphaned",
        readers.many(OrphanedFolder),
        patience=SLOW,
        since=SINCE_6_13,
    )


def delete_orphaned(paths: Sequence[str]) -> Call[BulkResult]:
    return Call(
        f"delete {len(paths)} orphaned folders",
        "DELETE",
        f"{MODELS}/sync/orphaned",
        _deleted_folders,
        body={"paths": list(paths)},
        patience=SLOW,
        since=SINCE_6_13,
    )


def _version(body: bytes) -> ServerVersion:
    found = ServerVersion.from_wire(json.loads(body))
    if not found.version:
        raise ValueError("there is no version in it")
    return found


def _deleted_folders(body: bytes) -> BulkResult:
    answer = json.loads(body)
    return BulkResult(
        succeeded=tuple(answer.get("deleted") or ()),
        failed={path: why.removeprefix("error: ") for path, why in (answer.get("errors") or {}).items()},
    )
