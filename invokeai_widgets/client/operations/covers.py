"""Cover images, and links between models."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from invokeai_widgets.client.endpoints import records, relations
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.flows.patience import send_when_free
from invokeai_widgets.client.flows.updating import existing

from .base import Operations

_BYTES = (bytes, bytearray, memoryview)


class CoverOperations(Operations):
    """The operations on what goes with a model."""

    async def get_cover_image(self, key: str) -> bytes | None:
        """The cover as the server keeps it, a WEBP of at most 256 pixels; None if the model has none.

        `GET /api/v2/models/i/{key}/image`

        Raises:
            NotFound: There is no such model.
        """
        record = await existing(self._transport, key)
        if not record.cover_image:
            return None
        return await self._transport.send(records.get_image(key))

    async def set_cover_image(self, key: str, image: bytes | str | os.PathLike[str]) -> None:
        """Give the model a cover, from an image's bytes or file (`PATCH /api/v2/models/i/{key}/image`).

        Raises:
            InvalidInput: The file cannot be read, or is empty.
            InvalidRequest: The server cannot read it as an image.
            NotFound: There is no such model.
        """
        content = bytes(image) if isinstance(image, _BYTES) else await asyncio.to_thread(_read, image)
        if not content:
            raise InvalidInput("The image is empty.")
        await existing(self._transport, key)  # older servers keep a cover for a model that does not exist
        await send_when_free(self._transport, records.set_image(key, content))

    async def delete_cover_image(self, key: str) -> bool:
        """Remove the model's cover: True if it had one (`DELETE /api/v2/models/i/{key}/image`).

        Raises:
            NotFound: There is no such model.
        """
        if not (await existing(self._transport, key)).cover_image:
            return False
        await send_when_free(self._transport, records.delete_image(key))
        return True

    async def list_related_models(self, key: str) -> list[str]:
        """The keys of the models linked to it (`GET /api/v1/model_relationships/i/{key}`)."""
        return await self._transport.send(relations.related(key))

    async def link_models(self, key: str, other: str) -> None:
        """Link two models to each other as "related models" (`POST /api/v1/model_relationships/`).

        Does nothing if they are linked.

        Raises:
            InvalidInput: It is one and the same model.
            NotFound: There is no such model.
        """
        if key == other:
            raise InvalidInput("A model cannot be linked to itself.")
        for each in (key, other):
            await existing(self._transport, each)
        if other not in await self.list_related_models(key):
            await self._transport.send(relations.link(key, other))

    async def unlink_models(self, key: str, other: str) -> bool:
        """Undo `link_models`: True if they were linked (`DELETE /api/v1/model_relationships/`)."""
        if other not in await self.list_related_models(key):
            return False
        await self._transport.send(relations.unlink(key, other))
        return True


def _read(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidInput(f"The image cannot be read: {error.strerror or error}.") from error
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"An image is bytes or the path of a file, not {type(path).__name__}: {error}."
        ) from error
