"""The version of the server, as far as it is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .endpoints.call import Since
from .identity import too_old
from .schema import ServerVersion


class KnownVersion:
    """Asked for once, and again when it was forgotten: the server was started anew, maybe as another one."""

    def __init__(self, ask: Callable[[], Awaitable[ServerVersion]]) -> None:
        self._ask = ask
        self._version: ServerVersion | None = None

    async def get(self) -> ServerVersion:
        """The version."""
        if self._version is None:
            self._version = await self._ask()
        return self._version

    def forget(self) -> None:
        """Ask for it again when it is needed next."""
        self._version = None

    async def check(self, verb: str, since: Since) -> None:
        """Raises NotSupported if the server surely lacks what began with `since`."""
        known = self._version
        version = await self.get()
        if since.excludes(version.release) and known is not None:
            self.forget()  # it may have been updated since
            version = await self.get()
        if since.excludes(version.release):
            raise too_old(verb, since, version)
