"""What a new process finds of the downloads of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fileserver import FileServer
from tests.support.watched import INSTALL, Watched

from .conftest import Start


@pytest.fixture
def kept(begin: Start, tmp_path: Path) -> Watched:
    """A server with a root of its own."""
    return begin(root=tmp_path / "root")


@pytest.fixture
def content(lora: Path) -> bytes:
    return lora.read_bytes() + bytes(4_000_000)


def half_way(server: Watched, files: FileServer, name: str, content: bytes) -> dict[str, object]:
    url = files.add(name, content, hold_at=1_000_000)
    return server.until_bytes(server.install(url, config={"name": name}), 500_000)


def test_a_killed_download_goes_on_by_itself(kept: Watched, file_server: FileServer, content: bytes) -> None:
    half_way(kept, file_server, "k.safetensors", content)
    kept.server.restart(crash=True)
    file_server.release("k.safetensors")
    (job,) = kept.api.get(INSTALL).json()
    assert job["id"] == 0
    done = kept.until(job)
    assert (done["status"], done["config_out"]["name"]) == ("completed", "k.safetensors")
    assert int(file_server.requests[-1]["range"].removeprefix("bytes=").rstrip("-")) >= 500_000


def test_an_orderly_end_pauses(kept: Watched, file_server: FileServer, content: bytes) -> None:
    half_way(kept, file_server, "o.safetensors", content)
    kept.server.restart()
    (job,) = kept.api.get(INSTALL).json()
    assert (job["status"], job["bytes"], job["total_bytes"], job["download_parts"]) == ("paused", 0, 0, [])
    assert job["config_in"]["name"] == "o.safetensors"
    file_server.release("o.safetensors")
    kept.api.post(f"{INSTALL}/0/resume")
    done = kept.until(job)
    assert (done["status"], done["config_out"]["name"]) == ("completed", "o.safetensors")


def test_paused_stays_paused(kept: Watched, file_server: FileServer, content: bytes) -> None:
    job = half_way(kept, file_server, "p.safetensors", content)
    kept.api.post(f"{INSTALL}/{job['id']}/pause")
    kept.server.restart(crash=True)
    (found,) = kept.api.get(INSTALL).json()
    assert (found["status"], found["source"]) == ("paused", job["source"])


def test_what_has_ended_does_not_come_back(
    kept: Watched, file_server: FileServer, content: bytes, lora: Path
) -> None:
    kept.record(lora)
    gone = half_way(kept, file_server, "g.safetensors", content)
    kept.api.delete(f"{INSTALL}/{gone['id']}")
    kept.until(kept.install(file_server.add("e.safetensors", b"", status=404)))
    kept.server.restart()
    assert kept.api.get(INSTALL).json() == []
    assert [each["name"] for each in kept.models()] == ["mine"]
    assert kept.install(lora)["id"] == 0


# Killed when all was fetched: the folder is installed as it stands, under the name of the folder.
def test_killed_before_the_installer_came(
    begin: Start, tmp_path: Path, file_server: FileServer, lora: Path
) -> None:
    server = begin(root=tmp_path / "root", clock_by_hand=True)
    server.server.faults.install_seconds = 10
    server.until(server.install(lora), "running")
    server.until(server.install(file_server.add("d.safetensors", lora)), "downloads_done")
    server.server.restart(crash=True)
    (job,) = server.api.get(INSTALL).json()
    record = server.until(job)["config_out"]
    assert (record["type"], record["name"].startswith("tmpinstall_")) == ("unknown", True)


# The source of a repository with a variant is written in a way that is not understood again.
def test_a_variant_does_not_come_back(begin: Start, tmp_path: Path) -> None:
    server = begin(root=tmp_path / "root", clock_by_hand=True)
    for source in ("larkspur/heron-1:fp16", "larkspur/heron-1"):
        server.until(server.install(source), "downloading")
    server.server.restart(crash=True)
    assert [job["source"]["variant"] for job in server.api.get(INSTALL).json()] == [None]
