"""Converting a checkpoint to a diffusers folder, and keeping what the server would lose on the way.

The server makes a new record under a new key and deletes the old one. It drops the trigger phrases, default
settings and source URL, and calls the source a path. It goes on when the client gives up. Killed at the end
of it, it leaves the old record under the name `<name>.DELETE`.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Coroutine
from typing import Any, Final

from invokeai_widgets.client.checks import check_timeout
from invokeai_widgets.client.endpoints import records, relations
from invokeai_widgets.client.endpoints.call import CONVERSION, QUICK
from invokeai_widgets.client.errors import (
    APIRequestError,
    Busy,
    InvalidInput,
    InvokeAIError,
    NotAnInvokeAIServer,
    NotFound,
    NotSupported,
    RequestTimedOut,
    ServerFault,
    UnexpectedReply,
    Unreachable,
)
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.client.transport import Transport

from .patience import send_when_free
from .restoring import HALF_DONE, Before, restore
from .updating import existing

_LOOK_EVERY: Final = 1.0
#: So often no conversion must be seen to run until it counts as ended: the request may still be on its way.
_LOOKS: Final = 2
#: Seconds that a server may be away, e.g. to start again, until a conversion is given up.
_AWAY: Final = 600.0
_AWAY_ERRORS: Final = (Unreachable, RequestTimedOut, ServerFault, NotAnInvokeAIServer)
#: What a server answers that could convert now, and does not know the model.
_NO_SUCH_MODEL: Final = (400, 404, 424)
_GOES_ON: Final = (
    "The server may go on with it. While this client is open, what the record held is then written back."
)
_log = logging.getLogger(__name__)
#: Conversions that are followed though nobody waits any more; a loop itself holds its tasks weakly.
_followed: set[asyncio.Task[ModelRecord]] = set()


async def convert(transport: Transport, key: str, timeout: float | None = None) -> ModelRecord:
    """The record of the converted model, with what the old record held."""
    check_timeout(timeout)
    if timeout is not None and timeout <= 0:
        raise InvalidInput("The timeout of a conversion must be more than 0 seconds, or None.")
    deadline = None if timeout is None else time.monotonic() + timeout
    before = await _look_within(timeout, transport, key)
    # The server goes on when the caller is cancelled; so must the writing back of what it drops.
    work = _kept_alive(_converted(transport, before, deadline))
    try:
        await asyncio.wait({work}, timeout=_left(deadline))
    finally:
        if not work.done():
            work.add_done_callback(lambda done: _tell_nobody(done, before))
    if work.done():
        return work.result()
    late = RequestTimedOut(
        f"Converting {before.record.name!r} was not done within {timeout:g} s.", advice=_GOES_ON
    )
    late.maybe_done = True
    raise late


async def _converted(transport: Transport, before: Before, deadline: float | None) -> ModelRecord:
    call = records.convert(before.record.key, _left(deadline) or CONVERSION)
    try:
        converted = await send_when_free(transport, call, deadline)
    except (RequestTimedOut, Unreachable, UnexpectedReply, ServerFault) as error:
        if not error.maybe_done or (isinstance(error, ServerFault) and error.status_code == 500):
            raise _explained(error) from error.__cause__
        converted = await _follow(transport, before, error)
    return await restore(transport, before, converted)


async def _look_within(timeout: float | None, transport: Transport, key: str) -> Before:
    try:
        return await asyncio.wait_for(_look(transport, key), timeout)
    except InvokeAIError:  # one of ours is a TimeoutError, too
        raise
    except asyncio.TimeoutError as error:
        raise RequestTimedOut(
            f"Could not convert model {key}: the server did not say within {timeout:g} s what it holds.",
            advice="Nothing was converted. The server may be busy: try again, or give it more time.",
        ) from error


async def _look(transport: Transport, key: str) -> Before:
    record = await existing(transport, key)
    keys = frozenset(other.key for other in await transport.send(records.list_models()))
    try:
        related = await transport.send(relations.related(key))
    except NotSupported:
        related = []
    return Before(record, keys, tuple(related))


async def _follow(transport: Transport, before: Before, lost: InvokeAIError) -> ModelRecord:
    """The answer was lost, and the conversion may go on: watch it to its end."""
    idle, heard = 0, time.monotonic()
    while True:
        try:
            runs = await _is_running(transport)
            listed = await transport.send(records.list_models())
        except _AWAY_ERRORS:  # the server may be starting again, with a proxy in front of it
            if time.monotonic() > heard + _AWAY:
                raise lost from lost.__cause__
        else:
            heard = time.monotonic()
            old = next((record for record in listed if record.key == before.record.key), None)
            new = next((record for record in listed if _came_of(record, before)), None)
            if new is not None and old is None:
                return new
            idle = 0 if runs else idle + 1
            if idle >= _LOOKS:
                raise _unfinished(before, old, lost) from lost.__cause__
        await asyncio.sleep(_LOOK_EVERY)


def _left(deadline: float | None) -> float | None:
    """Seconds until the deadline."""
    return None if deadline is None else max(0.001, deadline - time.monotonic())


def _kept_alive(work: Coroutine[Any, Any, ModelRecord]) -> asyncio.Task[ModelRecord]:
    """Do it to the end, whoever waits for it."""
    task = asyncio.get_running_loop().create_task(work)
    _followed.add(task)
    task.add_done_callback(_followed.discard)
    return task


def _tell_nobody(done: asyncio.Task[ModelRecord], before: Before) -> None:
    if not done.cancelled() and (error := done.exception()):
        _log.warning("converting %r, which nobody waits for: %s", before.record.name, error)


async def _is_running(transport: Transport) -> bool:
    """Whether a conversion is under way: the server then refuses another, even of an unknown model."""
    try:
        await transport.send(records.convert(str(uuid.uuid4()), QUICK))
    except Busy:
        return True
    except APIRequestError as error:
        if error.status_code not in _NO_SUCH_MODEL:
            raise
    return False


def _came_of(record: ModelRecord, before: Before) -> bool:
    return record.key not in before.keys and record.hash == before.record.hash


def _unfinished(before: Before, old: ModelRecord | None, lost: InvokeAIError) -> InvokeAIError:
    name = before.record.name
    if old is None:
        return NotFound(404, None, message=f"Converting {name!r} ended without a model: its record is gone.")
    if old.name.endswith(HALF_DONE) and not name.endswith(HALF_DONE):
        return Unreachable(
            f"The server was stopped at the end of converting {name!r}: the model is now called"
            f" {old.name!r}, and the converted files belong to no model. ({lost.message})",
            advice="Convert it again: that puts the name right. Then look at list_orphaned_folders().",
        )
    lost.advice, lost.maybe_done = "The model is as it was before: convert it again.", False
    return lost


def _explained(error: InvokeAIError) -> InvokeAIError:
    if isinstance(error, ServerFault):
        return ServerFault(
            error.status_code,
            error.payload,
            message=error.message,
            advice="The model is as it was before. The server may have been unable to load it, or to fetch"
            " the configuration files for its kind from Hugging Face: its log says which.",
        )
    return error
