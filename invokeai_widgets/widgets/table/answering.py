"""What the table's browser side asks: windows, counts, places, whole columns, details, covers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.library.query import Query, counts, rows, warm
from invokeai_widgets.widgets.base import Reply
from invokeai_widgets.widgets.table.details import details_of
from invokeai_widgets.widgets.table.rows import packed
from invokeai_widgets.widgets.table.shelf import Shelf

if TYPE_CHECKING:
    from invokeai_widgets.live.connection import Connection

_AT_ONCE = 4  # covers fetched side by side


class Answering:
    """The questions of a view of the table. Mixed into `ModelTable`; all of it runs on the loop thread."""

    connection: Connection
    _shelf: Shelf
    _sent: set[str]
    _is_preparing = False

    def _take_query(self, query: Query, origin: str | None) -> None:
        raise NotImplementedError

    async def do_window(
        self, query: dict[str, Any], start: int, count: int, columns: list[str]
    ) -> dict[str, Any]:
        """Rows `start` to `start + count` of a view."""
        return self._shelf.window(Query.of(**query), start, count, columns)

    async def do_prepare(self) -> None:
        """Work out, beside everything else, what the first search and sort of very many rows will need."""
        if self._is_preparing:  # of many changes the first; what the others need is worked out when asked for
            return
        self._is_preparing = True
        try:
            await asyncio.to_thread(warm, self._shelf.catalog)
        finally:
            self._is_preparing = False

    async def do_facets(self, query: dict[str, Any]) -> dict[str, dict[str, int]]:
        """How many rows each word of each facet would leave."""
        return counts(self._shelf.catalog, Query.of(**query))

    async def do_place(self, query: dict[str, Any], key: str) -> int:
        """Where a key stands in a view, -1 if nowhere."""
        catalog = self._shelf.catalog
        found = (rows(catalog, Query.of(**query)) == catalog.row_of.get(key, -1)).nonzero()[0]
        return int(found[0]) if len(found) else -1

    async def do_keys(self, query: dict[str, Any], start: int, end: int) -> list[str]:
        """The keys of a stretch of a view."""
        catalog = self._shelf.catalog
        return [catalog.keys[row] for row in rows(catalog, Query.of(**query))[start:end]]

    async def do_columns(self, names: list[str]) -> Reply:
        """All rows, as packed columns: those that searching and sorting need, and those that are named."""
        shelf = self._shelf
        sent, buffers = await asyncio.to_thread(packed, shelf.catalog, names)
        self._sent |= set(sent)
        return Reply({"names": sent, "revision": shelf.revision}, buffers)

    async def do_query(self, query: dict[str, Any], origin: str) -> None:
        """The view that the person made, so that `table.view` gives the same rows."""
        self._take_query(Query.of(**query), origin)

    async def do_details(self, key: str) -> dict[str, Any]:
        """Everything about one model."""
        shelf = self._shelf
        if key not in shelf.catalog.row_of:
            raise InvokeAIError("This model is no longer there.")
        return details_of(shelf, key, await self._related(key))

    async def _related(self, key: str) -> list[str]:
        try:
            return await self.connection.client.dnn_model_repo.list_related_models(key)
        except InvokeAIError:  # an older server, or none: nothing is said about relations
            return []

    async def do_covers(self, keys: list[str]) -> Reply:
        """The covers of those of the keys that have one: their keys, and the images as bytes."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(key: str) -> bytes | None:
            async with gate:
                try:
                    return await self.connection.client.dnn_model_repo.get_cover_image(key)
                except InvokeAIError:
                    return None

        images = await asyncio.gather(*map(one, keys))
        found = {key: image for key, image in zip(keys, images, strict=True) if image}
        return Reply(list(found), list(found.values()))
