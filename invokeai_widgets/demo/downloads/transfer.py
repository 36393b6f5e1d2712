"""Fetches one part: where to go on, what to call the file, how often to report."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from . import part as statuses
from .errors import HTTPError, RefusedRangeError
from .part import Part
from .replies import Opener, Reply

_GB = 2**30


class Transfer:
    """One attempt at a part. It ends, or raises, or is cancelled, which leaves the partial file."""

    def __init__(
        self, part: Part, opener: Opener, on_start: Callable[[], None], on_progress: Callable[[], None]
    ) -> None:
        self._part, self._opener = part, opener
        self._on_start, self._on_progress = on_start, on_progress
        self.free_space: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free

    async def run(self) -> None:
        """Fetch the file and give it its name."""
        part = self._part
        begin = part.find_partial()
        part.bytes = begin
        if not begin and (part.etag or part.last_modified):
            part.resume_from_scratch = True
            part.resume_message = "Partial file missing. Restarted download from the beginning."
        async with self._opener.open(part.canonical_url, self._headers(begin)) as reply:
            part.final_url = reply.url
            if not self._accept(reply, begin):
                return
            self._choose_path(reply)
            if not begin and self._is_here():
                return
            self._check_space()
            self._start()
            await self._receive(reply, begin)
        self._finish()

    def _headers(self, begin: int) -> dict[str, str]:
        part = self._part
        headers = {"Authorization": f"Bearer {part.access_token}"} if part.access_token else {}
        if begin:
            headers["Range"] = f"bytes={begin}-"
            same = part.etag or part.last_modified
            if same:
                headers["If-Range"] = same
        return headers

    def _accept(self, reply: Reply, begin: int) -> bool:
        """Read the head of the reply; False if the file is here already."""
        part = self._part
        if reply.status == 416 and begin:
            return self._accept_complete(reply, begin)
        if reply.status >= 400:
            raise HTTPError(reply.reason)
        part.content_type = reply.headers.get("content-type")
        part.etag = reply.headers.get("etag") or part.etag
        part.last_modified = reply.headers.get("last-modified") or part.last_modified
        if begin and reply.status == 200:
            part.refuse_resume()
            raise RefusedRangeError(part.resume_message)
        total = re.match(r"bytes\s+\d+-\d+/(\d+)", reply.headers.get("content-range", ""))
        part.total_bytes = int(total[1]) if total else begin + reply.length
        part.expected_total_bytes = part.total_bytes
        return True

    def _accept_complete(self, reply: Reply, begin: int) -> bool:
        """The partial file is as long as the file: nothing is missing but its name."""
        part = self._part
        told = re.fullmatch(r"bytes \*/(\d+)", reply.headers.get("content-range", ""))
        expected = int(told[1]) if told else part.expected_total_bytes or part.total_bytes
        if begin != expected:
            part.refuse_resume()
            raise RefusedRangeError(part.resume_message)
        part.bytes = part.total_bytes = part.expected_total_bytes = begin
        self._start()
        self._finish()
        return False

    def _choose_path(self, reply: Reply) -> None:
        part = self._part
        if not part.dest.is_dir():
            part.dest.parent.mkdir(parents=True, exist_ok=True)
            part.download_path = part.dest
            return
        name = Path(urlsplit(part.canonical_url).path).name
        told = re.search(r'filename="(.+)"', reply.headers.get("content-disposition", ""))
        if told and _is_safe(told[1]):
            name = told[1]
        if not _is_safe(name):
            raise ValueError(f"Cannot derive a safe filename for {part.canonical_url} from '{name}'")
        part.download_path = part.dest / name

    def _is_here(self) -> bool:
        """Whether a former attempt fetched the whole file; a file of another size is removed."""
        part = self._part
        if not part.path.exists():
            return False
        size = part.path.stat().st_size
        if not part.total_bytes or size != part.total_bytes:
            part.path.unlink()
            return False
        part.bytes = size
        self._start()
        return True

    def _check_space(self) -> None:
        part = self._part
        free, missing = self.free_space(part.path.parent), max(part.total_bytes - part.bytes, 0)
        if free < missing:
            raise RuntimeError(
                f"Free disk space {free / _GB:.2f} GB is not enough for download of {missing / _GB:.2f} GB."
            )

    def _start(self) -> None:
        self._part.status = statuses.RUNNING
        self._on_start()

    async def _receive(self, reply: Reply, begin: int) -> None:
        part = self._part
        step, reported = part.total_bytes / 100, 0
        with part.partial.open("r+b" if begin else "wb") as file:
            file.seek(begin)
            try:
                async for block in reply.blocks:
                    part.bytes += _write(file, block)
                    if part.bytes - reported >= step or part.bytes >= part.total_bytes:
                        reported = part.bytes
                        self._on_progress()
            finally:
                file.truncate(part.bytes)

    def _finish(self) -> None:
        self._part.partial.replace(self._part.path)


def _write(file: BinaryIO, block: bytes | int) -> int:
    if isinstance(block, int):
        file.seek(block, 1)
        return block
    return file.write(block)


def _is_safe(name: str) -> bool:
    return bool(name) and not name.startswith("..") and name != "." and not {"/", "\\", "\0"} & set(name)
