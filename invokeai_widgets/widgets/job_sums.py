"""The line and the bar over many install jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from invokeai_widgets.client.schema import ModelInstJobInfo
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.job_rows import actions, look, share

_COUNTED = (
    ("moving", "running"),
    ("waiting", "waiting"),
    ("paused", "paused"),
    ("failed", "failed"),
    ("done", "done"),
    ("off", "cancelled"),
)


def summary(jobs: Sequence[ModelInstJobInfo], before: Collection[int] = ()) -> dict[str, Any]:
    """The sums over jobs: "1 running, 1 failed · 9.1 of 31.4 GB · 4 min left", and what can be done to all.

    `share` (0-1, or None if nothing runs) is that of the bytes of all jobs but those that had ended `before`:
    so it does not fall when a job ends.
    """
    open_jobs = [job for job in jobs if not job.is_final]
    batch = [job for job in jobs if job.job_id not in before]
    return {
        "text": words.joined(_counts(jobs), _amounts(open_jobs)) or "Nothing to do",
        "share": _share(batch) if open_jobs and batch else None,
        "open": len(open_jobs),
        "ended": len(jobs) - len(open_jobs),
        "pausable": [job.job_id for job in jobs if "pause" in actions(job)],
        "resumable": [job.job_id for job in jobs if "resume" in actions(job)],
        "cancellable": [job.job_id for job in jobs if "cancel" in actions(job)],
    }


def _counts(jobs: Sequence[ModelInstJobInfo]) -> str:
    looks = [look(job) for job in jobs]
    return ", ".join(f"{number:,} {word}" for name, word in _COUNTED if (number := looks.count(name)))


def _amounts(open_jobs: Sequence[ModelInstJobInfo]) -> str:
    """How much has come and how long it takes: the latter only if the sizes of all are known."""
    total = sum(job.total_bytes for job in open_jobs)
    done = sum(job.bytes for job in open_jobs if job.total_bytes)
    rate = sum(job.speed or 0.0 for job in open_jobs if job.status == "downloading")
    known = all(job.total_bytes for job in open_jobs)
    left = words.duration((total - done) / rate) if rate > 0 and known else ""
    return words.joined(words.size_of(done, total) if total else "", f"{left} left" if left else "")


def _share(batch: Sequence[ModelInstJobInfo]) -> float:
    """One whose size is not known (yet) counts as an average one of the others."""
    sizes = [job.total_bytes for job in batch if job.total_bytes]
    usual = sum(sizes) / len(sizes) if sizes else 1.0
    pairs = [_size_and_past(job, usual) for job in batch]
    whole = sum(size for size, _ in pairs)
    return sum(past for _, past in pairs) / whole if whole else 0.0


def _size_and_past(job: ModelInstJobInfo, usual: float) -> tuple[float, float]:
    """Of one that failed or was cancelled no more will come than has."""
    if job.is_failed:
        return job.bytes, job.bytes
    size = job.total_bytes or usual
    return size, size if job.is_final else size * (share(job) or 0.0)
