"""Changing a record: what was asked for is what one gets, or an error that says what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from invokeai_widgets.client.endpoints import records
from invokeai_widgets.client.errors import InvalidInput, NotFound, NotSupported
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.client.transport import Transport

from .guards import check_update
from .patience import send_when_free

#: Settings that the server takes for those of a main model unless one of their own is among them.
_OWN_SETTING: Final = {
    "controlnet": "preprocessor",
    "t2i_adapter": "preprocessor",
    "control_lora": "preprocessor",
}


async def update(transport: Transport, key: str, changes: Mapping[str, Any]) -> ModelRecord:
    """The record with the named fields changed and no others."""
    _check(changes)
    changes = {name: _as_list(value) for name, value in changes.items()}
    await check_update(transport, key, changes)
    sent = await _unmistakable(transport, key, changes)
    record = await send_when_free(transport, records.update_model(key, sent))
    ignored = [name for name, value in sent.items() if value is not None and not record.has(name)]
    if ignored:
        raise NotSupported(
            f"The server took no notice of {', '.join(ignored)}: a model of type {record.type} and format"
            f" {record.format} has no such field. Other fields were changed.",
        )
    return record


def _check(changes: Mapping[str, Any]) -> None:
    if not changes:
        raise InvalidInput("There is nothing to change.", advice='Name a field, e.g. description="...".')
    if "key" in changes:
        raise InvalidInput("A model's key cannot be changed.")
    if changes.get("default_settings") == {}:
        raise InvalidInput(
            "Empty default settings are refused by the server.",
            advice="To clear them give default_settings=None.",
        )


def _as_list(value: Any) -> Any:
    """JSON has no sets, and trigger phrases are one."""
    return list(value) if isinstance(value, (set, frozenset, tuple)) else value


async def _unmistakable(transport: Transport, key: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with settings that the server cannot take for those of another class of models."""
    settings = changes.get("default_settings")
    if not isinstance(settings, Mapping) or set(settings) != {"fp8_storage"}:
        return dict(changes)
    record = await existing(transport, key)
    own = _OWN_SETTING.get(record.type)
    return {**changes, "default_settings": {own: None, **settings}} if own else dict(changes)


async def existing(transport: Transport, key: str) -> ModelRecord:
    """The record.

    Raises:
        NotFound: There is none.
    """
    record = await transport.send(records.get_model(key))
    if record is None:
        raise NotFound(404, {"detail": "model not found"}, message=f"There is no model {key}.")
    return record
