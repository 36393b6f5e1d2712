"""A server of ready bytes, so that only the client's work is measured: the model list, and one record.

A library has a port of its own (a peer knows no base path): "1000" is a list of that many records,
"tame-1000" the same cleaned for clients that refuse what real servers send. Query strings are ignored;
anything unknown is 404.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager

from bench import env
from bench.records import KEY, list_body, record_body

CHUNK = 1 << 18


def _reply(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


MISSING = _reply(b'{"detail":"Not Found"}', "404 Not Found")


def _replies(library: str) -> dict[bytes, bytes]:
    """Path -> whole answer, head included."""
    size, tame = int(library.removeprefix("tame-")), library.startswith("tame-")
    return {
        b"/api/v1/app/version": _reply(b'{"version":"6.14.2"}'),
        b"/api/v2/models/": _reply(list_body(size, tame=tame)),
        b"/api/v2/models/missing": _reply(b'{"models":[]}'),
        b"/api/v2/models/i/" + KEY.encode(): _reply(record_body(tame=tame)),
    }


class _Connection(asyncio.Protocol):
    """Keep-alive HTTP/1.1 without request bodies; big answers go out in pieces as the socket takes them."""

    def __init__(self, ready: dict[bytes, bytes]) -> None:
        self._ready = ready
        self._asked = b""
        self._rest = memoryview(b"")
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            head, _, self._asked = self._asked.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            self._rest = memoryview(self._ready.get(path, MISSING))
            self._push()

    def _push(self) -> None:
        while len(self._rest) and not self._paused:
            piece, self._rest = self._rest[:CHUNK], self._rest[CHUNK:]
            self._transport.write(piece)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._push()


async def _listen(library: str) -> asyncio.Server:
    ready = _replies(library)
    return await asyncio.get_running_loop().create_server(lambda: _Connection(ready), "127.0.0.1", 0)


async def _serve(libraries: Sequence[str]) -> None:
    servers = [await _listen(library) for library in libraries]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    # the parent's end of the pipe is closed when it is done
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()


class ListServer(AbstractContextManager["ListServer"]):
    """The server in a process of its own; `url[library]` is the base URL to give to a client."""

    def __init__(self, *libraries: str) -> None:
        command = [sys.executable, "-m", "bench.server", *libraries]
        self._process = subprocess.Popen(
            command, cwd=env.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        ports = self._process.stdout.readline().split()
        self.url = {name: f"http://127.0.0.1:{port}" for name, port in zip(libraries, ports, strict=True)}

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1:]))
