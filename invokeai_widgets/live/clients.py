"""What a widget may be pointed at: an address or a client; and which connection that means."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.blocking import InvokeAIClient
from invokeai_widgets.client.errors import InvalidInput


@dataclass(frozen=True)
class ClientSource:
    """How to come by the client of a connection. Equal `identity`: the same connection."""

    identity: Hashable
    base_url: str  # free of secrets
    given: AsyncInvokeAIClient | None  # the user's own, which we leave open

    def open(self) -> AsyncInvokeAIClient:
        """A client to use on the loop thread. Does no I/O."""
        return self.given or AsyncInvokeAIClient.from_url(self.base_url)

    async def close(self, client: AsyncInvokeAIClient) -> None:
        """Close it, unless it is the user's."""
        if client is not self.given:
            await client.aclose()


def client_source(source: Any) -> ClientSource:
    """Read what the user gave. Raises `InvalidInput` in words for anything else."""
    if isinstance(source, InvokeAIClient):
        return ClientSource(id(source.aio), source.base_url, source.aio)
    if isinstance(source, AsyncInvokeAIClient):
        raise InvalidInput("later")
    if isinstance(source, str):
        base_url = AsyncInvokeAIClient.from_url(source).base_url
        return ClientSource(base_url, base_url, None)
    raise InvalidInput(
        f"A server's address or a client is needed, not {type(source).__name__}.",
        advice='For example ModelManager("http://localhost:9090").',
    )
