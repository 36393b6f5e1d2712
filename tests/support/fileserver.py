"""A file server on 127.0.0.1 that is as slow and as broken as a test wants it."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .http import QuietHandler, QuietServer, Throttle, asked_range

HTML_PAGE = b"<!doctype html><html><body><h1>Sign in to download</h1></body></html>"


@dataclass(frozen=True)
class Served:
    """One file, and how it is served."""

    content: bytes
    rate: float = 0  # bytes per second; 0: as fast as it goes
    ranges: bool = True  # whether a Range is honoured; without, every answer is the whole file
    length: bool = True  # whether the size is told; without, the answer is chunked
    etag: bool = True
    called: str | None = None  # the name that the answer gives the file
    status: int = 200  # anything else is answered instead of the file
    content_type: str = "application/octet-stream"
    token: str | None = None  # wanted as a bearer token or as ?token=; 401 without
    cut_after: int | None = None  # the connection is cut after so many bytes of the file
    hold_at: int | None = None  # nothing more is sent from this byte of the file on, until `release`
    released: threading.Event = field(default_factory=threading.Event, compare=False)

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha1(self.content).hexdigest()}"'


class FileServer:
    """Serves what was added while the `with` block runs.

    ``.url`` is its address, ``.requests`` what was asked (method, path, range, token, status, and whether
    the answer is `over`), in order::

        url = files.add("lora.safetensors", path_or_bytes, rate=2_000_000, ranges=False)
        files.change("lora.safetensors", status=500)     # holds for answers under way as well, but for status
    """

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.requests: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self._server = QuietServer(_Handler, self)
        self.url = self._server.url

    def __enter__(self) -> FileServer:
        self._server.start("file-server")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        for served in self.files.values():
            served.released.set()
        self._server.stop()

    def add(self, name: str, content: bytes | Path, **how: Any) -> str:
        """Serve `content` (a file is read now) under `name`; the address. `how`: the fields of `Served`."""
        data = content.read_bytes() if isinstance(content, Path) else content
        self.files[name] = Served(data, **how)
        return f"{self.url}/{quote(name)}"

    def add_page(self, name: str) -> str:
        """Serve a web page where a model is expected, as a site does whose login has run out."""
        return self.add(name, HTML_PAGE, content_type="text/html; charset=utf-8")

    def change(self, name: str, **how: Any) -> None:
        """Serve it another way from now on, also in answers under way."""
        self.files[name] = replace(self.files[name], **how)

    def release(self, name: str) -> None:
        """Let the downloads of `name` go on that wait at its `hold_at`; later ones do not wait."""
        self.files[name].released.set()

    def hang_up(self, name: str) -> None:
        """Let the downloads of `name` go on, slowly, until whoever has paused them closes the connection.

        InvokeAI does so at the next bytes only, and takes a job that is resumed before for a cancelled one.
        """
        rate = self.files[name].rate
        self.change(name, rate=100_000)
        self.release(name)
        for request in self.asked(name):
            request["over"].wait()
        self.change(name, rate=rate)

    def asked(self, name: str) -> list[dict[str, Any]]:
        """The requests for `name`, in order."""
        return [request for request in self.requests if request["path"] == f"/{quote(name)}"]


class _Handler(QuietHandler):
    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        owner: FileServer = self.server.owner
        url = urlsplit(self.path)
        name = unquote(url.path).lstrip("/")
        scheme, _, bearer = self.headers.get("Authorization", "").partition(" ")
        token = bearer if scheme == "Bearer" else parse_qs(url.query).get("token", [None])[0]
        self.note = {"method": self.command, "path": url.path, "range": self.headers.get("Range")}
        self.note |= {"token": token, "status": None, "over": threading.Event()}
        owner.requests.append(self.note)
        try:
            self._answer(owner, name, token)
        finally:
            self.note["over"].set()

    def _answer(self, owner: FileServer, name: str, token: str | None) -> None:
        served = owner.files.get(name)
        if served is None:
            self._refuse(404)
        elif served.token is not None and token != served.token:
            self._refuse(401)
        elif served.status != 200:
            self._refuse(served.status)
        else:
            self._file(owner, name, served)

    def _refuse(self, status: int) -> None:
        self.note["status"] = status
        self.send_head(status, {"Content-Length": "0"})

    def _file(self, owner: FileServer, name: str, served: Served) -> None:
        size = len(served.content)
        wanted = asked_range(self.headers, size, served.tag) if served.ranges else (0, size - 1, False)
        if wanted is None:
            self._refuse(416)
            return
        first, last, partial = wanted
        self.note["status"] = 206 if partial else 200
        self.send_head(self.note["status"], _headers(served, first, last, partial))
        if self.command != "HEAD":
            self._body(owner, name, first, last + 1)

    def _body(self, owner: FileServer, name: str, position: int, end: int) -> None:
        throttle = Throttle(lambda: owner.files[name].rate, owner.stopping)
        while position < end:
            served = owner.files[name]
            stop = min(end, position + throttle.block_size, *_marks(served, position))
            if owner.stopping.is_set() or served.cut_after == position:
                self._cut()
                return
            if stop == position:
                served.released.wait()
                continue
            self._write(served, served.content[position:stop])
            throttle.wait_after(stop - position)
            position = stop
        if not served.length:
            self.wfile.write(b"0\r\n\r\n")

    def _write(self, served: Served, block: bytes) -> None:
        self.wfile.write(block if served.length else b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.flush()

    def _cut(self) -> None:
        self.close_connection = True
        self.wfile.flush()


def _marks(served: Served, position: int) -> list[int]:
    """The bytes of the file, from `position` on, which must not be passed in one step."""
    held = served.hold_at is not None and not served.released.is_set()
    marks = (served.cut_after, served.hold_at if held else None)
    return [mark for mark in marks if mark is not None and mark >= position]


def _headers(served: Served, first: int, last: int, partial: bool) -> dict[str, str]:
    headers = {"Content-Type": served.content_type}
    if served.ranges:
        headers["Accept-Ranges"] = "bytes"
    if served.etag:
        headers["ETag"] = served.tag
    if served.called:
        headers["Content-Disposition"] = f'attachment; filename="{served.called}"'
    if partial:
        headers["Content-Range"] = f"bytes {first}-{last}/{len(served.content)}"
    if served.length:
        headers["Content-Length"] = str(last - first + 1)
    else:
        headers["Transfer-Encoding"] = "chunked"
    return headers
