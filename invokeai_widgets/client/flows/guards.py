"""Where a server would lose the user's data, look first and refuse.

What servers do: 5.15 overwrites the installed file of a model of the same name; 6.8 moves the new file away
and leaves it without record; both answer a rename to a name in use with a 500; all move the file away from
its place although the key that was asked for is in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from invokeai_widgets.client.endpoints import records, server
from invokeai_widgets.client.errors import (
    InvalidInput,
    InvalidRequest,
    ModelInstallStartError,
    NotSupported,
    ServerFault,
)
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.client.sources import is_path, may_be_folder
from invokeai_widgets.client.transport import Transport

#: The last version known to want name, type and base to be unique together.
_UNIQUE_NAMES: Final = (6, 8, 1)
#: The last version known to ignore these fields of an update.
_FEW_FIELDS: Final = (6, 11, 1)
_NEW_FIELDS: Final = frozenset({"source_url", "cpu_only"})
_NEEDS_6_13: Final = "It needs InvokeAI 6.13.0 or later."
#: The file of a LoRA that is a folder, which a scan does not take for one.
_LORA_FOLDER: Final = "pytorch_lora_weights"


async def check_update(transport: Transport, key: str, changes: Mapping[str, Any]) -> None:
    """Look before an update of an old server.

    Raises:
        NotSupported: It would take no notice of a field.
        InvalidInput: The name is in use, which it answers with a failure.
    """
    await _check_fields(transport, changes)
    name = changes.get("name")
    if name is not None and await wants_unique_names(transport):
        await _check_rename(transport, key, str(name))


async def check_install(
    transport: Transport, source: str, config: Mapping[str, Any], *, inplace: bool
) -> None:
    """Look before an install that could cost the user a file, or could not give what is asked for.

    Raises:
        InvalidInput: The key asked for cannot be one, or the source is a folder of several models.
        NotSupported: The server would take no notice of a field, or does not know the kind of source.
        ModelInstallStartError: The key, or on an old server the name, is in use.
    """
    await _check_version(transport, source, config)
    if may_be_folder(source) and "type" not in config:
        await _check_folder(transport, source)
    key = config.get("key")
    if key is not None and await transport.send(records.get_model(key)) is not None:
        raise ModelInstallStartError(
            f"Could not start the install: there is a model with the key {key} already.",
            advice="Leave the key out, or choose another one.",
        )
    stays = inplace and is_path(source)
    if stays or not await wants_unique_names(transport):
        return
    name = config.get("name") or _name_of(source)
    same = [
        record for record in await transport.send(records.list_models()) if _clashes(record, name, config)
    ]
    if same:
        raise ModelInstallStartError(
            f"Could not start the install: this version of InvokeAI has a {same[0].base} {same[0].type}"
            f" called {name!r} already, and would lose one of the two files.",
            advice='Install it in place, or under another name: config={"name": "..."}.',
        )


#: Of which older servers leave the ending out of a model's name; "FLUX.1-dev" and "x.gguf" stay whole.
_NAMED_BY_STEM: Final = frozenset({".safetensors", ".bin", ".pt", ".ckpt"})


async def wants_unique_names(transport: Transport) -> bool:
    """Whether the server keeps one model of a name, type and base only, and loses files over a second one."""
    return await _is_up_to(_UNIQUE_NAMES, transport)


async def _is_up_to(last: tuple[int, ...], transport: Transport) -> bool:
    release = (await transport.version()).release
    return bool(release) and release <= last


async def _check_version(transport: Transport, source: str, config: Mapping[str, Any]) -> None:
    await _check_fields(transport, config)
    if source.startswith("external://") and await _is_up_to(_FEW_FIELDS, transport):
        raise NotSupported("This server knows no external models.", advice=_NEEDS_6_13)


async def _check_fields(transport: Transport, fields: Mapping[str, Any]) -> None:
    ignored = sorted(_NEW_FIELDS & fields.keys())
    if ignored and await _is_up_to(_FEW_FIELDS, transport):
        raise NotSupported(f"This server takes no notice of {', '.join(ignored)}.", advice=_NEEDS_6_13)


async def _check_folder(transport: Transport, source: str) -> None:
    """A folder of several models would become one record of no known kind, moved away unless in place."""
    folder = source.strip('"')
    try:
        found = await transport.send(server.scan_folder(folder))
    except (InvalidRequest, ServerFault):
        return  # no folder, or one that only the install itself can say something about
    inside = [each.path for each in found if PureWindowsPath(each.path).name != PureWindowsPath(folder).name]
    if not inside or (len(found) == 1 and PureWindowsPath(inside[0]).stem == _LORA_FOLDER):
        return
    raise InvalidInput(
        f"{folder} is not a model but a folder with {len(found)} in it, e.g. {inside[0]}.",
        advice="Install each by its path; scan_folder lists them. If it is one model after all, say of which"
        ' type: config={"type": "..."}.',
    )


async def _check_rename(transport: Transport, key: str, name: str) -> None:
    record = await transport.send(records.get_model(key))
    if record is None:
        return
    for other in await transport.send(records.list_models(name=name)):
        if other.key != key and (other.type, other.base) == (record.type, record.base):
            raise InvalidInput(
                f"There is another {other.base} {other.type} called {name!r}; this server forbids that.",
                advice="Choose another name.",
            )


def _clashes(record: ModelRecord, name: str, config: Mapping[str, Any]) -> bool:
    """What type and base the new model will have is not known before, unless the user says so."""
    same = all(config.get(field) in (None, getattr(record, field)) for field in ("type", "base"))
    return record.name == name and same


def _name_of(source: str) -> str:
    """The name that the server gives by default: that of the file, the folder or the repository."""
    path = source.strip('"')
    if "://" in path:
        path = unquote(urlsplit(path).path)
    elif not is_path(path):
        path = path.partition(":")[0]  # owner/name:variant:folder
    last = PurePosixPath(path.replace("\\", "/"))
    return last.stem if last.suffix in _NAMED_BY_STEM else last.name
