"""What the server panel does to the server: its cache, its missing models, its orphaned folders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvalidInput, InvokeAIError
from invokeai_widgets.live.outcome import Outcome

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import OrphanedFolder
    from invokeai_widgets.live.connection import Connection

_Verb = Callable[[list[str]], Awaitable[list[Outcome]]]


class Tidying:
    """The verbs of the server panel. Mixed into `ServerPanel`; all of it runs on the loop thread."""

    connection: Connection
    _orphans: list[OrphanedFolder]

    async def do_empty_cache(self) -> None:
        """Drop all models from the server's memory; their files stay."""
        await self.connection.empty_cache()

    async def do_reidentify(self, keys: list[str]) -> list[dict[str, Any]]:
        """Have the server look at files again that were gone and may be back."""
        return await self._settle(
            keys, self.connection.reidentify, back=True, refusal="Its file is still not there."
        )

    async def do_drop(self, keys: list[str]) -> list[dict[str, Any]]:
        """Delete the records of models whose file is gone. Whose file is back would lose it, and stays."""
        return await self._settle(
            keys, self.connection.delete, back=False, refusal="Its file is back, so it was kept."
        )

    async def _settle(
        self, keys: list[str], verb: _Verb, *, back: bool, refusal: str
    ) -> list[dict[str, Any]]:
        """Do it to those whose file is `back` (or is not) at this moment; refuse the others."""
        names = {key: model.name for key, model in self.connection.snapshot.models.items()}
        gone = {model.key for model in await self.connection.missing()}
        able = [key for key in keys if (key not in gone) is back]
        done = await verb(able) if able else []
        refused = [Outcome(key, False, refusal) for key in keys if key not in able]
        with suppress(InvokeAIError):  # it is done all the same: what is missing now is read later
            await self.connection.missing()
        return [{**each.to_wire(), "name": names.get(each.key, each.key)} for each in (*done, *refused)]

    async def do_move(self, key: str, path: str) -> dict[str, Any]:
        """Say where the file is now: {message, ok}. The server takes any path: is the file found there?

        Raises `InvalidInput` for no path, or one that another model has.
        """
        path = path.strip()
        if not path:
            raise InvalidInput("The path is empty.", advice="Name the file or folder on the server.")
        others = self.connection.snapshot.models.values()
        same = next((m.name for m in others if m.path == path and m.key != key), None)
        if same is not None:
            raise InvalidInput(f"{same} has that path already.", advice="Drop this record instead.")
        await self.connection.update(key, {"path": path})
        gone = {model.key for model in await self.connection.missing()}
        found = "The server finds it there." if key not in gone else "The server finds nothing there either."
        return {"message": f"Path changed. {found}", "ok": key not in gone}

    async def do_delete_orphans(self, paths: list[str]) -> list[dict[str, Any]]:
        """Delete folders that belong to no model, with all their files."""
        known = {folder.path for folder in self._orphans}
        strange = next((path for path in paths if path not in known), None)
        if strange is not None:
            raise InvalidInput(f"{strange} is not an orphaned folder.", advice="Refresh the list.")
        # A model may have come into one of them since the list was read.
        await self.read_orphans()
        still = {folder.path for folder in self._orphans}
        able = [path for path in paths if path in still]
        done = await self.connection.delete_orphans(able)
        refused = [
            Outcome(path, False, "It is no longer orphaned, so it was kept.")
            for path in paths
            if path not in still
        ]
        try:
            await self.read_orphans()
        except InvokeAIError:  # they are deleted all the same: what is left is not known
            self._orphans = [folder for folder in self._orphans if folder.path not in able]
        return [{**each.to_wire(), "name": each.key} for each in (*done, *refused)]

    async def read_orphans(self) -> None:
        """Have the server look through its models folder."""
        raise NotImplementedError
