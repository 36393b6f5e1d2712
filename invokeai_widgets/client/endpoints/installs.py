"""The calls about install jobs."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from operator import index
from typing import Any, Final

from invokeai_widgets.client.errors import InvalidInput, NotFound
from invokeai_widgets.client.schema import ModelInstJobInfo

from . import readers
from .call import CHANGE, MODELS, SINCE_6_13, SLOW, Call, given

#: The server says 415 where it does not know the job.
_UNKNOWN_JOB: Final = {415: NotFound}


def list_jobs() -> Call[list[ModelInstJobInfo]]:
    return Call("list the install jobs", "GET", f"{MODELS}/install", readers.job_list)


def get_job(job_id: int) -> Call[ModelInstJobInfo | None]:
    return Call(f"read install job {job_id}", "GET", _path(job_id), readers.job, absent=frozenset({404}))


def get_raw_job(job_id: int) -> Call[Any]:
    """The job's body as it is, secrets included: only for what must be sent back."""
    return Call(f"read install job {job_id}", "GET", _path(job_id), readers.decoded, absent=frozenset({404}))


def start(
    source: str,
    config: Mapping[str, Any] | None = None,
    inplace: bool = False,
    access_token: str | None = None,
) -> Call[ModelInstJobInfo]:
    """`inplace=False` makes the server move a local file away. The body must be there, if only `{}`."""
    return Call(
        "start the install",
        "POST",
        f"{MODELS}/install",
        readers.job,
        query=given(source=source, inplace=inplace, access_token=access_token),
        body=dict(config or {}),
        patience=SLOW,
    )


def cancel(job_id: int) -> Call[None]:
    return Call(
        f"cancel install job {job_id}",
        "DELETE",
        _path(job_id),
        readers.nothing,
        patience=CHANGE,
        refusals=_UNKNOWN_JOB,
    )


def pause(job_id: int) -> Call[ModelInstJobInfo]:
    return _control("pause", job_id)


def resume(job_id: int) -> Call[ModelInstJobInfo]:
    return _control("resume", job_id)


def restart_failed(job_id: int) -> Call[ModelInstJobInfo]:
    return _control("restart_failed", job_id)


def restart_file(job_id: int, url: str) -> Call[ModelInstJobInfo]:
    """The URL must be one of the job's, to the letter: with another one the job waits for ever."""
    return Call(
        f"fetch a file of install job {job_id} again",
        "POST",
        _path(job_id, "restart_file"),
        readers.job,
        body=url,
        since=SINCE_6_13,
        refusals=_UNKNOWN_JOB,
    )


def prune() -> Call[None]:
    return Call("clear the ended install jobs", "DELETE", f"{MODELS}/install", readers.nothing)


def _control(word: str, job_id: int) -> Call[ModelInstJobInfo]:
    return Call(
        f"{word.replace('_failed', '')} install job {job_id}",
        "POST",
        _path(job_id, word),
        readers.job,
        since=SINCE_6_13,
        patience=CHANGE,
        refusals=_UNKNOWN_JOB,
    )


def _path(job_id: int, *more: str) -> str:
    return "/".join((MODELS, "install", str(_number(job_id)), *more))


def _number(job_id: int) -> int:
    """The number as an `int`; one out of a frame is numpy's."""
    with contextlib.suppress(TypeError):
        if not isinstance(job_id, bool):
            return index(job_id)
    raise InvalidInput(f"{job_id!r} is not the number of an install job.", advice="Use handle.job_id.")
