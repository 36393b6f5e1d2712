"""The hub of the catalogue, whose downloads run on a clock that is turned here."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from invokeai_widgets.demo.catalogue import REPOSITORIES, varied_records
from tests.support.conformance import record_complaints
from tests.support.watched import INSTALL, MODELS, Watched

from .conftest import Start

HEADER_ONLY = 5_000_000  # bytes on the disk that all of the catalogue may take


@pytest.fixture
def hub(begin: Start) -> Watched:
    """A server whose clock stands."""
    return begin(clock_by_hand=True)


def log_in(server: Watched) -> None:
    assert server.api.post(f"{MODELS}/hf_login", json={"token": "hf_demo"}).json() == "valid"


# Terabytes are said to be fetched; what is written are the heads of files, and holes.
def test_everything_in_it_can_be_installed(hub: Watched) -> None:
    log_in(hub)
    jobs = {row: hub.install(row.source, access_token="hf_demo") for row in REPOSITORIES.values()}
    while any(hub.job(job["id"])["status"] in ("waiting", "downloading") for job in jobs.values()):
        hub.server.turn(60)
    for row, job in jobs.items():
        done = hub.until(job)
        assert done["status"] == "completed", (row.id, done["error"])
        record = done["config_out"]
        assert f"{record['type']} {record['base']}" == row.kind
        assert record["variant" if row.variant else "key"] == (row.variant or record["key"])
    written = sum(path.lstat().st_blocks for path in Path(hub.server.root).rglob("*")) * 512
    assert written < HEADER_ONLY
    starters = hub.api.get(f"{MODELS}/starter_models").json()["starter_models"]
    assert all(each["is_installed"] and not each["dependencies"] for each in starters)


def test_a_download_takes_its_time(hub: Watched) -> None:
    job = hub.until(hub.install("larkspur/heron-1"), "downloading")
    hub.server.turn(10)
    first = hub.job(job["id"])
    hub.server.turn(10)
    second = hub.job(job["id"])
    rate = hub.server.backend.invented.rate
    assert second["bytes"] - first["bytes"] == pytest.approx(10 * rate, rel=0.05)
    assert second["total_bytes"] == first["total_bytes"] > 3 * 10**9
    assert Counter(part["status"] for part in second["download_parts"])["running"] == 1


def test_pause_resume_and_cancel(hub: Watched) -> None:
    job = hub.until(hub.install("larkspur/heron-1"), "downloading")
    hub.server.turn(20)
    path = f"{INSTALL}/{job['id']}"
    paused = hub.api.post(f"{path}/pause").json()
    hub.server.turn(1000)
    assert hub.job(job["id"]) == paused
    assert hub.api.post(f"{path}/resume").json()["bytes"] >= paused["bytes"] > 0
    hub.until(job, "downloading")
    hub.server.turn(1)
    assert hub.job(job["id"])["bytes"] > paused["bytes"]
    hub.api.delete(path)
    assert hub.files() == set()


def test_gated_repositories(hub: Watched) -> None:
    gated = next(row for row in REPOSITORIES.values() if row.gated and not row.file)
    file = next(row for row in REPOSITORIES.values() if row.gated and row.file)
    look = f"{MODELS}/hugging_face"
    assert hub.api.get(look, params={"hugging_face_repo": gated.id}).status_code == 400
    for token in ({}, {"access_token": "hf_demo"}):
        answer = hub.api.post(INSTALL, params={"source": gated.id, **token}, json={})
        assert answer.status_code == 500
    assert hub.until(hub.install(file.source))["error"] == "Unauthorized"
    hub.until(hub.install(file.source, access_token="hf_demo"), "downloading")
    assert hub.api.post(f"{MODELS}/hf_login", json={"token": "hf_other"}).json() == "invalid"
    log_in(hub)
    assert hub.api.post(f"{MODELS}/hf_login", json={"token": "hf_other"}).json() == "valid"  # the old one
    assert hub.api.get(look, params={"hugging_face_repo": gated.id}).json()["is_diffusers"]
    assert hub.install(gated.id)["source"]["access_token"] == "hf_demo"
    assert hub.api.delete(f"{MODELS}/hf_login").json() == "invalid"
    assert hub.api.post(f"{MODELS}/hf_login", json={}).json()["detail"][0]["loc"] == ["body", "token"]


def test_lookups(hub: Watched) -> None:
    def look(name: str) -> tuple[int, object]:
        answer = hub.api.get(f"{MODELS}/hugging_face", params={"hugging_face_repo": name})
        return answer.status_code, answer.json() if answer.status_code < 500 else None

    single = REPOSITORIES["quillwort/inkwell"]
    assert look(single.id) == (200, {"urls": [single.source], "is_diffusers": False})
    assert look("larkspur/heron-xl::vae") == (200, {"urls": None, "is_diffusers": True})
    assert look("nobody/nothing")[0] == 400
    assert [look(name)[0] for name in ("no-slash", "larkspur/heron-xl:fp16", "")] == [500, 500, 500]
    refused = hub.api.post(INSTALL, params={"source": single.id}, json={})
    assert refused.json() == {"detail": f"{single.id}: No downloadable files found"}
    for source, status in ((single.id, 201), ("larkspur/heron-1", 201), ("nobody/nothing", 400)):
        page = hub.api.get(f"{INSTALL}/huggingface", params={"source": source})
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_a_part_of_a_repository(hub: Watched) -> None:
    job = hub.until(hub.install("larkspur/heron-1::vae"), "downloading")
    hub.server.turn(100)
    done = hub.until(job)
    assert Path(done["local_path"]).name == "heron-1_vae"
    assert done["config_out"]["type"] == "vae"


# What InvokeAI loses in a conversion is lost here, too: a client has to see to it.
def test_a_conversion(begin: Start) -> None:
    server = begin(models=60, speed=50)
    server.listen()
    records = {f"{each['type']} {each['base']} {each['format']}": each for each in server.models()}
    lora, main = records["lora sdxl lycoris"], records["main sdxl checkpoint"]
    server.api.patch(f"{MODELS}/i/{main['key']}", json={"trigger_phrases": ["x"], "description": "D"})
    new = server.api.put(f"{MODELS}/convert/{main['key']}").json()
    assert (new["format"], new["name"], new["hash"]) == ("diffusers", main["name"], main["hash"])
    assert (new["description"], new["trigger_phrases"], new["source_type"]) == ("D", None, "path")
    assert server.api.get(f"{MODELS}/i/{main['key']}").status_code == 404
    server.hears("model_load_started", "model_load_complete")
    for key, status in ((new["key"], 400), (lora["key"], 400), (main["key"], 424)):
        assert server.api.put(f"{MODELS}/convert/{key}").status_code == status


def test_one_conversion_at_a_time(begin: Start) -> None:
    server = begin(models=60, clock_by_hand=True)
    listed = server.models([("base_models", "sd-1"), ("model_format", "checkpoint"), ("model_type", "main")])
    one, other = (each["key"] for each in listed[:2])
    with ThreadPoolExecutor(1) as aside:
        first = aside.submit(server.api.put, f"{MODELS}/convert/{one}")
        while not server.server.backend.converter.busy:
            sleep(0.01)
        refused = server.api.put(f"{MODELS}/convert/{other}")
        assert (refused.status_code, "Another model conversion" in refused.text) == (409, True)
        for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/reidentify")):
            busy = server.api.request(method, f"{MODELS}/i/{one}{path}", json={})
            assert (busy.status_code, f"Another operation on model {one}" in busy.text) == (409, True)
        assert server.api.get(f"{MODELS}/i/{one}").status_code == 200
        assert server.api.patch(f"{MODELS}/i/{other}", json={"name": "x"}).status_code == 200
        server.server.turn(5)
        assert first.result().status_code == 200


# 100,000 of these fill a table; each has to be what the server could have.
def test_the_records_of_a_library_are_allowed() -> None:
    records = list(varied_records(300, seed=5))
    assert [each for record in records for each in record_complaints(record)] == []
    assert len({record["key"] for record in records}) == len({record["path"] for record in records}) == 300
    assert len({(record["type"], record["base"], record["format"]) for record in records}) > 20


def test_one_model_of_a_library_is_missing(begin: Start) -> None:
    server = begin(models=60)
    (missing,) = server.api.get(f"{MODELS}/missing").json()["models"]
    assert missing["path"].startswith("/media/unplugged/")
