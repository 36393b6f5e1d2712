"""Starting an install: once and no more than once, and only what the user can have meant."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from .advice import refusal_advice
from .endpoints import Call, installs
from .errors import (
    APIRequestError,
    InvalidInput,
    InvokeAIError,
    ModelInstallStartError,
    NotAllowed,
    NotLoggedIn,
    RequestTimedOut,
    UnexpectedReply,
    Unreachable,
)
from .flows.completing import Models, Wanted, find_installed, settle, there_before
from .flows.guards import check_install, wants_unique_names
from .jobs import AsyncModelInstJobHandle
from .schema import ModelInstJobInfo
from .secrets import redact_text
from .sources import is_path, same_source, usable_source, without_secrets
from .watch import JobWatch

#: The number of a job that was not started, as the model was there.
NO_JOB: Final = -1
#: What follows from the source; the server would drop it without a word, or damage the record.
_NOT_CHOSEN: Final = ("path", "source", "source_type", "source_api_response")
_FIELDS: Final = 'For example config={"name": "My model"}.'
_IS_THERE: Final = re.compile(r"already (installed|exists|registered)|duplicate", re.IGNORECASE)
#: Seconds before each look for a job whose start was not answered.
_LOOKS: Final = (0.2, 0.8, 2.0, 4.0)


async def start_install(
    watch: JobWatch,
    written: str | os.PathLike[str],
    *,
    config: Mapping[str, Any] | None = None,
    inplace: bool = True,
    access_token: str | None = None,
) -> AsyncModelInstJobHandle:
    """The handle of the job; what it raises is said at `install_model`."""
    source, config = usable_source(written), _usable_config(config)
    there = await _would_cost_a_file(watch, source, config, inplace)
    if there is not None:
        return AsyncModelInstJobHandle(watch, there)
    await check_install(watch.transport, source, config, inplace=inplace)
    told = _told(source, config)
    asked_at = watch.now()
    call = installs.start(source, told, inplace, (access_token or "").strip() or None)
    info = await _start(watch, call, source, config)
    _check_joined(info, inplace)
    handle = AsyncModelInstJobHandle(watch, await watch.take_new(info, asked_at))
    if info.job_id != NO_JOB:
        watch.kept_back[info.source] = {name: config[name] for name in config if name not in told}
        _finish_later(handle, Wanted(source, config))
    return handle


def _finish_later(handle: AsyncModelInstJobHandle, wanted: Wanted) -> None:
    """Have the rest done when the job has ended, though nobody may wait for it."""
    transport = handle.watch.transport
    handle.watch.on_completed(
        handle.job_id,
        lambda end: settle(transport, end, wanted),
        hold=bool(wanted.config) or without_secrets(wanted.source) != wanted.source,
    )


def _usable_config(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The overrides that say something, as they can be sent."""
    if config is not None and not isinstance(config, Mapping):
        raise InvalidInput(f"config holds fields by name, it is not {type(config).__name__}.", advice=_FIELDS)
    given = {name: value for name, value in (config or {}).items() if value is not None}
    if wrong := [name for name in _NOT_CHOSEN if name in given]:
        raise InvalidInput(f"{wrong[0]} cannot be chosen: it is what is installed.", advice="Leave it out.")
    if given.get("default_settings") == {}:
        raise InvalidInput("Empty default settings are refused by the server.", advice="Leave them out.")
    phrases = given.get("trigger_phrases")
    if isinstance(phrases, str):
        raise InvalidInput("Trigger phrases are several texts.", advice='Write trigger_phrases=["..."].')
    return {**given, "trigger_phrases": list(phrases)} if phrases is not None else given


