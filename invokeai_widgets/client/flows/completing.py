"""The end of an install: what was asked for is what one gets, or the job says in words what is not so.

Of the overrides in an install's body the server drops many without a word, and all of them if an install of
the same source is under way already. It reports a model that is there already as a failure. And a password or
token in an address stays readable in the model's `source`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from invokeai_widgets.client.advice import advice_for, warning_for
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


async def settle(
    transport: Transport, info: ModelInstJobInfo, asked: Wanted | None = None
) -> ModelInstJobInfo:
    """The job as it is to be shown, from a state that the server reported; of one that goes on, the same.

    Puts right what the server left out of the record, so call it once when the job ends. Never fails: what
    could not be done is in the job's `warning`.
    """
    notes: list[str] = []
    if info.status == InstallStatus.ERROR and "Duplicate" in (info.error_reason or ""):
        info = await _if_there(transport, info)
    if info.status == InstallStatus.COMPLETED and asked is not None and info.config_out is not None:
        record, notes = await _put_right(transport, info.config_out, asked)
        info = info.model_copy(update={"config_out": record})
    if warning := warning_for(info):
        notes.insert(0, warning)
    return info.model_copy(update={"advice": advice_for(info), "warning": " ".join(notes) or info.warning})


async def find_installed(transport: Transport, info: ModelInstJobInfo) -> ModelRecord | None:
    """The model that is there already from the source of a job, if there is one.

    A local file is that of a model only where it lies: another one may have been put in its place since.
    """
    named = _PATH_IN_USE.search(info.error or "")  # links are followed in it
    path = named[1] if named and info.inplace else info.source
    for record in await transport.send(records.list_models()):
        if same_source(record.path, path):
            return record
        if not is_path(info.source) and same_source(record.source, info.source):
            return record
    return None


def already_installed(info: ModelInstJobInfo, record: ModelRecord) -> ModelInstJobInfo:
    """The job as one that has ended well, with the model that was there before."""
    return info.model_copy(
        update={
            "status": InstallStatus.COMPLETED,
            "config_out": record,
            "model_key": record.key,
            "error": None,
            "error_reason": None,
            "extra": {**info.extra, "reason": ALREADY_INSTALLED},
        }
    )


async def _if_there(transport: Transport, info: ModelInstJobInfo) -> ModelInstJobInfo:
    """A duplicate is no failure, unless it is only the name or the key that another model has."""
    try:
        record = await find_installed(transport, info)
    except InvokeAIError:
        return info
    return already_installed(info, record) if record is not None else info


async def _put_right(
    transport: Transport, record: ModelRecord, asked: Wanted
) -> tuple[ModelRecord, list[str]]:
    """The record with what was asked for, and what could not be had, in words."""
    wanted = {name: value for name, value in asked.config.items() if not _has(record, name, value)}
    refused = sorted(_FIXED & wanted.keys())
    notes = [f"The server did not take {', '.join(refused)} as asked for."] if refused else []
    changes = {name: value for name, value in wanted.items() if name not in _FIXED}
    if (clean := without_secrets(asked.source)) != asked.source:
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
