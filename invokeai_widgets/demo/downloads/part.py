"""One file of an installation: what is fetched, whereto, and how far it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

WAITING, RUNNING, PAUSED = "waiting", "running", "paused"
COMPLETED, CANCELLED, ERROR = "completed", "cancelled", "error"
_SUFFIX = ".downloading"


@dataclass
class Part:
    """The 22 fields of `download_parts[]`, in the server's order. Sizes are bytes."""

    id: int
    dest: Path  # a folder as long as the file's name is to be found out, else the file
    download_path: Path | None
    status: str
    bytes: int
    total_bytes: int
    error_type: str | None
    error: str | None
    source: str
    access_token: str | None
    priority: int
    job_started: str | None
    job_ended: str | None
    content_type: str | None
    canonical_url: str
    etag: str | None
    last_modified: str | None
    final_url: str | None
    expected_total_bytes: int | None
    resume_required: bool
    resume_message: str | None
    resume_from_scratch: bool

    @classmethod
    def of(cls, number: int, url: str, dest: Path, token: str | None, size: int = 0) -> Part:
        """A part that waits. `size` is 0 if it is not known beforehand."""
        unset = dict.fromkeys((each.name for each in fields(cls)), None)
        values: dict[str, Any] = unset | {
            "id": number,
            "dest": dest,
            "status": WAITING,
            "bytes": 0,
            "total_bytes": size,
            "source": url,
            "access_token": token,
            "priority": 10,
            "canonical_url": url,
            "expected_total_bytes": size or None,
            "resume_required": False,
            "resume_from_scratch": False,
        }
        return cls(**values)

    @property
    def path(self) -> Path:
        """Where the file will be; raises `RuntimeError` as long as its name is not known."""
        if self.download_path is None:
            raise RuntimeError(f"The name of {self.source} is not known yet.")
        return self.download_path

    @property
    def partial(self) -> Path:
        """Where the unfinished file is; raises as `path` does."""
        return self.path.with_name(self.path.name + _SUFFIX)

    @property
    def partial_size(self) -> int:
        """Bytes of the unfinished file; 0 if there is none."""
        return self.partial.stat().st_size if self.download_path and self.partial.exists() else 0

    def find_partial(self) -> int:
        """Take up the unfinished file that lies there; its size, 0 if there is none."""
        if not self.dest.is_dir():
            self.download_path = self.dest
        elif self.download_path is None:
            found = sorted(self.dest.glob(f"*{_SUFFIX}"))
            if len(found) == 1:
                self.download_path = found[0].with_name(found[0].name.removesuffix(_SUFFIX))
        return self.partial_size

    def refuse_resume(self) -> None:
        """Note that the file server does not go on where the file ends."""
        self.resume_required = True
        self.resume_message = "Resume refused by server. Restart required."

    def wire(self) -> dict[str, Any]:
        """As job bodies show it."""
        shown = asdict(self)
        for name in ("dest", "download_path"):
            shown[name] = shown[name].as_posix() if shown[name] else None
        return shown


def now() -> str:
    """The time of day as InvokeAI writes it in parts and markers."""
    return datetime.now(timezone.utc).isoformat()
