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
from dataclasses import dataclass
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
    Unreachable,
)
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.client.transport import Transport

from .patience import send_when_free
from .updating import existing

HALF_DONE: Final = ".DELETE"
_LOST: Final = ("trigger_phrases", "default_settings", "source_url", "source_type")
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


@dataclass(frozen=True)
class _Before:
    """What must be true again afterwards."""

    record: ModelRecord
    keys: frozenset[str]
    related: tuple[str, ...]


async def convert(transport: Transport, key: str, timeout: float | None = None) -> ModelRecord:
    """The record of the converted model, with what the old record held."""
    check_timeout(timeout)
    if timeout is not None and timeout <= 0:
        raise InvalidInput("The timeout of a conversion must be more than 0 seconds, or None.")
    before = await _look(transport, key)
    # The server goes on when the caller is cancelled; so must the writing back of what it drops.
    work = asyncio.get_running_loop().create_task(_converted(transport, before, timeout))
    _followed.add(work)
    work.add_done_callback(_followed.discard)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        work.add_done_callback(lambda done: _tell_nobody(done, before))
        raise


async def _converted(transport: Transport, before: _Before, timeout: float | None) -> ModelRecord:
    deadline = None if timeout is None else time.monotonic() + timeout
    call = records.convert(before.record.key, timeout or CONVERSION)
    try:
        converted = await send_when_free(transport, call, deadline)
    except (RequestTimedOut, Unreachable, ServerFault) as error:
        if not error.maybe_done or (isinstance(error, ServerFault) and error.status_code == 500):
            raise _explained(error) from error.__cause__
        converted = await _follow(transport, before, deadline, error)
    return await _restore(transport, before, converted)


async def _look(transport: Transport, key: str) -> _Before:
    record = await existing(transport, key)
    keys = frozenset(other.key for other in await transport.send(records.list_models()))
    try:
        related = await transport.send(relations.related(key))
    except NotSupported:
        related = []
    return _Before(record, keys, tuple(related))


async def _follow(
    transport: Transport, before: _Before, deadline: float | None, lost: InvokeAIError
) -> ModelRecord:
    """The answer was lost, and the conversion may go on: watch it to its end, or until the deadline."""
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
        if deadline is not None and time.monotonic() > deadline:
            _follow_unwatched(transport, before, lost)
            lost.advice, lost.maybe_done = _GOES_ON, True
            raise lost from lost.__cause__
        await asyncio.sleep(_LOOK_EVERY)


def _follow_unwatched(transport: Transport, before: _Before, lost: InvokeAIError) -> None:
    """Nobody waits any longer; but what the server drops must not be lost."""

    async def follow() -> ModelRecord:
        return await _restore(transport, before, await _follow(transport, before, None, lost))

    task = asyncio.get_running_loop().create_task(follow())
    _followed.add(task)
    task.add_done_callback(_followed.discard)
    task.add_done_callback(lambda done: _tell_nobody(done, before))


def _tell_nobody(done: asyncio.Task[ModelRecord], before: _Before) -> None:
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


def _came_of(record: ModelRecord, before: _Before) -> bool:
    return record.key not in before.keys and record.hash == before.record.hash


def _unfinished(before: _Before, old: ModelRecord | None, lost: InvokeAIError) -> InvokeAIError:
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


async def _restore(transport: Transport, before: _Before, converted: ModelRecord) -> ModelRecord:
    """Write back what the conversion dropped, and give the record as it then is."""
    key, held = converted.key, _dropped(before.record, converted)
    failures: list[InvokeAIError] = []
    for name, value in [*held.items()]:  # one by one: a field that is refused does not cost the others
        try:
            await send_when_free(transport, records.update_model(key, {name: value}))
            del held[name]
        except InvokeAIError as error:
            failures.append(error)
    unlinked = await _link_again(transport, before, converted, failures)
    try:
        record = await existing(transport, key)
    except InvokeAIError as error:
        failures.append(error)
    if failures:
        raise _not_restored(before.record, key, held, unlinked, failures[0]) from failures[0]
    return record


def _not_restored(
    old: ModelRecord, key: str, held: dict[str, Any], unlinked: list[str], why: InvokeAIError
) -> InvokeAIError:
    fields = ", ".join([repr(key), *(f"{name}={redact_text(repr(value))}" for name, value in held.items())])
    again = [f"update_model({fields})"] if held else []
    again += [f"link_models({key!r}, {other!r})" for other in unlinked]
    return InvokeAIError(
        f"{old.name!r} was converted (its key is now {key}), but not all that its record held could be"
        f" written back. {why.message}",
        advice=f"Write it back by {', '.join(again)}." if again else "Read the model again.",
    )


def _dropped(old: ModelRecord, new: ModelRecord) -> dict[str, Any]:
    known = [name for name in _LOST if old.has(name)]
    changes: dict[str, Any] = {
        name: getattr(old, name) for name in known if getattr(old, name) != getattr(new, name)
    }
    if changes.get("source_type", "") is None:
        del changes["source_type"]
    name = old.name.removesuffix(HALF_DONE)
    return changes if new.name == name else {**changes, "name": name}


async def _link_again(
    transport: Transport, before: _Before, converted: ModelRecord, failures: list[InvokeAIError]
) -> list[str]:
    """Link it to the models that the old one was linked to; gives those that could not be."""
    if not before.related:
        return []
    try:
        linked = await transport.send(relations.related(converted.key))
    except InvokeAIError as error:
        failures.append(error)
        return [*before.related]
    unlinked = []
    for key in before.related:
        try:
            if key not in linked:
                await transport.send(relations.link(converted.key, key))
        except InvokeAIError as error:  # it may be gone since; the others must not be lost for it
            failures.append(error)
            unlinked.append(key)
    return unlinked
