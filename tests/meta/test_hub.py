"""The stand-in for the Hugging Face hub answers as the real one does."""

from __future__ import annotations

import httpx
import pytest

from tests.support.hub import Hub
from tests.support.tiny_models.convertible import REPOSITORY


def _get(hub: Hub, path: str, token: str | None = None, **headers: str) -> httpx.Response:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.get(hub.url + path, headers=headers, trust_env=False)


def test_who_am_i(hub: Hub) -> None:
    assert _get(hub, "/api/whoami-v2", "hf_good").json()["name"] == "tester"
    assert _get(hub, "/api/whoami-v2", "hf_wrong").status_code == 401


def test_a_repository_lists_and_serves_its_files(hub: Hub) -> None:
    info = _get(hub, f"/api/models/{REPOSITORY}?blobs=true").json()
    names = {sibling["rfilename"]: sibling["size"] for sibling in info["siblings"]}
    tree = _get(hub, f"/api/models/{REPOSITORY}/tree/main?recursive=true").json()
    assert {entry["path"] for entry in tree if entry["type"] == "file"} == set(names)
    answer = _get(hub, f"/{REPOSITORY}/resolve/{info['sha']}/unet/config.json")
    assert len(answer.content) == names["unet/config.json"]
    assert answer.headers["x-repo-commit"] == info["sha"]
    part = _get(hub, f"/{REPOSITORY}/resolve/main/unet/config.json", Range="bytes=2-5")
    assert (part.status_code, part.content) == (206, answer.content[2:6])


@pytest.mark.parametrize(
    ("path", "token", "status", "code"),
    [
        ("/api/models/no/such", None, 401, "RepoNotFound"),
        ("/api/models/no/such", "hf_good", 404, "RepoNotFound"),
        (f"/api/models/{REPOSITORY}", "hf_wrong", 401, None),
        (f"/api/models/{REPOSITORY}/revision/old", None, 404, "RevisionNotFound"),
        (f"/{REPOSITORY}/resolve/main/no.json", None, 404, "EntryNotFound"),
        ("/api/models/gated/one", None, 401, "GatedRepo"),
        ("/api/models/gated/one", "hf_outsider", 403, "GatedRepo"),
        ("/api/models/gated/one", "hf_good", 200, None),
    ],
)
def test_rights(hub: Hub, path: str, token: str | None, status: int, code: str | None) -> None:
    (hub.repositories.folder / "gated" / "one").mkdir(parents=True)
    hub.repositories.gated.add("gated/one")
    answer = _get(hub, path, token)
    assert (answer.status_code, answer.headers.get("x-error-code")) == (status, code)
