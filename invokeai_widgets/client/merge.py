"""What is known of a job after the server has said something new about it. Pure: no I/O, no clock.

The server tells of a job in bodies (`GET`, `POST`) and in events, by two ways that overtake each other,
doubled at times, and late. Whatever the order, what is shown does not jump back: bytes do not shrink within a
run, a state does not return to an earlier one, and an end stays the end unless the server reopened the job.
"""

from __future__ import annotations

from typing import Any, Final

from .events import JobEvent
from .schema import DownloadPart, InstallStatus, ModelInstJobInfo, ModelRecord

_RANK: Final = {
    InstallStatus.WAITING: 0,
    InstallStatus.DOWNLOADING: 1,
    InstallStatus.DOWNLOADS_DONE: 2,
    InstallStatus.RUNNING: 3,
}
#: Ends which the server itself may take back: a job cancelled while it was `running` completes after all,
#: one that failed is started again, and a lost one may have been away only.
_SOFT: Final = frozenset({InstallStatus.ERROR, InstallStatus.CANCELLED, InstallStatus.LOST})


def same_job(known: ModelInstJobInfo, news: ModelInstJobInfo) -> bool:
    """Whether a body under the job's number is about that job.

    A restarted server gives the numbers anew, at times even to a new job of the same source. One that has
    ended well is reopened only by fetching a file of it again, and keeps its record then.
    """
    if known.source != news.source:
        return False
    reborn = known.status == InstallStatus.COMPLETED and not news.is_final and news.config_out is None
    return not reborn


def merge_job(
    known: ModelInstJobInfo, news: ModelInstJobInfo, *, stale: bool = False, anew: bool = False
) -> ModelInstJobInfo:
    """The state of a job after reading `news`, a body about it.

    Args:
        stale: Something was heard of the job after this body was asked for, so the body may be older.
        anew: A new run has begun: its bytes count from where it says.
    """
    if known.is_final:
        return _after_the_end(known, news, stale=stale)
    pausing = InstallStatus.PAUSED in (known.status, news.status)  # what of the two came last is not known
    older = stale and (pausing or _rank(news) < _rank(known))
    return _settled(
        news.replaced(
            status=known.status if older else news.status,
            bytes=_bytes(known, news, stale=stale, anew=anew),
            total_bytes=news.total_bytes or known.total_bytes,
            parts=news.parts or known.parts,
        ),
        known,
    )


def apply_event(known: ModelInstJobInfo, event: JobEvent) -> ModelInstJobInfo | None:
    """The state of a job after an event about it; the same object if it says nothing new.

    None: the event does not fit what is known, or lacks what is needed, so the job must be read.
    """
    if known.is_final:
        return known if _LEADS_TO.get(event.kind) == known.status else None
    if event.kind == "download_progress":
        return _progress(known, event)
    if event.kind == "complete":
        return _complete(known, event)
    if event.kind == "error":
        return _failed(known, event)
    status = _LEADS_TO.get(event.kind)
    if status is None:
        return None
    if status in _RANK and _RANK[status] <= _rank(known):
        return known
    update: dict[str, Any] = {"status": status}
    if status == InstallStatus.DOWNLOADS_DONE:
        update["bytes"] = max(known.bytes, known.total_bytes)
    return known.replaced(**update)


#: Where a job is after an event of that kind.
_LEADS_TO: Final = {
    "downloads_complete": InstallStatus.DOWNLOADS_DONE,
    "started": InstallStatus.RUNNING,
    "complete": InstallStatus.COMPLETED,
    "error": InstallStatus.ERROR,
    "cancelled": InstallStatus.CANCELLED,
}


def _rank(info: ModelInstJobInfo) -> int:
    """How far a job is; an end is farthest, a pause or an unknown state says nothing about it."""
    return 9 if info.is_final else _RANK.get(info.status, 1)


def _after_the_end(known: ModelInstJobInfo, news: ModelInstJobInfo, *, stale: bool) -> ModelInstJobInfo:
    if not news.is_final:
        # The server has reopened it; but a good end only to fetch a file again, and its record stays then.
        is_older = stale or (known.status == InstallStatus.COMPLETED and news.config_out is None)
        return known if is_older else news
    if known.status == news.status:
        return known.replaced(parts=news.parts) if news.parts and not known.parts else known
    if known.status == InstallStatus.COMPLETED:
        return known  # a DELETE makes `cancelled` of it, and the model stays
    if known.status in _SOFT and news.status == InstallStatus.COMPLETED:
        return news
    return news if known.status in (InstallStatus.CANCELLED, InstallStatus.LOST) else known


def _bytes(known: ModelInstJobInfo, news: ModelInstJobInfo, *, stale: bool, anew: bool) -> int:
    """Within a run the higher number. A body that is surely newer and fetches less tells of a new run."""
    told = news.status == InstallStatus.DOWNLOADING and not stale
    if (anew or told) and news.bytes:
        return news.bytes
    return max(known.bytes, news.bytes)


def _settled(info: ModelInstJobInfo, known: ModelInstJobInfo) -> ModelInstJobInfo:
    """The same object if nothing has changed, so that nobody is told for nothing."""
    return known if info == known else info


def _progress(known: ModelInstJobInfo, event: JobEvent) -> ModelInstJobInfo | None:
    count, total = event.number("bytes"), event.number("total_bytes")
    if known.status == InstallStatus.PAUSED:  # late, or somebody else has resumed it: no event tells of that
        return known if count <= known.bytes else None
    if _rank(known) > _RANK[InstallStatus.DOWNLOADING]:
        return known
    return _settled(
        known.replaced(
            status=InstallStatus.DOWNLOADING,
            bytes=max(known.bytes, count),
            total_bytes=total or known.total_bytes,
            parts=_parts(known.parts, event),
        ),
        known,
    )


def _parts(known: tuple[DownloadPart, ...], event: JobEvent) -> tuple[DownloadPart, ...]:
    """The files with what an event says of them, in the order in which they were known."""
    told = {part["url"]: part for part in event.items("parts") if isinstance(part.get("url"), str)}
    parts = [_part(part, told.pop(part.url, {})) for part in known]
    return (*parts, *(_part(DownloadPart(url=url), news) for url, news in told.items()))


def _part(part: DownloadPart, news: dict[str, Any]) -> DownloadPart:
    count, total = news.get("bytes"), news.get("total_bytes")
    if type(count) is not int or type(total) is not int or count <= part.bytes:
        return part
    path = news.get("local_path")
    return part.replaced(
        bytes=count,
        total_bytes=total or part.total_bytes,
        status="completed" if count == total else "running",
        local_path=path if path != "None" else part.local_path,
    )


def _failed(known: ModelInstJobInfo, event: JobEvent) -> ModelInstJobInfo | None:
    if known.is_remote and not known.parts:
        return None  # it failed before its files were told, and they are what can be fetched again
    words = {"error": event.text("error"), "error_reason": event.text("error_type")}
    return known.replaced(status=InstallStatus.ERROR, **words)


def _complete(known: ModelInstJobInfo, event: JobEvent) -> ModelInstJobInfo | None:
    config = event.payload.get("config")
    if not isinstance(config, dict):
        return None  # servers before 6.11 do not send the record
    record = ModelRecord.from_wire(config)
    total = event.number("total_bytes") or known.total_bytes
    return known.replaced(
        status=InstallStatus.COMPLETED,
        config_out=record,
        model_key=record.key or event.text("key"),
        bytes=max(known.bytes, total),
        total_bytes=total,
    )
