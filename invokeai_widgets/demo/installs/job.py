"""One install job: its state, and how a body shows it."""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invokeai_widgets.demo.changes import ModelRecordChanges
from invokeai_widgets.demo.downloads.part import Part

from .sources import RemoteSource, Source

WAITING, DOWNLOADING, DOWNLOADS_DONE, RUNNING = "waiting", "downloading", "downloads_done", "running"
PAUSED, COMPLETED, ERROR, CANCELLED = "paused", "completed", "error", "cancelled"
FINAL = frozenset({COMPLETED, ERROR, CANCELLED})


@dataclass
class Job:
    """What the server knows of an installation. Only the machine and the installer change it."""

    id: int
    source: Source
    changes: ModelRecordChanges
    local_path: Path
    inplace: bool = False
    status: str = WAITING
    bytes: int = 0
    total_bytes: int = 0
    config_out: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    parts: list[Part] = field(default_factory=list)
    error: str | None = None
    error_reason: str | None = None
    error_traceback: str | None = None
    temporary: Path | None = None  # the folder of a remote job
    fetching: list[Part] = field(default_factory=list)  # of the download under way; `parts` once it has begun
    task: asyncio.Task[None] | None = None
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)  # of the marker of a former process, by URL

    @property
    def is_remote(self) -> bool:
        """Whether it downloads."""
        return isinstance(self.source, RemoteSource)

    @property
    def folder(self) -> Path:
        """The folder of its download; raises `RuntimeError` for a job that has none."""
        if self.temporary is None:
            raise RuntimeError(f"Job {self.id} downloads nothing.")
        return self.temporary

    @property
    def is_final(self) -> bool:
        """Whether nothing happens any more of itself."""
        return self.status in FINAL

    def fail(self, error: BaseException) -> None:
        """Take the error's name, text and traceback."""
        if any("text/html" in (part.content_type or "") for part in self.fetching):
            error = ValueError(
                f"At least one file in {self.local_path} is an HTML page, not a model. "
                "This can happen when an access token is required to download."
            )
        self.status = ERROR
        self.error, self.error_reason = str(error), type(error).__name__
        self.error_traceback = "".join(traceback.format_exception(type(error), error, error.__traceback__))

    def count(self, parts: list[Part]) -> None:
        """Add up what the parts have and will have."""
        self.bytes = sum(part.bytes for part in parts)
        self.total_bytes = max(self.total_bytes, sum(part.total_bytes for part in parts))

    def wire(self) -> dict[str, Any]:
        """The job as a body shows it, access tokens and all."""
        return {
            "id": self.id,
            "status": self.status,
            "error_reason": self.error_reason,
            "config_in": self.changes.wire(),
            "config_out": self.config_out,
            "inplace": self.inplace,
            "source": self.source.wire(),
            "local_path": self.local_path.as_posix(),
            "bytes": self.bytes,
            "total_bytes": self.total_bytes,
            "source_metadata": self.metadata,
            "download_parts": [part.wire() for part in self.parts],
            "error": self.error,
            "error_traceback": self.error_traceback,
        }

    def progress(self) -> dict[str, Any]:
        """The payload of `model_install_download_progress`."""
        return {
            "id": self.id,
            "source": self.source.wire(),
            "local_path": self.local_path.as_posix(),
            "bytes": self.bytes,
            "total_bytes": self.total_bytes,
            "parts": [_shown(part) for part in self.parts],
        }


def _shown(part: Part) -> dict[str, Any]:
    """A part in an event: one that has not begun shows no size, and the word None for a place."""
    begun = part.download_path is not None
    return {
        "url": part.source,
        "local_path": part.download_path.as_posix() if part.download_path else "None",
        "bytes": part.bytes,
        "total_bytes": part.total_bytes if begun else 0,
    }
