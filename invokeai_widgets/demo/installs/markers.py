"""The file in each download's folder by which a new process takes it up again."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from invokeai_widgets.demo.downloads.part import Part, now

from .job import FINAL, Job

_FILE = ".invokeai_install.json"
_PREFIX = "tmpinstall_"
_KEPT = (
    "canonical_url", "etag", "last_modified", "expected_total_bytes", "final_url", "resume_required",
    "resume_message",
)  # fmt: skip


def new_folder(models: Path) -> Path:
    """A folder of its own for a download, in the models folder."""
    return Path(tempfile.mkdtemp(dir=models, prefix=_PREFIX))


def reusable_folder(models: Path, source: str, taken: Set[Path | None]) -> Path | None:
    """The folder of a download of that source which never ended, if there is one; the latest.

    `taken` are the folders of the jobs there are: with 300 of them nobody wants to read them all each time.
    """
    found = [
        (marker["updated_at"], str(folder))
        for folder, marker in unfinished(models, taken)
        if marker["source"] == source
    ]
    return Path(max(found)[1]) if found else None


def unfinished(models: Path, but: Set[Path | None] = frozenset()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folders of downloads that have not ended, with their markers."""
    for folder in sorted(set(models.glob(f"{_PREFIX}*")) - but):
        marker = _read(folder)
        if marker is not None and marker.get("status") not in FINAL:
            yield folder, marker


def remove_dangling(models: Path, all_of_them: bool = False) -> None:
    """Remove the folders of downloads that nothing can take up: a process was killed over them."""
    kept = set() if all_of_them else {folder for folder, _ in unfinished(models)}
    for folder in models.glob(f"{_PREFIX}*"):
        if folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def write(job: Job, status: str | None = None) -> None:
    """Note how far the job is. The access token is in it in plain text, as InvokeAI has it."""
    if job.temporary is None or not job.temporary.exists():
        return
    marker = {
        "version": 1,
        "source": str(job.source),
        "access_token": getattr(job.source, "access_token", None),
        "config_in": job.changes.wire(),
        "status": status or job.status,
        "updated_at": now(),
        "files": [_file(part) for part in job.parts],
    }
    (job.temporary / _FILE).write_text(json.dumps(marker), encoding="utf-8")


def remove(job: Job) -> None:
    """Forget the job: nothing takes it up any more."""
    if job.temporary is not None:
        (job.temporary / _FILE).unlink(missing_ok=True)


def apply(job: Job, parts: list[Part]) -> None:
    """Give the parts of a download what the marker of a former process kept of them."""
    for part in parts:
        kept = job.kept.get(part.source, {})
        for name in _KEPT[:5]:
            setattr(part, name, kept.get(name) or getattr(part, name))
        if kept.get("download_path"):
            part.download_path = Path(kept["download_path"])


def _file(part: Part) -> dict[str, Any]:
    shown = {"url": part.source, **{name: getattr(part, name) for name in _KEPT}}
    return shown | {"download_path": part.download_path.as_posix() if part.download_path else None}


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        marker = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    good = isinstance(marker, dict) and marker.get("version") == 1 and isinstance(marker.get("source"), str)
    return marker if good else None
