"""Writing back what a conversion drops: fields of the record, its name, its links to other models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from invokeai_widgets.client.endpoints import records, relations
from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.client.transport import Transport

from .patience import send_when_free
from .updating import existing

#: What a server that is killed at the end of a conversion leaves behind the old record's name.
HALF_DONE: Final = ".DELETE"
_LOST: Final = ("trigger_phrases", "default_settings", "source_url", "source_type")


@dataclass(frozen=True)
class Before:
    """What must be true again afterwards."""

    record: ModelRecord
    keys: frozenset[str]
    related: tuple[str, ...]


async def restore(transport: Transport, before: Before, converted: ModelRecord) -> ModelRecord:
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
    transport: Transport, before: Before, converted: ModelRecord, failures: list[InvokeAIError]
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
