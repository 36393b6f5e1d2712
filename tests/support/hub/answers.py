"""The JSON bodies of the hub's API."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from .content import Refused, Repositories


def whoami(repositories: Repositories, token: str | None) -> dict[str, Any]:
    """`GET /api/whoami-v2`."""
    if token not in repositories.tokens | repositories.outsiders:
        raise Refused(401, None, "Invalid username or password.")
    auth = {"type": "access_token", "accessToken": {"displayName": "test", "role": "read"}}
    person = {"type": "user", "id": "0" * 24, "name": "tester", "fullname": "Tester"}
    return {**person, "isPro": False, "orgs": [], "auth": auth}


def model_info(
    repositories: Repositories, repo: str, commit: str, files: dict[str, Path], with_blobs: bool
) -> dict[str, Any]:
    """`GET /api/models/ORG/NAME[/revision/REV]`."""
    siblings = []
    for name, path in files.items():
        about = repositories.describe(path) if with_blobs else {}
        siblings.append({"rfilename": name} | {key: about[key] for key in about if key != "etag"})
    return {
        "_id": hashlib.sha1(repo.encode()).hexdigest()[:24],
        "id": repo,
        "modelId": repo,
        "author": repo.split("/")[0],
        "sha": commit,
        "private": False,
        "gated": "manual" if repo in repositories.gated else False,
        "disabled": False,
        "lastModified": "2024-01-01T00:00:00.000Z",
        "createdAt": "2024-01-01T00:00:00.000Z",
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": siblings,
    }


def tree(
    repositories: Repositories, files: dict[str, Path], below: str, recursive: bool
) -> list[dict[str, Any]]:
    """`GET /api/models/ORG/NAME/tree/REV[/FOLDER]`, in one page."""
    entries: dict[str, dict[str, Any]] = {}
    start = f"{below}/" if below else ""
    for name, path in files.items():
        if not name.startswith(start):
            continue
        parts = name[len(start) :].split("/")
        folders = [start + "/".join(parts[:count]) for count in range(1, len(parts))]
        for folder in folders if recursive else folders[:1]:
            entries.setdefault(folder, _folder_entry(folder))
        if recursive or not folders:
            entries[name] = _file_entry(name, repositories.describe(path))
    if below and not entries:
        raise Refused(404, "EntryNotFound", f"{below} does not exist")
    return list(entries.values())


def _folder_entry(name: str) -> dict[str, Any]:
    oid = hashlib.sha1(name.encode()).hexdigest()
    return {"type": "directory", "oid": oid, "size": 0, "path": name}


def _file_entry(name: str, about: dict[str, Any]) -> dict[str, Any]:
    entry = {"type": "file", "oid": about["blobId"], "size": about["size"], "path": name}
    if "lfs" in about:
        entry["lfs"] = about["lfs"] | {"oid": about["lfs"]["sha256"]}
    return entry
