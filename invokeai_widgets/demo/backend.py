"""Everything behind the routes of one server, put together."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .auth.accounts import Accounts
from .catalogue import links, picture, varied_records, with_covers
from .clock import Clock
from .convert import Converter
from .downloads.replies import Opener
from .downloads.web import WebFiles
from .events import Events
from .faults import Faults
from .hub.invented import InventedHub
from .hub.remote import RemoteHub
from .hub.repository import Hub
from .installs.fetching import Fetcher
from .installs.installer import Installer
from .installs.machine import Machine
from .installs.taking import Taker
from .older import Version
from .paths import ModelsFolder
from .settings import Settings
from .store import Records, connect
from .store.covers import Covers
from .web.answers import Refusal

DATABASE = Path("databases/embedded.db")  # below the root
_BUSY = "Another {} is already in progress. Wait for it to finish and try again."


class Backend:
    """The state of one server. Made on any thread, used on its event loop only."""

    def __init__(self, settings: Settings, root: Path) -> None:
        self.settings, self.root = settings, root
        self.version = Version(settings)
        self.clock = Clock(settings.speed, settings.clock_by_hand)
        self.models = ModelsFolder(root / "models")
        self._database = connect(root / DATABASE if settings.root else None)
        self.records = Records(self._database, unique_names=self.version.unique_names)
        self.covers = Covers(self.models.folder / "model_images", self._database, picture)
        self.accounts = Accounts(self._database, settings.multiuser, settings.strict_password_checking)
        self.faults = Faults()
        self.events = Events(self.accounts.of_socket, self.faults)
        self.invented = InventedHub(self.clock)
        self.hub: Hub = RemoteHub(settings.hf_endpoint) if settings.hf_endpoint else self.invented
        self._web = WebFiles(settings.allow_private_download_urls)
        self._fetcher = Fetcher(self._opener, self.events)
        self._fetcher.free_space = self.faults.free_space
        taker = Taker(self.models, self.version, settings.allow_unknown_models, self.invented.known)
        self.installer = Installer(self.records, self.models, self.events, taker, self.version)
        self.installer.pause = lambda: self.clock.sleep(self.faults.install_seconds)
        self.machine = Machine(self.models, self.installer, self._fetcher, self.hub, self.events)
        self.converter = Converter()
        self.cache_stats: dict[str, Any] | None = None  # nothing ever runs here, but a test may say it did
        self._claimed: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.fill()

    def fill(self) -> None:
        """Put the wanted number of records into an empty library."""
        if self.settings.models and not len(self.records):
            library = list(varied_records(self.settings.models, self.settings.seed))
            self.records.add_all(library)
            self.records.relate_all(links(library, self.settings.seed))
            self.covers.promise(with_covers(library))

    async def begin(self) -> None:
        """Start what runs beside the requests, and take up what a former process left."""
        self._tasks = [asyncio.create_task(self.events.run()), asyncio.create_task(self.installer.run())]
        await self.machine.restore(anything=not self.version.is_old)

    async def end(self, crashed: bool = False) -> None:
        """Stop it all: downloads are paused, or only cut if it `crashed`."""
        await (self.machine.kill() if crashed else self.machine.stop())
        await self.events.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """Give back threads and files."""
        self.installer.close()
        self._database.close()

    @contextmanager
    def claim(self, key: str) -> Iterator[None]:
        """Hold the key of a model; refuses with 409 if another request holds it."""
        token = unicodedata.normalize("NFD", unicodedata.normalize("NFD", key).casefold())
        if token in self._claimed:
            raise Refusal(409, _BUSY.format(f"operation on model {key}"))
        self._claimed.add(token)
        try:
            yield
        finally:
            self._claimed.discard(token)

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record as answers show it."""
        return self.version.record(self.covers.shown(record))

    def _opener(self, url: str) -> Opener:
        opener: Opener = self.invented if self.invented.has(url) else self._web
        return self.faults.cutting(opener)
