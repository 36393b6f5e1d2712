"""What a widget may be pointed at: an address, a client, a job's handle; and which connection that means."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.blocking import InvokeAIClient
from invokeai_widgets.client.blocking.jobs import ModelInstJobHandle
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle


@dataclass(frozen=True)
class ClientSource:
    """How to come by the client of a connection. Equal `identity`: the same connection."""

    identity: Hashable
    base_url: str  # free of secrets
    open: Callable[[], AsyncInvokeAIClient] = field(repr=False)
    """Gives the client to use on the loop thread. Does no I/O."""
    is_ours: bool = True  # else the user's own, which we leave open

    async def close(self, client: AsyncInvokeAIClient) -> None:
        """Close it, unless it is the user's."""
        if self.is_ours:
            await client.aclose()


def client_source(source: Any) -> ClientSource:
    """Read what the user gave. Raises `InvalidInput` in words for anything else."""
    if isinstance(source, str):
        return _of_address(source)
    if isinstance(source, InvokeAIClient):
        client = source  # kept: without its `InvokeAIClient` the client inside is closed
        return ClientSource(_identity(client.aio), client.base_url, lambda: client.aio, is_ours=False)
    if isinstance(source, ModelInstJobHandle):
        watch = source.aio.watch
        own = AsyncInvokeAIClient(watch.transport, watch)
        return ClientSource(_identity(own), own.base_url, lambda: own, is_ours=False)
    if isinstance(source, AsyncModelInstJobHandle):
        return _of_other_loop(AsyncInvokeAIClient(source.watch.transport))
    if isinstance(source, AsyncInvokeAIClient):
        return _of_other_loop(source)
    raise InvalidInput(
        f"A server's address or a client is needed, not {type(source).__name__}.",
        advice='For example ModelManager("http://localhost:9090").',
    )


def _of_address(address: str) -> ClientSource:
    client = AsyncInvokeAIClient.from_url(address)
    # A user and password in the address make another connection; they are not kept here as they are.
    identity = (client.base_url, hash(client.jobs.transport.address.authorization))
    return ClientSource(identity, client.base_url, lambda: AsyncInvokeAIClient.from_url(address))


def _of_other_loop(client: AsyncInvokeAIClient) -> ClientSource:
    """The user's async client lives on the user's loop, which stands still while a cell runs."""

    def open_twin() -> AsyncInvokeAIClient:
        return AsyncInvokeAIClient(client.jobs.transport.for_another_loop())

    return ClientSource((_identity(client), "another loop"), client.base_url, open_twin)


def _identity(client: AsyncInvokeAIClient) -> Hashable:
    """Of the way to the server, which a client shares with the handles it gave; it is kept by the source."""
    return id(client.jobs.transport)
