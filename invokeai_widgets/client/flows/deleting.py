"""Deleting models: never twice, and true about what became of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final

from invokeai_widgets.client.endpoints import Call, records
from invokeai_widgets.client.errors import InvalidInput, InvokeAIError, NotSupported
from invokeai_widgets.client.schema import BulkResult, DeleteSummary
from invokeai_widgets.client.transport import Transport

from .patience import send_when_free

#: Keys in one request, so that none takes minutes.
_AT_ONCE: Final = 100


async def delete_one(transport: Transport, key: str) -> bool:
    """Delete a model; a request whose answer was lost is settled by looking for the model."""
    try:
        await send_when_free(transport, records.delete_model(key))
    except InvokeAIError as error:
        if not error.maybe_done or await transport.send(records.get_model(key)) is not None:
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
    several: Callable[[Transport, Sequence[str]], Awaitable[BulkResult]],
    single: Callable[[str], Awaitable[object]],
) -> BulkResult:
    """The outcome for each key, once each, in the order asked.

    `several` does some at once. `single` does one: where the server cannot do several, and for those that
    were refused in bulk because something else held them.
    """
    if isinstance(keys, (str, bytes, Mapping)) or hasattr(keys, "columns"):
        raise InvalidInput(
            f"Keys are needed, not {type(keys).__name__}.",
            advice="Give a list of keys, e.g. [key] or list(frame.index).",
        )
    wanted = list(dict.fromkeys(keys))
    for key in wanted:
        records.get_model(key)  # refuses what cannot be a key before anything is sent
    done: set[str] = set()
    failed: dict[str, str] = {}
    one_by_one: list[str] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        try:
            result = await several(transport, some)
        except NotSupported:
            one_by_one = wanted
            break
        except InvokeAIError as error:
            if not done and not failed:
                raise
            failed.update(dict.fromkeys(wanted[start:], error.message))  # what is done is not forgotten
            break
        done.update(result.succeeded)
        failed.update(result.failed)
        one_by_one += [key for key, why in result.failed.items() if "already in progress" in why]
    for key in one_by_one:
        try:
            await single(key)
        except InvokeAIError as error:
            failed[key] = error.message
        else:
            done.add(key)
            failed.pop(key, None)
    return BulkResult(
        succeeded=tuple(key for key in wanted if key in done),
        failed={key: failed.get(key, "The server did not say.") for key in wanted if key not in done},
    )


async def _delete_some(transport: Transport, keys: Sequence[str]) -> BulkResult:
    call: Call[BulkResult] = records.delete_models(keys)
    try:
        return await transport.send(call)
    except InvokeAIError as error:
        if not error.maybe_done:
            raise
        try:
            left = {record.key for record in await transport.send(records.list_models())}
        except InvokeAIError:
            raise error from error.__cause__  # it says that something may have been done
        return BulkResult(
            succeeded=tuple(key for key in keys if key not in left),
            failed={key: error.message for key in keys if key in left},
        )
