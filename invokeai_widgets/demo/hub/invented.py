"""The hub of the catalogue: repositories that exist nowhere else, downloaded on the demo's clock."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from blake3 import blake3

from invokeai_widgets.demo.catalogue import (
    ADDRESS,
    INVENTED_HASH,
    REPOSITORIES,
    TOKEN,
    RepositoryRow,
    starter_bundles,
    starter_models,
)
from invokeai_widgets.demo.catalogue.repositories import CatalogueFile
from invokeai_widgets.demo.catalogue.weights import INVENTED
from invokeai_widgets.demo.clock import Clock
from invokeai_widgets.demo.downloads.replies import Reply

from .repository import HubFile, Repository, UnknownRepositoryError

_RATE = 60_000_000  # bytes per second of the clock
_TICK = 0.1  # seconds between two blocks
_LONGEST_HEADER = 1_000_000


class InventedHub:
    """A hub without an address: answers as `Hub`, and gives files as `Opener`.

    `rate` is how many bytes of each file come in a second of the clock; any thread may set it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows = dict(REPOSITORIES)
        self.rate = _RATE

    def add(self, row: RepositoryRow) -> None:
        """Put another repository on it."""
        self._rows[row.id] = row

    async def repository(self, repo_id: str, revision: str | None, token: str | None) -> Repository:
        """What the catalogue says; gated repositories are unknown to those who are not logged in."""
        row = self._rows.get(repo_id)
        if row is None or (row.gated and token != TOKEN):
            raise UnknownRepositoryError(repo_id)
        files = tuple(
            HubFile(f"{ADDRESS}/{row.id}/resolve/main/{file.path}", _inside(row, file), file.size)
            for file in row.files
        )
        told = {"id": row.id, "author": row.id.partition("/")[0], "gated": row.gated, "private": False}
        return Repository(row.id, files, told)

    async def knows(self, token: str) -> bool:
        """Whether it is the token that works."""
        return token == TOKEN

    def has(self, url: str) -> bool:
        """Whether the address is one of this hub."""
        return url.startswith(f"{ADDRESS}/")

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        """The file at an address, or a refusal."""
        row, file = self._find(url)
        authorised = headers.get("Authorization") == f"Bearer {TOKEN}"
        if file is None or row is None:
            yield Reply(404, "Not Found", url, {}, _no_blocks())
        elif row.gated and not authorised:
            yield Reply(401, "Unauthorized", url, {}, _no_blocks())
        else:
            yield self._reply(url, file, headers)

    def known(self, path: Path) -> Mapping[str, Any] | None:
        """The hash of a file or folder of the catalogue: reading its holes would take minutes."""
        files = sorted(path.rglob("*.safetensors")) if path.is_dir() else [path]
        heads = [_head(file) for file in files]
        if not heads or any(head is None for head in heads):
            return None
        return {"hash": f"blake3:{blake3(b''.join(head for head in heads if head)).hexdigest()}"}

    def owns(self, digest: str) -> bool:
        """Whether the hash is that of an invented record, whose file was never there."""
        return digest.startswith(INVENTED_HASH)

    def starters(self, installed: set[str]) -> dict[str, Any]:
        """The suggestions; `installed` are the sources of all records."""
        return {"starter_models": starter_models(installed), "starter_bundles": starter_bundles(installed)}

    def _find(self, url: str) -> tuple[RepositoryRow | None, CatalogueFile | None]:
        repo_id, _, path = url.removeprefix(f"{ADDRESS}/").partition("/resolve/main/")
        row = self._rows.get(repo_id)
        return row, next((file for file in row.files if file.path == path), None) if row else None

    def _reply(self, url: str, file: CatalogueFile, headers: Mapping[str, str]) -> Reply:
        begin = int(headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        tag = f'"{sha256(file.content).hexdigest()[:32]}"'
        told = {"content-type": "application/octet-stream", "etag": tag, "accept-ranges": "bytes"}
        if begin >= file.size:
            return Reply(
                416, "Range Not Satisfiable", url, {"content-range": f"bytes */{file.size}"}, _no_blocks()
            )
        told["content-length"] = str(file.size - begin)
        if begin:
            told["content-range"] = f"bytes {begin}-{file.size - 1}/{file.size}"
        return Reply(206 if begin else 200, "OK", url, told, self._blocks(file, begin))

    async def _blocks(self, file: CatalogueFile, begin: int) -> AsyncIterator[bytes | int]:
        """What is in the file, then holes, as fast as the clock allows."""
        position = begin
        if position < len(file.content):
            yield file.content[position:]
            position = len(file.content)
        started = self._clock.now()
        while position < file.size:
            await self._clock.sleep(_TICK)
            due = begin + int((self._clock.now() - started) * self.rate)
            step = min(due, file.size) - position
            if step > 0:
                yield step
                position += step


def _inside(row: RepositoryRow, file: CatalogueFile) -> PurePosixPath:
    return PurePosixPath(row.id.partition("/")[2], file.path)


def _head(path: Path) -> bytes | None:
    """The head of a weight file, if it is one of the catalogue."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else _LONGEST_HEADER
            raw = file.read(length) if length < _LONGEST_HEADER else b""
        metadata = json.loads(raw).get("__metadata__", {})
    except (OSError, ValueError, AttributeError):
        return None
    return start + raw if INVENTED in metadata else None


async def _no_blocks() -> AsyncIterator[bytes | int]:
    nothing: tuple[bytes, ...] = ()
    for block in nothing:
        yield block
