"""The end of an install: what was asked for is what one gets, or the job says in words what is not so.

Of the overrides in an install's body the server drops many without a word, and all of them if an install of
the same source is under way already. It reports a model that is there already as a failure. And a password or
token in an address stays readable in the model's `source`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from invokeai_widgets.client.advice import warning_for
from invokeai_widgets.client.endpoints import records
from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.schema import InstallStatus, ModelInstJobInfo, ModelRecord
from invokeai_widgets.client.sources import is_path, same_source, without_secrets
from invokeai_widgets.client.transport import Transport

from .updating import existing, update

ALREADY_INSTALLED: Final = "already_installed"
#: What a record cannot be given afterwards: it follows from the file, or is the identity.
_FIXED: Final = frozenset({"key", "hash", "file_size", "type", "base", "format", "variant"})
_PATH_IN_USE: Final = re.compile(r"with path '(.+)' is already installed")


@dataclass(frozen=True)
class Wanted:
    """What an install was asked for. The source may hold secrets: do not show it."""

    source: str = field(repr=False)
    config: Mapping[str, Any] = field(default_factory=dict)


class Models:
    """All models of a server, read when first asked for and then no more."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = asyncio.Lock()
        self._listed: list[ModelRecord] | None = None

    async def listed(self) -> list[ModelRecord]:
        async with self._lock:
            if self._listed is None:
                self._listed = await self._transport.send(records.list_models())
            return self._listed


async def settle(transport: Transport, info: ModelInstJobInfo, wanted: Wanted) -> ModelInstJobInfo:
    """The end of a job of ours as it is to be shown, from the end that the server reported.

    Puts right what the server left out of the record. What could not be done is in the job's `warning`.
    """
    info = await settle_duplicate(Models(transport), info)
    if info.status != InstallStatus.COMPLETED or info.config_out is None:
        return info
    if info.extra.get("reason") == ALREADY_INSTALLED:
        return _with_notes(info, _not_changed(info.config_out, wanted.config))
    record, notes = await _put_right(transport, info.config_out, wanted)
    return _with_notes(info.replaced(config_out=record), notes)


async def settle_duplicate(models: Models, info: ModelInstJobInfo) -> ModelInstJobInfo:
    """The end of a job; a good one if it failed because the very model is there already."""
    if not is_duplicate(info):
        return info
    try:
        record = find_installed(await models.listed(), info)
    except InvokeAIError:
        return info
    return already_installed(info, record) if record is not None else info


def is_duplicate(info: ModelInstJobInfo) -> bool:
    """Whether the server ended a job because of something that is there already; if only a name or a key."""
    return info.status == InstallStatus.ERROR and "Duplicate" in (info.error_reason or "")


def find_installed(models: Iterable[ModelRecord], info: ModelInstJobInfo) -> ModelRecord | None:
    """The model that is there already from the source of a job, if there is one.

    A local file is that of a model only where it lies: another one may have been put in its place since.
    """
    named = _PATH_IN_USE.search(info.error or "")  # links are followed in it
    path = named[1] if named and info.inplace else info.source
    for record in models:
        if same_source(record.path, path):
            return record
        if not is_path(info.source) and same_source(record.source, info.source):
            return record
    return None


def already_installed(info: ModelInstJobInfo, record: ModelRecord) -> ModelInstJobInfo:
    """The job as one that has ended well, with the model that was there before."""
    return info.replaced(
        status=InstallStatus.COMPLETED,
        config_out=record,
        model_key=record.key,
        error=None,
        error_reason=None,
        extra={**info.extra, "reason": ALREADY_INSTALLED},
    )


def there_before(
    info: ModelInstJobInfo, record: ModelRecord, config: Mapping[str, Any], *notes: str
) -> ModelInstJobInfo:
    """The end of an install that was not needed; it says which of the overrides the model does not have."""
    info = already_installed(info, record)
    return _with_notes(info, [*notes, *_not_changed(record, config)])


def _with_notes(info: ModelInstJobInfo, notes: list[str]) -> ModelInstJobInfo:
    words = [warning_for(info), *notes]
    return info.replaced(warning=" ".join(filter(None, words)) or None)


def _not_changed(record: ModelRecord, config: Mapping[str, Any]) -> list[str]:
    """What was there before is the user's, and is not changed by another install of it."""
    names = [name for name, value in config.items() if not _has(record, name, value)]
    if not names:
        return []
    return [f"The model was there already; {', '.join(names)} of it were not changed: see update_model."]


async def _put_right(
    transport: Transport, record: ModelRecord, wanted: Wanted
) -> tuple[ModelRecord, list[str]]:
    """The record with what was asked for, and what could not be had, in words."""
    missing = {name: value for name, value in wanted.config.items() if not _has(record, name, value)}
    refused = sorted(_FIXED & missing.keys())
    notes = [f"The server did not take {', '.join(refused)} as asked for."] if refused else []
    changes = {name: value for name, value in missing.items() if name not in _FIXED}
    if (clean := without_secrets(wanted.source)) != wanted.source:
        changes["source"] = clean
    for name, value in changes.items():  # one by one: a field that is refused does not cost the others
        try:
            await update(transport, record.key, {name: value})
        except InvokeAIError as error:
            notes.append(f"{name} could not be set: {error.message}")
    if not changes:
        return record, notes
    try:
        return await existing(transport, record.key), notes
    except InvokeAIError as error:
        return record, [*notes, error.message]


def _has(record: ModelRecord, name: str, value: Any) -> bool:
    """Whether the record says what was asked for; nothing was, where the value is None or an empty name."""
    if value is None or (name, value) == ("name", ""):
        return True
    found = getattr(record, name, None)
    if name == "trigger_phrases":
        return set(found or ()) == set(value)
    if isinstance(value, Mapping):  # the server adds the settings that were not given, as null
        return isinstance(found, Mapping) and all(found.get(key) == each for key, each in value.items())
    return bool(found == value)
