"""How an install job looks: one plain dict a job, words and all, for the queue, the bar and the fallbacks.

The browser only paints these; what may be done to a job in which state stands in one table here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from invokeai_widgets.client.schema import DownloadPart, ModelInstJobInfo
from invokeai_widgets.widgets import words

_LOOK = {  # the colour and pattern of the bar: colour carries meaning only
    "waiting": "waiting",
    "paused": "paused",
    "error": "failed",
    "lost": "failed",
    "cancelled": "off",
    "completed": "done",
}
_WORDS = {
    "waiting": "Waiting",
    "downloads_done": "Downloaded, waiting to be taken in",
    "running": "Taking it in",
    "paused": "Paused",
    "error": "Failed",
    "lost": "Lost",
    "cancelled": "Cancelled",
}
_ACTIONS = {  # (state, is a download) -> what may be done
    ("waiting", True): ("pause", "cancel"),
    ("waiting", False): ("cancel",),  # paused, the server would drop it and it would hang for ever
    ("downloading", True): ("pause", "cancel"),
    ("downloads_done", True): ("cancel",),
    ("running", True): (),  # the server cannot stop what it is taking in
    ("running", False): (),
    ("paused", True): ("resume", "cancel"),
    ("paused", False): ("cancel",),
    ("completed", True): (),
    ("completed", False): (),
}
_ENDED_BADLY = ("again",)
_HUB_REPOSITORY = re.compile(r"(?:https://(?:www\.)?huggingface\.co/)?([\w.-]+/[\w.-]+)(?:[:/].*)?")
_REFUSED = re.compile(r"unauthorized|forbidden|gated|access|\b40[13]\b", re.IGNORECASE)

Row = dict[str, Any]


class JobRows:
    """Rows of jobs. A job that has not changed keeps its very row, so that what changed is told by `is`."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[ModelInstJobInfo, Row]] = {}

    def of(self, jobs: Iterable[ModelInstJobInfo]) -> list[Row]:
        """All jobs as rows, the newest first. The order does not depend on the state: no row jumps."""
        known, self._made = self._made, {}
        for job in sorted(jobs, key=lambda job: -job.job_id):
            name = (job.job_id, job.source)  # after a restart of the server two may have one number
            made = known.get(name)
            self._made[name] = made if made is not None and made[0] is job else (job, job_row(job))
        return [row for _, row in self._made.values()]


def job_row(job: ModelInstJobInfo) -> Row:
    """One job, ready to paint. `id` and `source` tell it from others; every other text is for people."""
    return {
        "id": job.job_id,
        "source": job.source,
        "status": job.status,
        "look": look(job),
        "share": share(job),
        "what": what(job),
        "title": _exact(job),
        "note": note(job),
        "advice": job.advice,
        "files": [_file_row(part) for part in job.parts] if len(job.parts) > 1 else [],
        "files_done": sum(part.status == "completed" for part in job.parts),
        "actions": list(actions(job)),
        "link": _link(job),
    }


def look(job: ModelInstJobInfo) -> str:
    """`waiting`, `moving`, `paused`, `failed`, `off` or `done`; a state of a newer server is `moving`."""
    return _LOOK.get(job.status, "moving")


def actions(job: ModelInstJobInfo) -> tuple[str, ...]:
    """The verbs that make sense now: of `pause`, `resume`, `cancel`, `again`."""
    default = _ENDED_BADLY if job.is_failed else ("cancel",)
    return _ACTIONS.get((job.status, job.is_remote), default)


def what(job: ModelInstJobInfo) -> str:
    """The state of a job in words: "38 % · 9.0 of 23.8 GB · 62 MB/s · 4 min left"."""
    if job.status == "downloading":
        return words.joined(_percent(job), _amount(job), _pace(job))
    if job.status == "completed":
        return words.joined(_installed(job), words.size(_installed_size(job)))
    state = _WORDS.get(job.status, job.status)
    return words.joined(state, _amount(job)) if job.status in ("paused", "waiting") else state


def share(job: ModelInstJobInfo) -> float | None:
    """How much of the bar is filled, 0-1; None: nobody knows how far it is. A failed one is full, in red."""
    if job.status in ("error", "lost", "completed"):
        return 1.0
    if job.status in ("running", "downloads_done"):
        return 1.0 if job.is_remote else None
    return 0.0 if job.status in ("waiting", "cancelled") and job.progress is None else job.progress


def _percent(job: ModelInstJobInfo) -> str:
    return "Downloading" if job.progress is None else f"{int(job.progress * 100)} %"


def _amount(job: ModelInstJobInfo) -> str:
    if job.total_bytes:
        return words.size_of(job.bytes, job.total_bytes)
    return words.size(job.bytes) if job.bytes else ""


def _pace(job: ModelInstJobInfo) -> str:
    if job.speed is not None and job.speed <= 0:
        return "no data for a while"
    left = words.duration(job.eta)
    return words.joined(words.speed(job.speed), f"{left} left" if left else "")


def _installed(job: ModelInstJobInfo) -> str:
    if job.extra.get("reason") == "already_installed":
        return "Was already installed"
    model = job.config_out
    return "Installed" if model is None else f"Installed · {words.class_of(model.base, model.type)}"


def _installed_size(job: ModelInstJobInfo) -> int | None:
    return job.config_out.file_size if job.config_out is not None else (job.total_bytes or None)


def _exact(job: ModelInstJobInfo) -> str:
    if job.total_bytes:
        return f"{job.bytes:,} of {job.total_bytes:,} bytes"
    return f"{job.bytes:,} bytes" if job.bytes else ""


def note(job: ModelInstJobInfo) -> str:
    """What the server said, or what one should know of a finished job."""
    if job.status == "error":
        return job.error or job.error_reason or "The server gave no reason."
    if job.status == "lost":
        return job.error or "The server no longer knows this job."
    return job.warning or ""


def _link(job: ModelInstJobInfo) -> str | None:
    """The page of the repository, where its licence is accepted, if the hub refused access."""
    refused = job.status == "error" and _REFUSED.search(f"{job.error_reason} {job.error}")
    repository = _HUB_REPOSITORY.fullmatch(job.source) if refused else None
    return f"https://huggingface.co/{repository[1]}" if repository else None


def file_name(url: str) -> str:
    """The file's path in its repository, or its name: "sub/x.bin" of ".../name/resolve/main/sub/x.bin"."""
    path = unquote(urlsplit(url).path)
    _, resolve, rest = path.partition("/resolve/")
    return (rest.partition("/")[2] if resolve else path.rpartition("/")[2]) or url


def _file_row(part: DownloadPart) -> Row:
    done = part.bytes / part.total_bytes if part.total_bytes else float(part.status == "completed")
    amount = words.size_of(part.bytes, part.total_bytes) if part.total_bytes else words.size(part.bytes)
    return {
        "name": file_name(part.url),
        "url": part.url,
        "share": min(1.0, done),
        "what": words.joined(_FILE_WORDS.get(part.status, part.status), amount),
    }


_FILE_WORDS = {
    "running": "",
    "completed": "Done",
    "waiting": "Waiting",
    "paused": "Paused",
    "error": "Failed",
    "cancelled": "Cancelled",
}
