"""What is to be fetched for a source, and where it goes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from invokeai_widgets.demo.downloads.part import Part
from invokeai_widgets.demo.hub.repository import Hub, Repository, wanted

from .sources import HubSource, UrlSource


@dataclass(frozen=True)
class Wanted:
    """One file: its address, its place below the download's folder, its size (0 if nobody knows)."""

    url: str
    place: PurePath
    size: int


@dataclass(frozen=True)
class Plan:
    """The files of a model, and the repository they are from, if they are from one."""

    files: tuple[Wanted, ...]
    repository: Repository | None = None

    @property
    def size(self) -> int:
        """Bytes, as far as they are known."""
        return sum(file.size for file in self.files)

    @property
    def metadata(self) -> dict[str, Any] | None:
        """`source_metadata` of a job."""
        found = self.repository
        if found is None:
            return None
        return {
            "name": found.name,
            "files": [
                {"url": file.url, "path": file.path.as_posix(), "size": file.size, "sha256": file.sha256}
                for file in found.files
            ],
            "type": "huggingface",
            "id": found.id,
            "api_response": json.dumps(dict(found.api_response)),
            "is_diffusers": found.is_diffusers,
            "ckpt_urls": found.checkpoints,
        }

    def only(self, urls: set[str]) -> Plan:
        """The part of it with these addresses."""
        return Plan(tuple(file for file in self.files if file.url in urls), self.repository)


async def plan(hub: Hub, source: UrlSource | HubSource, token: str | None) -> Plan:
    """Ask the hub what belongs to a repository; a plain address is one file. Raises what the hub does."""
    if isinstance(source, HubSource):
        repository = await hub.repository(source.repo_id, source.variant, token)
        files = wanted(repository.files, source.variant, source.subfolders)
        return Plan(tuple(Wanted(*each) for each in source.placed(files)) if files else (), repository)
    if source.repository:
        repository = await hub.repository(source.repository, None, token)
        found = wanted(repository.files, None)
        return Plan(tuple(Wanted(file.url, file.path, file.size) for file in found), repository)
    return Plan((Wanted(source.file_url, PurePosixPath(), 0),))


def remove_files(parts: list[Part]) -> None:
    """Remove what a former attempt left of these files."""
    for part in parts:
        for path in (part.dest, Path(f"{part.dest}.downloading")):
            with suppress(OSError):
                path.unlink()
