"""Deleting models: never twice, and true about what became of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from invokeai_widgets.client.endpoints import Call, records
from invokeai_widgets.client.endpoints.call import key_path
from invokeai_widgets.client.errors import InvalidInput, InvokeAIError, NotSupported
from invokeai_widgets.client.schema import BulkResult, DeleteSummary
from invokeai_widgets.client.transport import Transport

from .looking import seen
from .patience import send_when_free

#: Keys in one request, so that none takes minutes.
_AT_ONCE: Final = 100

_Several: TypeAlias = Callable[[Transport, Sequence[str]], Awaitable[BulkResult]]


async def delete_one(transport: Transport, key: str) -> bool:
    """Delete a model; a request whose answer was lost is settled by looking for the model."""
    try:
        await send_when_free(transport, records.delete_model(key))
    except InvokeAIError as error:
        if not error.maybe_done or await seen(transport.send(records.get_model(key)), error) is not None:
            raise
    return True


async def delete_many(transport: Transport, keys: Iterable[str]) -> BulkResult:
    """Delete models in bulk, or one by one where the server cannot; with the outcome of each."""
    return await in_bulk(transport, keys, _delete_some, lambda key: delete_one(transport, key))


async def delete_all(transport: Transport) -> DeleteSummary:
    """Delete every model there is."""
    found = await transport.send(records.list_models())
    result = await delete_many(transport, [record.key for record in found])
    return DeleteSummary(
        total=len(found), deleted=len(result.succeeded), failed=len(result.failed), errors=result.failed
    )


async def in_bulk(
    transport: Transport,
    keys: Iterable[str],
    several: _Several,
    single: Callable[[str], Awaitable[object]],
) -> BulkResult:
    """The outcome for each key, once each, in the order asked.

    `several` does some at once. `single` does one: where the server cannot do several, and for those that
    were refused in bulk because something else held them.
    """
    wanted = _checked(keys)
    outcomes = _Outcomes()
    for key in await _some_at_once(transport, wanted, several, outcomes):
        try:
            await single(key)
        except InvokeAIError as error:
            outcomes.failed[key] = error.message
        else:
            outcomes.done.add(key)
            outcomes.failed.pop(key, None)
    return outcomes.of(wanted)


class _Outcomes:
    """What became of keys, as far as it is known."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.failed: dict[str, str] = {}

    def add(self, result: BulkResult) -> None:
        self.done.update(result.succeeded)
        self.failed.update(result.failed)

    def of(self, wanted: Sequence[str]) -> BulkResult:
        return BulkResult(
            succeeded=tuple(key for key in wanted if key in self.done),
            failed={
                key: self.failed.get(key, "The server did not say.") for key in wanted if key not in self.done
            },
        )


def _checked(keys: Iterable[str]) -> list[str]:
    """The keys, once each; refuses what cannot be one before anything is sent."""
    if isinstance(keys, (str, bytes, Mapping)) or hasattr(keys, "columns"):
        raise InvalidInput(
            f"Keys are needed, not {type(keys).__name__}.",
            advice="Give a list of keys, e.g. [key] or list(frame.index).",
        )
    wanted = list(dict.fromkeys(keys))
    for key in wanted:
        key_path(key)
    return wanted


async def _some_at_once(
    transport: Transport, wanted: Sequence[str], several: _Several, outcomes: _Outcomes
) -> Sequence[str]:
    """Do all, in portions; gives those that are left to be done one by one."""
    left: list[str] = []
    for start in range(0, len(wanted), _AT_ONCE):
        try:
            result = await several(transport, wanted[start : start + _AT_ONCE])
        except NotSupported:
            return wanted
        except InvokeAIError as error:
            if not outcomes.done and not outcomes.failed:
                raise
            outcomes.failed.update(dict.fromkeys(wanted[start:], error.message))  # what is done stays known
            break
        outcomes.add(result)
        left += [key for key, why in result.failed.items() if "already in progress" in why]
    return left


async def _delete_some(transport: Transport, keys: Sequence[str]) -> BulkResult:
    """Delete in one request. If its answer is lost, whatever is not there any more counts as deleted."""
    call: Call[BulkResult] = records.delete_models(keys)
    try:
        return await transport.send(call)
    except InvokeAIError as error:
        if not error.maybe_done:
            raise
        left = {record.key for record in await seen(transport.send(records.list_models()), error)}
        return BulkResult(
            succeeded=tuple(key for key in keys if key not in left),
            failed={key: error.message for key in keys if key in left},
        )
