"""Install jobs of local files on the embedded server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tiny_models import write_lora
from tests.support.watched import INSTALL, MODELS, Watched

from .conftest import Start


def test_in_place(server: Watched, lora: Path) -> None:
    server.listen()
    job = server.until(server.install(lora))
    record = job["config_out"]
    assert (record["path"], record["source"], record["source_type"]) == (str(lora), str(lora), "path")
    assert (job["bytes"], job["total_bytes"]) == (lora.stat().st_size, lora.stat().st_size)
    server.hears("model_install_started", "model_install_complete")
    assert server.events[-1][1]["config"] == record


# InvokeAI moves the file. This copies it: a listed difference, and the reason for the embedded server's name.
def test_taken_in_is_copied(server: Watched, lora: Path) -> None:
    record = server.record(lora, inplace=False)
    assert record["path"] == f"{record['key']}/mine.safetensors"
    assert lora.exists()
    assert (server.server.root / "models" / record["path"]).read_bytes() == lora.read_bytes()


def test_a_folder_is_copied_as_a_whole(server: Watched, tmp_path: Path) -> None:
    from tests.support.tiny_models import write_tiny_models

    write_tiny_models(tmp_path)
    folder = tmp_path / "tiny-sdxl-diffusers"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    record = server.record(folder, inplace=False, config={"name": "Mine", "description": "x"})
    assert (record["path"], record["name"], record["description"]) == (record["key"], "Mine", "x")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_sources_that_are_none(server: Watched, tmp_path: Path) -> None:
    for source, status in {
        "/nope/missing.safetensors": 409,
        "ftp://127.0.0.1/x.safetensors": 409,
        "a/b:bogus": 409,
        "bad--name/x": 409,
        "http://[bad/x.safetensors": 409,
        "no/such-repository": 500,
        "x" * 5000: 500,
    }.items():
        answer = server.api.post(INSTALL, params={"source": source}, json={})
        assert answer.status_code == status, source
    unsupported = server.api.post(INSTALL, params={"source": "/nope"}, json={}).json()
    assert unsupported == {"detail": "Unsupported model source: '/nope'"}
    assert server.api.get(INSTALL).json() == []


def test_the_body_is_required(server: Watched, lora: Path) -> None:
    query = {"source": str(lora)}
    assert server.api.post(INSTALL, params=query).status_code == 422
    assert server.api.post(INSTALL, params=query, content=b"null").status_code == 422
    assert server.api.post(INSTALL, json={}).json()["detail"][0]["loc"] == ["query", "source"]
    bad_key = server.api.post(INSTALL, params=query, json={"key": "a/b"})
    assert (bad_key.status_code, type(bad_key.json()["detail"])) == (422, str)


# 201 all the same: a duplicate is told in the job. And a copy is no duplicate.
def test_the_same_again(server: Watched, lora: Path) -> None:
    key = server.record(lora)["key"]
    again = server.until(server.install(lora))
    assert (again["status"], again["error_reason"]) == ("error", "DuplicateModelException")
    assert again["error"] == f"A model with path '{lora}' is already installed"
    copies = [server.record(lora, inplace=False) for _ in range(2)]
    assert len({each["key"] for each in copies}) == 2
    assert len({each["hash"] for each in copies}) == 1
    taken = server.until(server.install(lora, inplace=False, config={"key": copies[0]["key"]}))
    assert taken["error_reason"] == "DuplicateModelException"
    assert "is already installed at" in taken["error"]
    assert key in {each["key"] for each in server.models()}


def test_overrides(server: Watched, lora: Path) -> None:
    given = {
        "name": "N",
        "description": "D",
        "key": "my-key",
        "trigger_phrases": ["x"],
        "source_url": "https://x.y",
    }
    job = server.until(server.install(lora, config=given))
    record = job["config_out"]
    assert (record["name"], record["description"], record["key"]) == ("N", "D", "my-key")
    assert (record["trigger_phrases"], record["source_url"]) == (None, None)  # dropped, though echoed
    assert (job["config_in"]["trigger_phrases"], job["config_in"]["source_url"]) == (["x"], "https://x.y")
    wrong = server.record(lora, inplace=False, config={"type": "vae", "base": "flux"})
    assert wrong["type"] == "unknown"


def test_what_is_no_model(server: Watched, begin: Start, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    (tmp_path / "empty").mkdir()
    server.listen()
    for name in ("notes.txt", "empty"):
        job = server.until(server.install(tmp_path / name))
        assert (job["status"], job["error_reason"]) == ("error", "ValueError")
        assert "Traceback" in job["error_traceback"]
    server.hears(*["model_install_started", "model_install_error"] * 2)
    strict = begin(allow_unknown_models=False)
    (tmp_path / "odd.safetensors").write_bytes(b"odd")
    job = strict.until(strict.install(tmp_path / "odd.safetensors"))
    assert job["error_reason"] == "InvalidModelConfigException"


def test_jobs(server: Watched, lora: Path) -> None:
    jobs = [server.until(server.install(lora, inplace=False)) for _ in range(3)]
    assert [job["id"] for job in jobs] == [0, 1, 2]
    assert [job["id"] for job in server.api.get(INSTALL).json()] == [0, 1, 2]
    assert server.api.get(f"{INSTALL}/99").json() == {"detail": "No job with id 99 known"}
    assert server.api.get(f"{INSTALL}/abc").json()["detail"][0]["loc"] == ["path", "id"]
    for verb in ("pause", "resume", "restart_failed"):
        assert server.api.post(f"{INSTALL}/99/{verb}").status_code == 415
        unchanged = server.api.post(f"{INSTALL}/0/{verb}")
        assert (unchanged.status_code, unchanged.json()) == (201, jobs[0])
    # A completed job becomes a cancelled one, and its model stays.
    assert server.api.delete(f"{INSTALL}/0").text == "null"
    assert server.job(0)["status"] == "cancelled"
    assert server.api.get(f"{MODELS}/i/{jobs[0]['config_out']['key']}").status_code == 200
    assert server.api.delete(f"{INSTALL}/99").status_code == 415
    assert server.api.delete(INSTALL).status_code == 204
    assert server.api.get(INSTALL).json() == []
    assert server.install(lora, inplace=False)["id"] == 3


# Only while it waits for the installer: then it is told, when the job's turn comes.
def test_cancelled_in_the_queue(begin: Start, lora: Path, tmp_path: Path) -> None:
    server = begin(clock_by_hand=True)
    server.server.faults.install_seconds = 10
    server.listen()
    first = server.install(write_lora(tmp_path / "first.safetensors"))
    second = server.install(lora)
    assert server.until(first, "running")["config_in"]["source"] is not None
    assert server.api.delete(f"{INSTALL}/{second['id']}").status_code == 201
    server.server.turn(10)
    server.until(first)
    server.hears("model_install_started", "model_install_complete", "model_install_cancelled")


# InvokeAI drops the job from its queue then, and nothing but a cancel frees its source.
def test_a_paused_local_job_waits_for_ever(begin: Start, lora: Path, tmp_path: Path) -> None:
    server = begin(clock_by_hand=True)
    server.server.faults.install_seconds = 10
    first, second = server.install(write_lora(tmp_path / "first.safetensors")), server.install(lora)
    assert server.api.post(f"{INSTALL}/{second['id']}/pause").json()["status"] == "paused"
    server.server.turn(10)
    server.until(first)
    assert server.install(lora)["id"] == second["id"]
    assert server.api.post(f"{INSTALL}/{second['id']}/resume").status_code == 500
    assert server.job(second["id"])["status"] == "waiting"
    server.api.delete(f"{INSTALL}/{second['id']}")
    server.server.faults.clear()
    assert server.record(lora)["path"] == str(lora)


def test_external_models(server: Watched) -> None:
    first = server.record("external://openai/gpt-image")
    assert (first["key"], first["type"], first["path"]) == (
        "openai-gpt-image",
        "external_image_generator",
        "",
    )
    again = server.record("external://openai/gpt-image", config={"name": "Mine"})
    assert (again["key"], again["name"]) == (first["key"], "Mine")
    assert server.api.get(f"{MODELS}/missing").json() == {"models": []}
    assert server.api.post(f"{MODELS}/i/{first['key']}/reidentify").status_code == 500
    assert server.api.delete(f"{MODELS}/i/{first['key']}").status_code == 204


def test_folders_are_scanned(server: Watched, lora: Path, tmp_path: Path) -> None:
    server.record(lora)
    (tmp_path / "sub").mkdir()
    write_lora(tmp_path / "sub" / "n ü#%.safetensors")
    (tmp_path / ".hidden").mkdir()
    write_lora(tmp_path / ".hidden" / "x.safetensors")
    answer = server.api.get(f"{MODELS}/scan_folder", params={"scan_path": str(tmp_path)})
    assert {(each["path"], each["is_installed"]) for each in answer.json()} == {
        (str(lora), True),
        (str(tmp_path / "sub" / "n ü#%.safetensors"), False),
    }
    for path in ("/nope", str(lora), ""):
        refused = server.api.get(f"{MODELS}/scan_folder", params={"scan_path": path})
        assert refused.json() == {"detail": f"The search path '{path}' could not be scanned"}
    assert "'None'" in server.api.get(f"{MODELS}/scan_folder").json()["detail"]


def test_orphans(server: Watched, lora: Path) -> None:
    server.record(lora, inplace=False)
    folder = server.server.root / "models" / "left-over"
    folder.mkdir()
    size = write_lora(folder / "x.safetensors").stat().st_size
    (found,) = server.api.get(f"{MODELS}/sync/orphaned").json()
    assert found == {
        "path": "left-over",
        "absolute_path": str(folder),
        "files": ["x.safetensors"],
        "size_bytes": size,
    }
    paths = ["left-over", "nope", "../databases"]
    answer = server.api.request("DELETE", f"{MODELS}/sync/orphaned", json={"paths": paths}).json()
    assert answer["deleted"] == ["left-over"]
    assert answer["errors"] == {
        "nope": "error: path does not exist",
        "../databases": "error: path is not under models directory",
    }
    assert server.api.request("DELETE", f"{MODELS}/sync/orphaned").status_code == 422


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_both_transports(server: Watched, lora: Path, transport: str) -> None:
    client = server.listen(transport)
    assert client.transport() == transport
    server.record(lora)
    server.heard("model_install_complete")
