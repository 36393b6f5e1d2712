"""Files from web servers."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx

from .errors import ChunkedEncodingError, ConnectionError, UnsafeDownloadURLException  # noqa: A004
from .replies import Reply

_BLOCK = 100_000  # bytes, as InvokeAI reads them: its events count in these
_TIMEOUT = httpx.Timeout(None, connect=30.0)  # a slow file may take as long as it likes


class WebFiles:
    """Fetches over HTTP what it is asked to, and nothing else."""

    def __init__(self, private_addresses: bool) -> None:
        """`private_addresses`: whether files may come from this machine and its network."""
        self._private = private_addresses

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        """Ask for the file at `url`."""
        async with httpx.AsyncClient(timeout=_TIMEOUT, event_hooks={"request": [self._check]}) as client:
            request = client.build_request("GET", url, headers={"Accept-Encoding": "identity", **headers})
            try:
                response = await client.send(request, stream=True, follow_redirects=True)
            except httpx.HTTPError as error:
                raise ConnectionError(_unreachable(url, error)) from error
            try:
                yield _reply(response)
            finally:
                await response.aclose()

    async def _check(self, request: httpx.Request) -> None:
        """Called for every redirect too: a public address could lead to a private one."""
        if not self._private and await _is_private(request.url.host):
            raise UnsafeDownloadURLException(request.url.host)


def _reply(response: httpx.Response) -> Reply:
    return Reply(
        status=response.status_code,
        reason=response.reason_phrase,
        url=str(response.url),
        headers={name.lower(): value for name, value in response.headers.items()},
        blocks=_blocks(response),
    )


async def _blocks(response: httpx.Response) -> AsyncIterator[bytes | int]:
    length = int(response.headers.get("content-length", 0))
    received = 0
    try:
        async for block in response.aiter_raw(_BLOCK):
            received += len(block)
            yield block
    except httpx.HTTPError as error:
        received = max(received, response.num_bytes_downloaded)
        raise ChunkedEncodingError(received, max(length - received, 0)) from error


async def _is_private(host: str) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False  # the request itself tells that there is no such host
    return any(not ipaddress.ip_address(address[4][0]).is_global for address in found)


def _unreachable(url: str, error: httpx.HTTPError) -> str:
    """In the words of urllib3, which InvokeAI passes on."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    where = f"HTTP{'S' if secure else ''}Connection(host='{parts.hostname}', port={port})"
    text = str(error).lower()
    if "name" in text or "resolve" in text or "nodename" in text:
        why = f"NameResolutionError(\"{where}: Failed to resolve '{parts.hostname}' ({error})\")"
    else:
        why = f'NewConnectionError("{where}: Failed to establish a new connection: {error}")'
    pool = f"HTTP{'S' if secure else ''}ConnectionPool(host='{parts.hostname}', port={port})"
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return f"{pool}: Max retries exceeded with url: {path} (Caused by {why})"
