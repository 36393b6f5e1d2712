"""From a server to a frame. The records in between know only the fields that a frame is made of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pandas as pd

from invokeai_widgets.client.endpoints import records
from invokeai_widgets.client.endpoints.listing import ModelListing
from invokeai_widgets.client.endpoints.readers import passing_models
from invokeai_widgets.client.errors import NotSupported
from invokeai_widgets.library.frames import Gathered

if TYPE_CHECKING:
    from invokeai_widgets.client.aio import AsyncInvokeAIClient
    from invokeai_widgets.client.blocking import InvokeAIClient


def frame(client: InvokeAIClient) -> pd.DataFrame:
    """All models of a server, indexed by key, with the columns of `library.columns`, ordered by name.

    Asks for the list and for the missing ones (`GET /api/v2/models/`, `/missing`); a server older than 6.13
    cannot tell which are missing, so none is. Raises what `client.dnn_model_repo.list_models()` raises.
    """
    return client._thread.run(frame_async(client.aio))


async def frame_async(client: AsyncInvokeAIClient) -> pd.DataFrame:
    """As `frame`, for a client that is awaited."""
    ask = records.collect_models(_gathering)
    gathered, missing = await asyncio.gather(client.jobs.transport.send(ask), _missing(client))
    return gathered.frame(missing)


def _gathering() -> ModelListing[Gathered]:
    gathered = Gathered()
    return ModelListing(passing_models, gathered.add, lambda: gathered)


async def _missing(client: AsyncInvokeAIClient) -> frozenset[str]:
    try:
        return frozenset(model.key for model in await client.dnn_model_repo.list_missing_models())
    except NotSupported:
        return frozenset()