def _told(source: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The overrides to send at the start. The server drops the phrases, and fails on them in a download."""
    if is_path(source):
        return config
    return {name: value for name, value in config.items() if name != "trigger_phrases"}


async def _would_cost_a_file(
    watch: JobWatch, source: str, config: Mapping[str, Any], inplace: bool
) -> ModelInstJobInfo | None:
    """A good end without an install, where one would cost the file of the model that is there from it."""
    if is_path(source):
        at_risk = not inplace  # its file would be moved away from under the record that uses it
    else:
        at_risk = await wants_unique_names(watch.transport)
    if not at_risk:
        return None
    asked, models = source.strip('"'), await Models(watch.transport).listed()
    names = [asked, _target(asked)] if is_path(source) and watch.transport.address.is_loopback else [asked]
    info = ModelInstJobInfo(job_id=NO_JOB, source=redact_text(asked))
    found = [find_installed(models, info.replaced(source=redact_text(name))) for name in names]
    record = next(filter(None, found), None)
    if record is None:
        return None
    notes = ["This model is there already, in place; its file was not moved."] if is_path(source) else []
    return there_before(info, record, config, *notes)


def _target(path: str) -> str:
    """Where a path of this machine leads: the server follows links, and the record in place has the end."""
    is_whole = PurePath(path).is_absolute()  # another one begins where the server runs
    return os.path.realpath(path) if is_whole else path


async def _start(
    watch: JobWatch, call: Call[ModelInstJobInfo], source: str, config: Mapping[str, Any]
) -> ModelInstJobInfo:
    """The job, started or found. The request is never sent twice."""
    known = await _known_jobs(watch)
    try:
        return await watch.transport.send(call)
    except (Unreachable, RequestTimedOut, UnexpectedReply) as error:
        if not error.maybe_done:
            raise
        return await _look_up(watch, source, known, error)
    except (NotLoggedIn, NotAllowed):
        raise
    except APIRequestError as error:
        if error.status_code > 500:  # said by a proxy; the server itself may be at work
            return await _look_up(watch, source, known, error)
        return await _if_there(watch, source, config, error)


async def _known_jobs(watch: JobWatch) -> Mapping[int, ModelInstJobInfo] | None:
    """The jobs before the start, to tell a new one from one that had ended before; None if not known."""
    if not watch.jobs or watch.link != "live":  # what is known may be old
        try:
            await watch.read_list()
        except InvokeAIError:
            return None  # the start itself will say what is wrong
    return dict(watch.jobs)


async def _look_up(
    watch: JobWatch, source: str, known: Mapping[int, ModelInstJobInfo] | None, lost: InvokeAIError
) -> ModelInstJobInfo:
    """The job, although the answer to its start was lost.

    Raises:
        Unreachable, RequestTimedOut, UnexpectedReply, ServerFault: The job has not appeared; it may still do.
    """
    for pause in _LOOKS:
        await asyncio.sleep(pause)
        try:
            listed = await watch.transport.send(installs.list_jobs())
        except InvokeAIError:
            continue
        for info in reversed(listed):
            if same_source(info.source, source) and not (info.is_final and _may_be_old(info, known)):
                return info
    raise lost


def _may_be_old(info: ModelInstJobInfo, known: Mapping[int, ModelInstJobInfo] | None) -> bool:
    """Whether a job may have been there before. After a restart its number may be another one's."""
    before = None if known is None else known.get(info.job_id)
    return known is None or (before is not None and same_source(before.source, info.source))


async def _if_there(
    watch: JobWatch, source: str, config: Mapping[str, Any], refused: APIRequestError
) -> ModelInstJobInfo:
    """An end that is good if the server refused because the model is there.

    Raises:
        ModelInstallStartError: It refused for another reason.
    """
    if refused.status_code == 409 and _IS_THERE.search(refused.detail):
        info = ModelInstJobInfo(job_id=NO_JOB, source=redact_text(source), inplace=True)
        record = find_installed(await Models(watch.transport).listed(), info)
        if record is not None:
            return there_before(info, record, config)
    advice = refusal_advice(redact_text(source), refused.status_code, refused.detail)
    raise ModelInstallStartError(refused.message, advice=advice or refused.advice) from refused


def _check_joined(info: ModelInstJobInfo, inplace: bool) -> None:
    """The server answers with the job of the same source that is under way, and drops what else was asked."""
    if info.source_type == "local" and info.inplace != inplace:
        how = "leaves the file in its place" if info.inplace else "moves the file into InvokeAI's folder"
        raise ModelInstallStartError(
            f"Could not start the install: job {info.job_id} installs {info.source} already, and {how}.",
            advice="Wait for that job: get_install_job gives its handle.",
        )
