"""Having models identified again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from invokeai_widgets.client.endpoints import records
from invokeai_widgets.client.errors import ServerFault
from invokeai_widgets.client.schema import BulkResult, ModelRecord
from invokeai_widgets.client.transport import Transport

from .deleting import in_bulk
from .patience import send_when_free
from .updating import existing


async def reidentify_one(transport: Transport, key: str) -> ModelRecord:
    """The record after another look at the file; read anew, as the answer lacks the cover image."""
    try:
        await send_when_free(transport, records.reidentify(key))
    except ServerFault as error:
        if error.status_code != 500:  # a proxy says nothing of the file
            raise
        raise ServerFault(
            error.status_code,
            error.payload,
            message=error.message,
            advice="Its file may be gone: see list_missing_models(). External models cannot be identified.",
        ) from error
    return await existing(transport, key)


async def reidentify_many(transport: Transport, keys: Iterable[str]) -> BulkResult:
    """The outcome for each key."""
    return await in_bulk(transport, keys, _some, lambda key: reidentify_one(transport, key))


async def _some(transport: Transport, keys: Sequence[str]) -> BulkResult:
    return await transport.send(records.reidentify_many(keys))
