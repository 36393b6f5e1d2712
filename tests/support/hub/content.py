"""The repositories in a folder: revisions, files, hashes, and who may read them. No HTTP here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
_LARGE = (".safetensors", ".bin", ".ckpt", ".pt", ".pth", ".gguf", ".onnx", ".msgpack")


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """What the hub says instead of an answer: a status, its `X-Error-Code` if it has one, and a message."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Repositories:
    """``FOLDER/ORG/NAME/...`` is the repository ORG/NAME, ``FOLDER/ORG/NAME@REV/...`` its revision REV."""

    def __init__(
        self, folder: Path, tokens: Iterable[str], outsiders: Iterable[str], gated: Iterable[str]
    ) -> None:
        self.folder = folder.resolve()
        self.tokens = set(tokens)
        self.outsiders = set(outsiders)
        self.gated = set(gated)
        self._hashes: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}

    def files(self, repo: str, revision: str = "main") -> tuple[str, dict[str, Path]]:
        """The commit of a revision, and its files by their path in the repository."""
        roots = self._revisions(repo)
        if revision in roots:
            found = _files_below(roots[revision])
            return _commit(found), found
        for root in roots.values():
            found = _files_below(root)
            if revision == _commit(found):
                return revision, found
        raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")

    def describe(self, path: Path) -> dict[str, Any]:
        """Size, blob id and, for the large kinds, the sha256: computed once per state of a file."""
        stat = path.stat()
        state = (stat.st_size, stat.st_mtime_ns)
        known = self._hashes.get(path)
        if known is None or known[0] != state:
            known = self._hashes[path] = (state, _hashes(path))
        return known[1]

    def authorise(self, repo: str, token: str | None) -> None:
        """Raise `Refused` as the real hub does, unless `token` may read `repo`."""
        if token is not None and token not in self.tokens | self.outsiders:
            raise Refused(401, None, "Invalid credentials in Authorization header")
        if not self._revisions(repo):
            raise Refused(404 if token else 401, "RepoNotFound", "Repository not found")
        if repo in self.gated and token not in self.tokens:
            why = "You are not in the authorized list." if token else "You must have access to it."
            raise Refused(403 if token else 401, "GatedRepo", f"Access to model {repo} is restricted. {why}")

    def _revisions(self, repo: str) -> dict[str, Path]:
        """The folder of each revision; empty if there is no such repository."""
        root = self.folder / repo
        if not _NAME.fullmatch(repo) or not root.is_dir():
            return {}
        others = [path for path in root.parent.glob(f"{root.name}@*") if path.is_dir()]
        return {"main": root, **{path.name.partition("@")[2]: path for path in others}}


def _files_below(root: Path) -> dict[str, Path]:
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path for path in paths}


def _commit(files: dict[str, Path]) -> str:
    """40 hexadecimal digits that change with the files."""
    digest = hashlib.sha1()
    for name, path in files.items():
        stat = path.stat()
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _hashes(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    sha1, sha256 = hashlib.sha1(b"blob %d\0" % size), hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha1.update(block)
            sha256.update(block)
    about: dict[str, Any] = {"size": size, "blobId": sha1.hexdigest(), "etag": sha1.hexdigest()}
    if path.suffix.lower() in _LARGE:
        about["etag"] = sha256.hexdigest()
        about["lfs"] = {"sha256": about["etag"], "size": size, "pointerSize": 134}
    return about
