"""The server's cache and folders."""

from __future__ import annotations

import os
from collections.abc import Iterable

from invokeai_widgets.client.endpoints import server
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.schema import BulkResult, CacheStats, FoundModel, OrphanedFolder

from .base import Operations

_NOT_ORPHANED = "It belongs to a model, or there is no such folder."


class ServerOperations(Operations):
    """The operations on the server's cache and folders."""

    async def scan_folder(self, path: str | os.PathLike[str]) -> list[FoundModel]:
        """The files and folders below a folder of the server that could be models (`GET .../scan_folder`).

        Raises:
            InvalidInput: The path is empty.
            InvalidRequest: There is no such folder on the server.
            ServerFault: A file in it has a name that the server cannot read.
        """
        folder = os.fspath(path)
        if not folder.strip():
            raise InvalidInput("The folder is empty.", advice="Name a folder on the server.")
        return await self._transport.send(server.scan_folder(folder))

    async def list_orphaned_folders(self) -> list[OrphanedFolder]:
        """The folders in InvokeAI's models folder that belong to no model (`GET .../sync/orphaned`).

        Raises:
            NotSupported: The server is older than InvokeAI 6.13.
        """
        return await self._transport.send(server.orphaned())

    async def delete_orphaned_folders(self, paths: Iterable[str]) -> BulkResult:
        """Delete orphaned folders with all files in them, for good (`DELETE .../sync/orphaned`).

        The server would delete any folder: those that are not orphaned at this moment are not sent, and fail.

        Args:
            paths: As `OrphanedFolder.path` has them, relative to the models folder.

        Raises:
            InvalidInput: One text instead of several, or an empty path; nothing was sent.
            NotSupported: The server is older than InvokeAI 6.13.
        """
        if isinstance(paths, (str, bytes)):
            raise InvalidInput("Paths are needed, not one text.", advice="Give a list: [path].")
        wanted = list(dict.fromkeys(paths))
        if not wanted:
            return BulkResult()
        if not all(path.strip(" ./\\") for path in wanted):
            raise InvalidInput("An empty path would be the models folder itself.")
        orphaned = {folder.path for folder in await self.list_orphaned_folders()}
        able = [path for path in wanted if path in orphaned]
        done = await self._transport.send(server.delete_orphaned(able)) if able else BulkResult()
        kept = {path: _NOT_ORPHANED for path in wanted if path not in orphaned}
        return BulkResult(succeeded=done.succeeded, failed={**done.failed, **kept})

    async def empty_model_cache(self) -> None:
        """Drop all models from the server's memory; their files stay (`POST .../empty_model_cache`)."""
        await self._transport.send(server.empty_model_cache())

    async def get_stats(self) -> CacheStats | None:
        """What the model cache did; None until the server has run something (`GET .../stats`)."""
        return await self._transport.send(server.stats())
