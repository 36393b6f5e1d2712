"""What lessons and tests ask for: slow downloads, hundreds of jobs, a folder to scan, a varied library."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.support.watched import INSTALL, MODELS, Watched

from .conftest import Start

MANY = 300


# Plain requests: to hold 300 jobs against their schema again and again takes a minute.
def start_all(server: Watched, sources: list[str]) -> None:
    with (
        httpx.Client(base_url=server.url, trust_env=False, timeout=60) as api,
        ThreadPoolExecutor(32) as at_once,
    ):
        answers = at_once.map(
            lambda each: api.post(INSTALL, params={"source": each, "inplace": "true"}, json={}), sources
        )
        assert {answer.status_code for answer in answers} == {201}


def statuses(server: Watched) -> Counter[str]:
    return Counter(
        job["status"] for job in httpx.get(f"{server.url}{INSTALL}", trust_env=False, timeout=60).json()
    )


def test_20_mb_in_ten_seconds_of_the_clock(begin: Start) -> None:
    server = begin(clock_by_hand=True)
    server.server.hub.rate = 2_000_000
    job = server.until(server.install(server.server.invent(20_000_000, "slow")), "downloading")
    server.server.turn(5)
    half = server.job(job["id"])
    assert half["bytes"] == pytest.approx(half["total_bytes"] / 2, rel=0.05)
    assert half["total_bytes"] == pytest.approx(20_000_000, rel=0.01)
    server.server.turn(6)
    done = server.until(job)
    assert (done["status"], done["config_out"]["name"]) == ("completed", "slow")


@pytest.mark.parametrize("kind", ["main sdxl", "vae flux", "lora sd-1"])
def test_an_invented_file_is_of_its_kind(begin: Start, kind: str) -> None:
    server = begin(speed=1000)
    record = server.record(server.server.invent(1_000_000, kind=kind))
    assert f"{record['type']} {record['base']}" == kind


def test_an_invented_file_may_be_gated(begin: Start) -> None:
    server = begin(speed=1000)
    source = server.server.invent(1000, "secret", gated=True)
    assert server.until(server.install(source))["error"] == "Unauthorized"
    assert server.until(server.install(source, access_token="hf_demo"))["status"] == "completed"
    with pytest.raises(ValueError, match="no files of 'song sdxl'; there are main sd-1"):
        server.server.invent(1000, kind="song sdxl")


def test_300_downloads_at_once(begin: Start) -> None:
    server = begin(clock_by_hand=True)
    start_all(server, [server.server.invent(1_000_000) for _ in range(MANY)])
    while statuses(server)["completed"] < MANY:
        server.server.turn(10)
    assert len(server.models()) == MANY
    assert {path for path in server.files() if path.startswith("tmpinstall")} == set()


def test_300_files_of_a_folder(begin: Start) -> None:
    server = begin()
    folder = server.server.shelf(MANY)
    scan = {"scan_path": str(folder)}
    found = server.api.get(f"{MODELS}/scan_folder", params=scan).json()
    assert Counter(each["is_installed"] for each in found) == {False: MANY}
    start_all(server, [each["path"] for each in found])
    server.wait_for(lambda: statuses(server)["completed"] == MANY, "300 jobs", rest=0.5)
    assert {record["type"] for record in server.models()} == {"lora", "vae", "embedding"}
    found = server.api.get(f"{MODELS}/scan_folder", params=scan).json()
    assert Counter(each["is_installed"] for each in found) == {True: MANY}


def test_a_shelf_copied_from_stays_as_it_is(begin: Start) -> None:
    server = begin()
    folder = server.server.shelf()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    for path in sorted(folder.rglob("*.safetensors")):
        server.record(path, inplace=False)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert len(server.models()) == 12


# A table of 34 rows has to show each state there is.
def test_a_library_has_something_of_everything(begin: Start) -> None:
    server = begin(models=34)
    models = server.models()
    assert any(Path(each["path"]).is_absolute() for each in models)
    assert any(each["type"] == "unknown" for each in models)
    assert any(each.get("trigger_phrases") for each in models)
    assert any((each.get("default_settings") or {}).get("weight") for each in models)
    assert Counter(each["hash"] for each in models).most_common(1)[0][1] == 2
    assert len(server.api.get(f"{MODELS}/missing").json()["models"]) == 1
    links = [server.api.get(f"/api/v1/model_relationships/i/{each['key']}").json() for each in models]
    assert any(links)


def test_covers_of_a_library(begin: Start, tmp_path: Path) -> None:
    server = begin(models=34, root=tmp_path / "root")
    covered = [each for each in server.models() if each["cover_image"]]
    assert 5 < len(covered) < 30
    first, second = (server.api.get(each["cover_image"]).content for each in covered[:2])
    with Image.open(BytesIO(first)) as image:
        assert (image.format, image.size) == ("WEBP", (256, 256))
    assert first != second
    gone = f"{MODELS}/i/{covered[0]['key']}/image"
    assert server.api.delete(gone).status_code == 204
    server.server.restart()
    assert server.api.get(gone).status_code == 500
    assert len([each for each in server.models() if each["cover_image"]]) == len(covered) - 1
