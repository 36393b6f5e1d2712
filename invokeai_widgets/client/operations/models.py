"""Models: list, read, change, remove."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from invokeai_widgets.client.endpoints import records
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.flows import converting, deleting, updating
from invokeai_widgets.client.flows.identifying import reidentify_many, reidentify_one
from invokeai_widgets.client.schema import BulkResult, DeleteSummary, ModelRecord

from .base import Operations


class ModelOperations(Operations):
    """The operations on models."""

    async def list_models(
        self,
        *,
        base: str | Iterable[str] | None = None,
        type: str | None = None,  # noqa: A002 - InvokeAI's word
        name: str | None = None,
        format: str | None = None,  # noqa: A002 - InvokeAI's word
        order_by: str | None = None,
        direction: str | None = None,
    ) -> list[ModelRecord]:
        """All models, or those that fit the filters, each once (`GET /api/v2/models/`).

        Args:
            base: One base, e.g. `"sdxl"`, or several.
            type, format: InvokeAI's words, e.g. `"lora"`, `"lycoris"`.
            name: The whole name, in upper and lower case as it is.
            order_by: `default` (type, base, format, name), `type`, `base`, `name` (what the server does if
                nothing is said), `format`, `size`, `created_at`, `updated_at` or `path`. Needs InvokeAI 6.13.
            direction: `ASC` or `DESC`. Needs InvokeAI 6.13.

        Raises:
            InvalidInput: An order or direction that does not exist, or an empty filter.
            InvalidRequest: The server does not know the type, the format or the base; among several bases one
                that it does not know is passed over.
        """
        bases = None if base is None else {base} if isinstance(base, str) else set(base)
        _no_blanks(type=type, name=name, format=format)
        if bases is not None:
            _no_blanks(base=min(bases, default=""))
        # Asked for several bases the server sorts each by itself: better to sort out here.
        asked = next(iter(bases)) if bases and len(bases) == 1 else None
        found = await self._transport.send(
            records.list_models(asked, type, name, format, order_by, direction)
        )
        return [record for record in found if not bases or record.base in bases]

    async def get_model_by_key(self, key: str) -> ModelRecord | None:
        """The model, or None if there is none with that key (`GET /api/v2/models/i/{key}`).

        Raises:
            InvalidInput: It cannot be a key: empty, or with a slash.
        """
        return await self._transport.send(records.get_model(key))

    async def get_model_by_attrs(
        self,
        *,
        name: str,
        type: str,  # noqa: A002 - InvokeAI's word
        base: str,
    ) -> ModelRecord | None:
        """The first model with that name, type and base, or None (`GET /api/v2/models/get_by_attrs`).

        Raises:
            InvalidRequest: The server does not know the type or base.
        """
        return await self._transport.send(records.get_by_attrs(name, type, base))

    async def get_models_by_hash(self, hash: str) -> list[ModelRecord]:  # noqa: A002 - InvokeAI's word
        """All models with that hash, e.g. `"blake3:..."`; several if a file was installed more than once.

        Reads the whole list (`GET /api/v2/models/`), as the server's own search gives the first one only.
        """
        _no_blanks(hash=hash)
        return [record for record in await self.list_models() if record.hash == hash]

    async def list_missing_models(self) -> list[ModelRecord]:
        """The models whose file is gone (`GET /api/v2/models/missing`). An empty folder counts as there.

        `cover_image` is None in all of them: the server leaves it out here.

        Raises:
            NotSupported: The server is older than InvokeAI 6.13.
        """
        return await self._transport.send(records.missing_models())

    async def update_model(self, key: str, **changes: Any) -> ModelRecord:
        """Change the named fields of a model and no others; gives the record (`PATCH .../i/{key}`).

        None clears a field. `default_settings` are replaced as a whole; `trigger_phrases` are a set.
        Another type or base drops the fields that the new class of models lacks, for good. Waits up to
        about 10 seconds for a model that something else holds.

        Raises:
            InvalidInput: Nothing to change, or something that cannot be.
            NotFound, InvalidRequest, Conflict: The server refused; `InvalidRequest.fields` says what is
                wrong.
            NotSupported: The model's class, or this version of the server, lacks a field. The message says
                whether others were changed.
        """
        return await updating.update(self._transport, key, changes)

    async def reidentify_model(self, key: str) -> ModelRecord:
        """Have the server look at the file again; gives the record (`POST .../i/{key}/reidentify`).

        The default settings fall back to those that the server finds; name, description and trigger phrases
        stay.

        Raises:
            NotFound: There is no such model.
            ServerFault: The file is gone, or the model is an external one.
            NotSupported: The server is older than InvokeAI 6.11.
        """
        return await reidentify_one(self._transport, key)

    async def reidentify_models(self, keys: Iterable[str]) -> BulkResult:
        """Do `reidentify_model` for several, with the outcome of each.

        `POST /api/v2/models/i/bulk_reidentify`, or one by one on servers older than InvokeAI 6.13; on those
        older than 6.11 all fail.

        Raises:
            InvalidInput: Not several keys, or something that cannot be one; nothing was sent.
        """
        return await reidentify_many(self._transport, keys)

    async def convert_model(self, key: str, *, timeout: float | None = None) -> ModelRecord:
        """Convert a checkpoint to a diffusers folder; gives the new record (`PUT .../convert/{key}`).

        The key changes. The old file is deleted, unless it is used in place: then it stays, without a
        record. Trigger phrases, default settings, source URL and type, and links to other models, which the
        server drops, are written back. Takes minutes for a large model. If the answer is lost or late, the
        conversion is followed to its end.

        Args:
            timeout: Seconds to wait at most, more than 0; to its end if nothing is said.

        Raises:
            NotFound: There is no such model.
            InvalidRequest: It is not a main checkpoint of SD 1, SD 2 or SDXL.
            Busy: Another conversion is under way.
            ServerFault: The server could not load it, or not fetch what it needs from Hugging Face.
            RequestTimedOut: Not done in time. It may still go on: what the server drops is then written back
                when it ends, while this client is open.
            InvokeAIError: It was converted, but not all could be written back; the advice has what could not.
        """
        return await converting.convert(self._transport, key, timeout)

    async def delete_model(self, key: str) -> bool:
        """Delete a model: True once it is gone (`DELETE /api/v2/models/i/{key}`).

        The file goes too, unless it is used in place from outside of InvokeAI's models folder.

        Raises:
            NotFound: There is no such model.
        """
        return await deleting.delete_one(self._transport, key)

    async def delete_models(self, keys: Iterable[str]) -> BulkResult:
        """Delete several models, files included as in `delete_model`, with the outcome of each.

        `POST /api/v2/models/i/bulk_delete`, or one by one on servers older than InvokeAI 6.11.

        Raises:
            InvalidInput: Not several keys, or something that cannot be one; nothing was sent.
        """
        return await deleting.delete_many(self._transport, keys)

    async def delete_all_models(self) -> DeleteSummary:
        """Delete every model there is, files included as in `delete_model`, as far as it goes.

        Gives a dict: `total`, `deleted` and `failed` are numbers, `errors` the reasons by key. As
        `delete_models` of all that `GET /api/v2/models/` lists.
        """
        return await deleting.delete_all(self._transport)


def _no_blanks(**filters: str | None) -> None:
    for name, value in filters.items():
        if value is not None and not isinstance(value, str):
            raise InvalidInput(f"The {name} must be text, not {value!r}.")
        if value is not None and not value.strip():
            raise InvalidInput(f"The {name} is empty.", advice="Leave it out to have all.")
