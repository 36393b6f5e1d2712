"""The hub's HTTP server.

::

    GET /api/whoami-v2                              200, or 401
    GET /api/models/ORG/NAME[/revision/REV][?blobs=true]
    GET /api/models/ORG/NAME/tree/REV[/FOLDER][?recursive=true]
    GET, HEAD /ORG/NAME/resolve/REV/PATH            ETag, X-Repo-Commit, Range and If-Range

REV is main, the commit (a hash over the content), or a revision with a folder. Errors, as the real hub gives
them, with X-Error-Code and X-Error-Message:

    unknown repository      401 RepoNotFound; with a good token 404 RepoNotFound
    gated repository        401 GatedRepo; with the token of an outsider 403 GatedRepo
    unknown revision, file  404 RevisionNotFound, 404 EntryNotFound
    wrong token             401 without a code, whatever is asked for

A gated repository is closed altogether here. Files come from the hub itself, without a redirect.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.support.http import QuietHandler, QuietServer, Throttle, asked_range

from . import answers
from .content import Refused, Repositories

_API = re.compile(r"/api/models/([^/]+/[^/]+)(?:/(revision|tree)/([^/]+)(?:/(.*))?)?")
_FILE = re.compile(r"/(?!api/)([^/]+/[^/]+)/resolve/([^/]+)/(.+)")


class Hub:
    """Serves the repositories of `folder` while the `with` block runs.

    ``.url`` is its address, ``.requests`` what was asked, in order. May change while it runs: ``.rate``
    (bytes per second and download; 0: unlimited) and, of ``.repositories``, ``.tokens`` (good, admitted to
    gated repositories), ``.outsiders`` (good, not admitted) and ``.gated``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tokens: Iterable[str] = (),
        outsiders: Iterable[str] = (),
        gated: Iterable[str] = (),
        rate: float = 0,
    ) -> None:
        self.repositories = Repositories(folder, tokens, outsiders, gated)
        self.rate = rate
        self.requests: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self._server = QuietServer(_Handler, self)
        self.url = self._server.url

    def __enter__(self) -> Hub:
        self._server.start("hub")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.stop()


class _Handler(QuietHandler):
    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub: Hub = self.server.owner
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        token = given if scheme == "Bearer" and given else None
        self.note = {"method": self.command, "path": self.path, "range": self.headers.get("Range")}
        self.note |= {"token": token, "status": None}
        hub.requests.append(self.note)
        try:
            self._answer(hub, token)
        except Refused as refused:
            extra = {"X-Error-Message": refused.message}
            if refused.code:
                extra["X-Error-Code"] = refused.code
            self._json({"error": refused.message}, None, refused.status, extra)

    def _answer(self, hub: Hub, token: str | None) -> None:
        url = urlsplit(self.path)
        path, query = unquote(url.path), parse_qs(url.query)
        if path == "/api/whoami-v2":
            self._json(answers.whoami(hub.repositories, token))
        elif match := _API.fullmatch(path):
            self._model(hub.repositories, token, match, query)
        elif match := _FILE.fullmatch(path):
            repo, revision, name = match.groups()
            hub.repositories.authorise(repo, token)
            commit, files = hub.repositories.files(repo, revision)
            if name not in files:
                raise Refused(404, "EntryNotFound", "Entry not found")
            self._file(hub, files[name], commit)
        else:
            raise Refused(404, None, "Sorry, we can't find the page you are looking for.")

    def _model(
        self,
        repositories: Repositories,
        token: str | None,
        match: re.Match[str],
        query: dict[str, list[str]],
    ) -> None:
        repo, what, revision, below = match.groups()
        repositories.authorise(repo, token)
        commit, files = repositories.files(repo, revision or "main")
        if what == "tree":
            folder = (below or "").strip("/")
            self._json(answers.tree(repositories, files, folder, _is_set(query, "recursive")), commit)
        else:
            blobs = _is_set(query, "blobs")
            self._json(answers.model_info(repositories, repo, commit, files, blobs), commit)

    def _json(
        self, data: object, commit: str | None = None, status: int = 200, extra: dict[str, str] | None = None
    ) -> None:
        body = json.dumps(data).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(body))}
        if commit:
            headers["X-Repo-Commit"] = commit
        self._head(status, headers | (extra or {}))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _file(self, hub: Hub, path: Path, commit: str) -> None:
        about = hub.repositories.describe(path)
        size, etag = about["size"], f'"{about["etag"]}"'
        headers = _file_headers(path, about, etag, commit)
        wanted = asked_range(self.headers, size, etag)
        if wanted is None:
            self._head(416, headers | {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        first, last, partial = wanted
        if partial:
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        self._head(206 if partial else 200, headers | {"Content-Length": str(last - first + 1)})
        if self.command != "HEAD":
            self._send(hub, path, first, last - first + 1)

    def _send(self, hub: Hub, path: Path, first: int, left: int) -> None:
        throttle = Throttle(lambda: hub.rate, hub.stopping)
        with path.open("rb") as file:
            file.seek(first)
            while left and (block := file.read(min(left, throttle.block_size))):
                if hub.stopping.is_set():
                    self.close_connection = True
                    return
                self.wfile.write(block)
                left -= len(block)
                throttle.wait_after(len(block))

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.note["status"] = status
        self.send_head(status, headers)


def _is_set(query: dict[str, list[str]], name: str) -> bool:
    return query.get(name, ["false"])[0].lower() in ("true", "1")


def _file_headers(path: Path, about: dict[str, Any], etag: str, commit: str) -> dict[str, str]:
    name = quote(path.name)
    headers = {
        "Content-Type": "application/json" if path.suffix == ".json" else "application/octet-stream",
        "Content-Disposition": f"inline; filename*=UTF-8''{name}; filename=\"{name}\";",
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "X-Repo-Commit": commit,
    }
    if "lfs" in about:
        headers |= {"X-Linked-Etag": etag, "X-Linked-Size": str(about["size"])}
    return headers
