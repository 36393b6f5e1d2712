"""What may be asked of a job in which state. Where the server would harm or hang it, we say no."""

from __future__ import annotations

from typing import Final

from .errors import InvalidInput
from .schema import InstallStatus, ModelInstJobInfo

_AGAIN: Final = "Install it again instead."

_NO_PAUSE: Final = {
    InstallStatus.DOWNLOADS_DONE: (
        "it is downloaded, and the server would throw that away",
        "Let it end; it will not take long.",
    ),
    InstallStatus.RUNNING: ("InvokeAI is taking it in, which cannot be stopped", "Let it end."),
}


def check_pause(info: ModelInstJobInfo) -> None:
    """Raise `InvalidInput` unless a pause keeps the job whole."""
    if info.is_final:
        raise _refused(info, "pause", f"it has ended ({info.status})", None)
    if not info.is_remote:
        raise _refused(
            info,
            "pause",
            "nothing is downloaded for it, and it would hang for ever",
            "Let it end, or cancel it.",
        )
    if info.status in _NO_PAUSE:
        raise _refused(info, "pause", *_NO_PAUSE[info.status])


def check_resume(info: ModelInstJobInfo) -> None:
    """Raise `InvalidInput` unless the job is paused and can go on."""
    if info.status != InstallStatus.PAUSED:
        raise _refused(info, "resume", f"it is not paused ({info.status})", None)
    if not info.is_remote:
        raise _refused(
            info,
            "resume",
            "a paused install of a local file can only hang",
            "Cancel it, and install it again.",
        )


def check_restart(info: ModelInstJobInfo, *, force: bool) -> None:
    """Raise `InvalidInput` unless starting the failed files again can give a whole model."""
    if info.status != InstallStatus.ERROR:
        raise _refused(info, "start again", f"it has not failed ({info.status})", None)
    if not info.is_remote:
        raise _refused(info, "start again", "nothing is downloaded for it", _AGAIN)
    if len(info.parts) > 1 and not force:
        raise _refused(
            info, "start again", _LOST_FILES, f"{_AGAIN} With force=True it is tried all the same."
        )


def check_restart_file(info: ModelInstJobInfo) -> None:
    """Raise `InvalidInput` unless fetching one file again can give a whole model, and only one."""
    if info.status == InstallStatus.COMPLETED:
        raise _refused(info, "fetch a file again of", "it is complete; there would be a second model", _AGAIN)
    if not info.is_remote:
        raise _refused(info, "fetch a file again of", "nothing is downloaded for it", _AGAIN)
    if info.status in (InstallStatus.DOWNLOADS_DONE, InstallStatus.RUNNING, InstallStatus.LOST):
        raise _refused(info, "fetch a file again of", f"it is {info.status}", None)
    if info.is_final and len(info.parts) > 1:
        raise _refused(info, "fetch a file again of", _LOST_FILES, _AGAIN)


def too_late(info: ModelInstJobInfo) -> str | None:
    """What to say of a job that goes on, or has completed, although its cancel was asked for."""
    if info.status == InstallStatus.RUNNING:
        return _UNSTOPPABLE
    if info.status != InstallStatus.COMPLETED:
        return None
    record = info.config_out
    if record is None:
        return f"{_UNSTOPPABLE} The model was installed."
    rid = f"delete_model({record.key!r})"
    return f"{_UNSTOPPABLE} The model {record.name!r} was installed; to be rid of it: {rid}."


def after_resume(info: ModelInstJobInfo, resumed_at: int) -> str | None:
    """What to say of a job that we resumed at so many bytes, where nothing the server sends tells of it."""
    if info.status == InstallStatus.PAUSED and info.bytes <= resumed_at:
        return _NO_RANGES
    return _RESUMED_TOO_SOON if info.status == InstallStatus.CANCELLED else None


_NO_RANGES: Final = (
    "It was paused again at once: the site does not send a file from its middle on. Cancel the install,"
    " and start it again."
)
_RESUMED_TOO_SOON: Final = (
    "If nobody cancelled it, InvokeAI did: it does so when a download is resumed before the site has sent"
    " another byte, by which it would have noticed the pause. Install it again."
)
_UNSTOPPABLE: Final = (
    "It was to be cancelled, but InvokeAI was taking it in already, which cannot be stopped."
)
_LOST_FILES: Final = (
    "the server has thrown away its files that were complete, so that a broken model would come of it"
)


def _refused(info: ModelInstJobInfo, verb: str, why: str, advice: str | None) -> InvalidInput:
    return InvalidInput(f"Could not {verb} install job {info.job_id}: {why}.", advice=advice)
