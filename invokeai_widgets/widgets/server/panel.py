"""`ServerPanel`: the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.errors import InvokeAIError, NotAllowed, NotSupported
from invokeai_widgets.library.labels import name_of
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import problem_text, table_html, table_text
from invokeai_widgets.widgets.loaded import LoadedPanel
from invokeai_widgets.widgets.server.cache import CacheHistory, stats_row
from invokeai_widgets.widgets.server.tidying import Tidying

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelRecord, OrphanedFolder, User
    from invokeai_widgets.live.store import Snapshot

_POLL = 5.0  # seconds between two looks at the cache while somebody watches


class ServerPanel(Tidying, LoadedPanel):
    """Version, mode and user of the server; its model cache over time; missing models and orphaned folders.

    The cache is looked at while the panel is on somebody's screen, and not otherwise.
    """

    built = "server"

    facts = traitlets.Dict(help="By Python: {label: text} about the server, in the order to show.").tag(
        sync=True
    )
    stats = traitlets.Dict(None, allow_none=True, help="By Python: see `cache.stats_row`.").tag(sync=True)
    history: traitlets.List[list[float]] = traitlets.List(
        help="By Python: [seconds since the epoch, bytes loaded, most bytes used] of each change."
    ).tag(sync=True)
    missing: traitlets.List[dict[str, Any]] = traitlets.List(
        help="By Python: the models whose file is gone."
    ).tag(sync=True)
    orphans: traitlets.List[dict[str, Any]] = traitlets.List(
        help="By Python: folders of the models folder that belong to no model."
    ).tag(sync=True)
    unsaid = traitlets.Dict(
        help="By Python: why the server does not tell a part: stats, missing, orphans."
    ).tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._cache = CacheHistory()
        self._orphans: list[OrphanedFolder] = []
        self._unsaid: dict[str, str] = {}
        self._has_users: bool | None = None  # not known yet
        self._polling: asyncio.Task[None] | None = None
        super().__init__(*args, **kwargs)

    # -- reading --------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read all parts. What an older server lacks, or this user may not ask, is said in its place."""
        self._unsaid = {}
        self._has_users = (await self.connection.client.auth_status()).multiuser_enabled
        await self._read_part("stats", self.connection.read_stats)
        await self._read_part("missing", self.connection.missing)
        await self._read_part("orphans", self.read_orphans)
        self._poll_while_watched()

    async def read_orphans(self) -> None:
        """Have the server look through its models folder."""
        self._orphans = await self.connection.orphans()

    async def _read_part(self, part: str, read: Callable[[], Awaitable[Any]]) -> None:
        try:
            await read()
        except (NotSupported, NotAllowed) as error:
            self._unsaid[part] = str(error)

    def _note_view(self, view: str, state: str) -> None:
        super()._note_view(view, state)
        self._poll_while_watched()

    def _poll_while_watched(self) -> None:
        watched = "visible" in self._views.values()
        if watched and (self._polling is None or self._polling.done()):
            self._polling = asyncio.get_running_loop().create_task(self._poll())
        elif not watched:
            self._stop_polling()

    async def _poll(self) -> None:
        while "stats" not in self._unsaid:
            await asyncio.sleep(_POLL)
            try:
                await self.connection.read_stats()
            except (NotSupported, NotAllowed):
                return
            except InvokeAIError:  # the server is away: the connection says so, and goes on trying
                continue

    def _stop_polling(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None

    def close(self) -> None:
        """As for every panel; nothing is looked at any more."""
        self.connection.loop.post(self._stop_polling)
        super().close()

    # -- state to the browser -------------------------------------------------------------------------------

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """Everything about the server that is known."""
        if snapshot.stats is not None:
            self._cache.note(snapshot.stats, self.connection.now())
        gone = [snapshot.models[key] for key in snapshot.missing if key in snapshot.models]
        return {
            "facts": self._facts(snapshot),
            "stats": stats_row(snapshot.stats),
            "history": self._cache.to_wire(),
            "missing": [_missing_row(model) for model in sorted(gone, key=lambda m: m.name.casefold())],
            "orphans": [_orphan_row(folder) for folder in self._orphans],
            "unsaid": dict(self._unsaid),
        }

    def _facts(self, snapshot: Snapshot) -> dict[str, str]:
        return {
            "Address": self.connection.base_url,
            "Version": f"InvokeAI {snapshot.version}" if snapshot.version else "not known yet",
            "Mode": self._mode(snapshot),
            "User": _user(snapshot.user),
            "Models": words.count(len(snapshot.models), "model") if snapshot.loaded else "",
        }

    def _mode(self, snapshot: Snapshot) -> str:
        if self._has_users is None:
            return ""
        mode = "Several users, who log in" if self._has_users else "One user, without login"
        return f"{mode}; read-only here" if snapshot.read_only else mode

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        return table_text(self._caption(), self._lines())

    def plain_html(self) -> str:
        return table_html(self._caption(), ("", "State"), self._lines())

    def _caption(self) -> str:
        return problem_text(self.problem) or f"The server at {self.connection.base_url}"

    def _lines(self) -> list[tuple[str, str]]:
        lines = [(label, text) for label, text in self.facts.items() if text and label != "Address"]
        told = self.stats
        lines.append(("Cache", f"{words.size(told['loaded'])} loaded" if told else "nothing has run yet"))
        lines += [("Missing file", f"{row['name']}: {row['path']}") for row in self.missing]
        lines += [("Orphaned folder", f"{row['path']}: {words.size(row['size'])}") for row in self.orphans]
        return lines


def _user(user: User | None) -> str:
    if user is None:
        return ""
    rights = "administrator" if user.is_admin else "may look, but change nothing"
    return f"{user.display_name or user.email} ({rights})"


def _missing_row(model: ModelRecord) -> dict[str, Any]:
    return {
        "key": model.key,
        "name": model.name,
        "path": model.path,
        "size": model.file_size,
        "kind": f"{name_of(model.base)} {name_of(model.type)}",
    }


def _orphan_row(folder: OrphanedFolder) -> dict[str, Any]:
    return {
        "path": folder.path,
        "place": folder.absolute_path,
        "size": folder.size_bytes,
        "files": folder.files,
    }
