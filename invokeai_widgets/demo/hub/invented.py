"""The hub of the catalogue: repositories that exist nowhere else, downloaded on the demo's clock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from invokeai_widgets.demo.clock import Clock
from invokeai_widgets.demo.downloads.replies import Opener

from .repository import Repository, UnknownRepositoryError


class InventedHub:
    """A hub without an address."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock, self._seed = clock, seed

    async def repository(self, repo_id: str, revision: str | None, token: str | None) -> Repository:
        raise UnknownRepositoryError(repo_id)

    async def knows(self, token: str) -> bool:
        return False

    def has(self, url: str) -> bool:
        return False

    @property
    def files(self) -> Opener:
        raise NotImplementedError

    def known(self, path: Path) -> Mapping[str, Any] | None:
        return None

    def owns(self, record: Mapping[str, Any]) -> bool:
        return False

    def records(self, number: int) -> list[dict[str, Any]]:
        return []

    def starters(self, installed: list[dict[str, Any]]) -> dict[str, Any]:
        return {"starter_models": [], "starter_bundles": {}}
