"""Install jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from pydantic import AnyHttpUrl, BaseModel
from starlette.responses import HTMLResponse, Response

from invokeai_widgets.demo.changes import ModelRecordChanges
from invokeai_widgets.demo.hub.repository import HubUnreachableError, UnknownRepositoryError
from invokeai_widgets.demo.installs.job import Job
from invokeai_widgets.demo.installs.machine import UnknownJobError
from invokeai_widgets.demo.paths import is_plain_filename
from invokeai_widgets.demo.web.answers import Crash, Refusal, json_answer, nothing
from invokeai_widgets.demo.web.asking import body, path_id, query

from .table import MODELS, Asked, Route

_PATH = f"{MODELS}/install"


class _Install(BaseModel):
    source: str
    inplace: bool | None = False
    access_token: str | None = None


class _Source(BaseModel):
    source: str


async def install(asked: Asked) -> Response:
    """Start an installation, or find the one of that source which lives."""
    backend = asked.backend
    given = query(asked.request, _Install)
    changes: ModelRecordChanges = await body(asked.request, backend.version.changes)
    if changes.key is not None and not is_plain_filename(changes.key) and backend.version.release >= (6, 13):
        raise Refusal(422, f"Invalid model key {changes.key!r}: it must be a plain filename")
    job = await _start(asked, given.source, changes, bool(given.inplace), given.access_token)
    return _answer(asked, job, 201)


async def _start(
    asked: Asked, source: str, changes: ModelRecordChanges, inplace: bool, token: str | None
) -> Job:
    if source.startswith("external://") and asked.backend.version.is_old:
        raise Refusal(409, f"Unsupported model source: '{source}'")
    try:
        return await asked.backend.machine.start(source, changes, inplace, token)
    except ValueError as error:
        raise Refusal(409, str(error)) from None
    except (UnknownRepositoryError, HubUnreachableError, OSError) as error:
        raise Crash(str(error)) from error


async def list_jobs(asked: Asked) -> Response:
    """All jobs."""
    return json_answer([asked.backend.version.job(job.wire()) for job in asked.backend.machine.jobs()])


async def get_job(asked: Asked) -> Response:
    """One job."""
    return _answer(asked, _job(asked, unknown=404), 200)


async def cancel(asked: Asked) -> Response:
    """Cancel a job in whatever state."""
    await asked.backend.machine.cancel(_job(asked))
    return json_answer(None, 201)


async def prune(asked: Asked) -> Response:
    """Forget the jobs that have ended."""
    asked.backend.machine.prune()
    return nothing()


async def pause(asked: Asked) -> Response:
    """Pause a job, if that has any sense or not."""
    return await _do(asked, asked.backend.machine.pause)


async def resume(asked: Asked) -> Response:
    """Go on with a job that is paused."""
    return await _do(asked, asked.backend.machine.resume)


async def restart_failed(asked: Asked) -> Response:
    """Fetch anew what failed."""
    return await _do(asked, asked.backend.machine.restart_failed)


async def restart_file(asked: Asked) -> Response:
    """Fetch one file anew; the body is its address, a bare string."""
    url = str(await body(asked.request, AnyHttpUrl))
    return await _do(asked, lambda job: asked.backend.machine.restart_file(job, url))


async def install_huggingface(asked: Asked) -> Response:
    """Start an installation from a link on a web page, which gets a page back."""
    source = query(asked.request, _Source).source
    backend = asked.backend
    try:
        found = await backend.hub.repository(source.split("::")[0], None, backend.machine.hub_token)
    except UnknownRepositoryError:
        return _page("No HuggingFace repository found with that repo ID.", source, 400)
    except HubUnreachableError:
        return _page("There was an problem installing this model.", source, 500)
    single = found.checkpoints or []
    if not found.is_diffusers and len(single) != 1:
        return _page("This HuggingFace repo has multiple models.", source, 200)
    await _start(asked, source if found.is_diffusers else single[0], ModelRecordChanges(), False, None)
    return _page("Your HuggingFace model is installing now.", source, 201)


async def _do(asked: Asked, verb: Callable[[Job], Awaitable[None]]) -> Response:
    job = _job(asked)
    try:
        await verb(job)
    except (NotImplementedError, UnknownRepositoryError, HubUnreachableError) as error:
        raise Crash(str(error)) from error
    return _answer(asked, job, 201)


def _job(asked: Asked, unknown: int = 415) -> Job:
    try:
        return asked.backend.machine.get(path_id(asked.request))
    except UnknownJobError as error:
        raise Refusal(unknown, str(error)) from None


def _answer(asked: Asked, job: Job, status: int) -> Response:
    return json_answer(asked.backend.version.job(job.wire()), status)


def _page(heading: str, source: str, status: int) -> Response:
    title = "Model Install Started" if status == 201 else "Unable to Install Model"
    body_text = f"<h2>{heading}</h2><p>Repo ID: {escape(source)}</p>"
    return HTMLResponse(f"<html><head><title>{title}</title></head><body>{body_text}</body></html>", status)


_SINCE_13 = (6, 13)

ROUTES = (
    Route("POST", _PATH, install),
    Route("GET", _PATH, list_jobs),
    Route("DELETE", _PATH, prune),
    Route("GET", f"{_PATH}/huggingface", install_huggingface),
    Route("GET", f"{_PATH}/{{id}}", get_job),
    Route("DELETE", f"{_PATH}/{{id}}", cancel),
    Route("POST", f"{_PATH}/{{id}}/pause", pause, since=_SINCE_13),
    Route("POST", f"{_PATH}/{{id}}/resume", resume, since=_SINCE_13),
    Route("POST", f"{_PATH}/{{id}}/restart_failed", restart_failed, since=_SINCE_13),
    Route("POST", f"{_PATH}/{{id}}/restart_file", restart_file, since=_SINCE_13),
)
