"""What the embedded server does when it pretends to be an older InvokeAI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tiny_models import write_lora
from tests.support.watched import INSTALL, MODELS, Watched

from .conftest import Start

OLD = ["5.15.0", "6.0.2", "6.8.1", "6.11.1"]
UNIQUE_NAMES = OLD[:3]


@pytest.fixture(params=OLD)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(begin: Start, version: str, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr("tests.support.answers.answer_complaints", lambda *_: [])
    monkeypatch.setattr("tests.support.watched.event_complaints", lambda *_: [])
    return begin(version=version)


def test_unknown_paths_are_not_the_web_page(old: Watched) -> None:
    for method, path, status in (
        ("GET", f"{MODELS}/missing", 404),
        ("GET", f"{MODELS}/sync/orphaned", 404),
        ("GET", "/api/v2/models", 404),
        ("HEAD", f"{MODELS}/", 404),
        ("GET", "/api/v1/auth/status", 404),
        ("POST", "/api/v1/auth/login", 405),
        ("POST", f"{INSTALL}/0/pause", 405),
        ("POST", f"{MODELS}/i/bulk_reidentify", 405),
        ("GET", f"{MODELS}/i/bulk_delete", 404),
    ):
        answer = old.api.request(method, path)
        assert answer.status_code == status, path
    assert old.api.get(f"{MODELS}/missing").json() == {"detail": "Not Found"}
    assert old.api.get("/").headers["content-type"].startswith("text/html")


def test_what_came_with_6_11(old: Watched, version: str) -> None:
    expected = 405 if version in UNIQUE_NAMES else 200
    assert old.api.post(f"{MODELS}/i/bulk_delete", json={"keys": []}).status_code == expected
    told = old.api.get("/api/v1/app/version").json()
    assert told["version"] == f"{version}+embedded"
    assert ("highlights" in told) == (version in UNIQUE_NAMES)
    bundles = old.api.get(f"{MODELS}/starter_models").json()["starter_bundles"]
    assert isinstance(bundles["sdxl"], list) == (version == "5.15.0")
    assert old.api.post(INSTALL, params={"source": "external://a/b"}, json={}).status_code == 409


def test_records_and_jobs_lack_fields(old: Watched, version: str, lora: Path) -> None:
    job = old.until(old.install(lora))
    assert not {"source_url", "cpu_only"} & (job["config_in"].keys() | job["config_out"].keys())
    (record,) = old.models()
    assert record.get("default_settings", "none") == ("none" if version == "5.15.0" else {"weight": None})
    named = "sd-1 lora model mine" if version in UNIQUE_NAMES else None
    assert record["description"] == named


def test_changes(old: Watched, version: str, lora: Path) -> None:
    key = old.record(lora)["key"]

    def patch(**changes: object) -> int:
        return old.api.patch(f"{MODELS}/i/{key}", json=changes).status_code

    assert patch(source_url="https://x.y", description="D") == 200
    assert patch(type="vae") == 409
    assert patch(variant="inpaint") == (409 if version in UNIQUE_NAMES else 200)
    assert patch(default_settings={"weight": 0.5}) == (422 if version == "5.15.0" else 200)
    assert patch(default_settings={"weight": 0.5, "weight_min": 0}) == 422
    assert patch(default_settings={"width": 513}) == 422
    assert patch(default_settings={"fp8_storage": True}) == 422
    # The key shown changes, the one that works does not.
    assert patch(key="other") == 200
    assert old.models()[0]["key"] == "other"
    assert old.api.get(f"{MODELS}/i/other").status_code == 404
    assert old.api.delete(f"{MODELS}/i/{key}").status_code == 204


def test_a_name_is_used_once(old: Watched, version: str, lora: Path, tmp_path: Path) -> None:
    first = old.record(lora, inplace=False)
    other = old.record(write_lora(tmp_path / "other.safetensors"), inplace=False)
    unique = version in UNIQUE_NAMES
    place = "sd-1/lora/mine.safetensors" if unique else f"{first['key']}/mine.safetensors"
    assert first["path"] == place
    renamed = old.api.patch(f"{MODELS}/i/{other['key']}", json={"name": "mine"})
    assert renamed.status_code == (500 if unique else 200)
    again = old.until(old.install(lora, inplace=False))
    assert again["error_reason"] == ("DuplicateModelException" if unique else None)


def test_what_is_not_identified(old: Watched, version: str, tmp_path: Path) -> None:
    odd = tmp_path / "odd.safetensors"
    odd.write_bytes(b"odd")
    job = old.until(old.install(odd))
    unique = version in UNIQUE_NAMES
    assert job["error_reason"] == ("InvalidModelConfigException" if unique else None)
    (tmp_path / "notes.txt").write_text("x")
    job = old.until(old.install(tmp_path / "notes.txt"))
    assert job["error_reason"] == ("InvalidModelConfigException" if unique else "ValueError")


def test_events(old: Watched, version: str, lora: Path) -> None:
    old.listen()
    old.record(lora)
    old.hears("model_install_started", "model_install_complete")
    assert ("config" in old.events[-1][1]) == (version not in UNIQUE_NAMES)


def test_no_job_comes_back(begin: Start, version: str, tmp_path: Path) -> None:
    server = begin(version=version, root=tmp_path / "root", clock_by_hand=True)
    answer = server.api.post(INSTALL, params={"source": "larkspur/heron-1"}, json={})
    assert answer.status_code == 201
    server.server.restart(crash=True)
    assert server.api.get(INSTALL).json() == []
    assert server.files() == set()
