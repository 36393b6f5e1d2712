"""A hub at an address: the real one, or a stand-in for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import httpx

from .repository import HubFile, HubUnreachableError, Repository, UnknownRepositoryError

_TIMEOUT = 20.0


class RemoteHub:
    """Asks `endpoint`, which answers as https://huggingface.co does."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint.rstrip("/")

    async def repository(self, repo_id: str, revision: str | None, token: str | None) -> Repository:
        """What the repository holds; a revision that does not exist means the main one."""
        path = f"/api/models/{repo_id}"
        answer = await self._get(f"{path}/revision/{revision}" if revision else path, token, blobs="true")
        if answer.headers.get("X-Error-Code") == "RevisionNotFound" and revision:
            return await self.repository(repo_id, None, token)
        if answer.status_code in (401, 403, 404):
            raise UnknownRepositoryError(repo_id)
        if answer.is_error:
            raise HubUnreachableError(f"the hub answered {answer.status_code}")
        return self._read(repo_id, revision or "main", answer.json())

    async def knows(self, token: str) -> bool:
        """Whether the hub takes the token."""
        return (await self._get("/api/whoami-v2", token)).is_success

    def _read(self, repo_id: str, revision: str, told: Mapping[str, Any]) -> Repository:
        name = repo_id.partition("/")[2]
        files = tuple(
            HubFile(
                url=f"{self._endpoint}/{repo_id}/resolve/{revision}/{quote(each['rfilename'])}",
                path=PurePosixPath(name, each["rfilename"]),
                size=each.get("size") or 0,
                sha256=(each.get("lfs") or {}).get("sha256"),
            )
            for each in told.get("siblings", ())
        )
        said = {key: value for key, value in told.items() if key != "siblings"}
        return Repository(str(told.get("id", repo_id)), files, said)

    async def _get(self, path: str, token: str | None, **params: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=True) as client:
                return await client.get(f"{self._endpoint}{path}", params=params, headers=headers)
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise HubUnreachableError(str(error)) from error
