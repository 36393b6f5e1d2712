"""What can be done to models from the table. Every verb answers with one outcome for each model."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvalidInput, InvokeAIError
from invokeai_widgets.library.export import csv_of, json_of
from invokeai_widgets.live.outcome import Outcome
from invokeai_widgets.widgets.table.editing import changed_fields
from invokeai_widgets.widgets.table.plans import plan_of
from invokeai_widgets.widgets.table.shelf import Shelf

if TYPE_CHECKING:
    from invokeai_widgets.live.connection import Connection


class Acting:
    """The verbs of the table. Mixed into `ModelTable`; all of it runs on the loop thread."""

    connection: Connection
    _shelf: Shelf
    _said_gone: frozenset[str] = frozenset()  # of which a plan has said that there is no file to delete

    async def do_plan(self, action: str, keys: list[str]) -> dict[str, Any]:
        """What an action would do to these: see `plan_of`. Nothing is done."""
        shelf = self._shelf
        if action == "delete" and self._gone(keys):
            with suppress(InvokeAIError):  # before anything is deleted it is looked again
                await self.connection.missing()
            shelf = shelf.after(self.connection.snapshot)
            self._said_gone |= self._gone(keys)
        return plan_of(action, shelf.catalog, keys)

    async def do_delete(self, keys: list[str]) -> list[dict[str, Any]]:
        """Delete the records, and the files where `do_plan` said so; a file that came back since is kept."""
        names = self._names(keys)
        gone = self._gone(keys) | self._said_gone.intersection(keys)
        back = gone - {model.key for model in await self.connection.missing()} if gone else frozenset()
        self._said_gone -= gone
        able = [key for key in keys if key not in back]
        done = {outcome.key: outcome for outcome in await self.connection.delete(able)} if able else {}
        kept = {key: Outcome(key, False, "Its file is back, so it was kept.") for key in back}
        return _told(((done | kept)[key] for key in dict.fromkeys(keys)), names)

    def _gone(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of the keys whose file the server did not find."""
        return self.connection.snapshot.missing & frozenset(keys)

    async def do_reidentify(self, keys: list[str]) -> list[dict[str, Any]]:
        """Have the server look at the files again."""
        names = self._names(keys)
        return _told(await self.connection.reidentify(keys), names)

    async def do_convert(self, keys: list[str]) -> list[dict[str, Any]]:
        """Convert checkpoints to diffusers, one after the other."""
        names = self._names(keys)
        return _told(await self.connection.convert(keys), names)

    async def do_set_cover(self, keys: list[str], image: str) -> list[dict[str, Any]]:
        """Give one model a cover; `image` is the file's bytes as base64."""
        try:
            content = base64.b64decode(image, validate=True)
        except binascii.Error as error:
            raise InvalidInput("The picture did not arrive whole.") from error
        names = self._names(keys)
        return _told([await self._set_cover(key, content) for key in keys], names)

    async def _set_cover(self, key: str, content: bytes) -> Outcome:
        try:
            await self.connection.set_cover(key, content)
        except InvokeAIError as error:
            return Outcome.of_error(key, error)
        return Outcome(key, True, "Cover set")

    async def do_update(self, key: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Change what the editor changed: {ok, message, advice}. A refusal belongs into the editor."""
        try:
            record = self._shelf.models.get(key)
            if record is not None and any(name.startswith("settings.") for name in changes):
                record = await self.connection.read_model(key)  # the server replaces all of them at once
            if record is None:
                raise InvokeAIError("This model is no longer there.")
            fields = changed_fields(record, changes)
            if fields:
                await self.connection.update(key, fields)
        except InvokeAIError as error:
            return {"ok": False, "message": error.message, "advice": error.advice}
        return {"ok": True, "message": "Saved", "advice": None}

    async def do_export(self, keys: list[str], format: str) -> str:  # noqa: A002 - as people call it
        """The rows of these keys as CSV or JSON text."""
        frame = self._shelf.catalog.frame.loc[[key for key in keys if key in self._shelf.catalog.row_of]]
        return csv_of(frame) if format == "csv" else json_of(frame)

    def _names(self, keys: Iterable[str]) -> dict[str, str]:
        """What the models are called, looked up before they may be gone."""
        catalog = self._shelf.catalog
        return {
            key: catalog.values("name")[catalog.row_of[key]] or key for key in keys if key in catalog.row_of
        }


def _told(outcomes: Iterable[Outcome], names: dict[str, str]) -> list[dict[str, Any]]:
    return [{**outcome.to_wire(), "name": names.get(outcome.key, outcome.key)} for outcome in outcomes]
