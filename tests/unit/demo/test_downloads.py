"""Install jobs that download, from a file server that does what it is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.fileserver import FileServer
from tests.support.watched import INSTALL, Watched

from .conftest import Start

SLOW = 4_000_000  # bytes per second


@pytest.fixture
def content(lora: Path) -> bytes:
    """Six megabytes that are unknown to everyone."""
    return lora.read_bytes() + bytes(6_000_000)


def test_events_and_parts(server: Watched, file_server: FileServer, content: bytes) -> None:
    server.listen()
    url = file_server.add("big.safetensors", content)
    job = server.until(server.install(url))
    server.hears(
        "download_started",
        "model_install_downloads_complete",
        "download_complete",
        "model_install_started",
        "model_install_complete",
    )
    count = Counter(name for name, _ in server.events)
    # One pair whenever one percent, and 100 000 bytes, came.
    assert (
        count["model_install_download_progress"] == count["download_progress"] == len(content) // 100_000 + 1
    )
    progress = [
        payload["bytes"] for name, payload in server.events if name == "model_install_download_progress"
    ]
    assert progress == sorted(progress)
    (part,) = job["download_parts"]
    assert (part["status"], part["bytes"], part["total_bytes"]) == ("completed", len(content), len(content))
    assert job["config_out"]["source"] == url
    assert not [name for name in server.files() if name.startswith("tmpinstall")]


def test_pause_and_resume(server: Watched, file_server: FileServer, content: bytes) -> None:
    url = file_server.add("p.safetensors", content, hold_at=1_000_000)
    job = server.until_bytes(server.install(url, config={"name": "Mine"}), 500_000)
    paused = server.api.post(f"{INSTALL}/{job['id']}/pause").json()
    assert (paused["status"], paused["download_parts"][0]["status"]) == ("paused", "paused")
    assert {Path(name).name for name in server.files() if "/" in name} == {
        ".invokeai_install.json",
        "p.safetensors.downloading",
    }
    assert server.install(url)["id"] == job["id"]  # also while it is paused
    resumed = server.api.post(f"{INSTALL}/{job['id']}/resume").json()
    assert (resumed["status"], resumed["total_bytes"]) == ("waiting", 0)
    file_server.release("p.safetensors")
    done = server.until(job)
    assert (done["status"], done["config_out"]["name"]) == ("completed", "Mine")
    first, second = (seen["range"] for seen in file_server.requests)
    assert first is None
    assert second == f"bytes={paused['download_parts'][0]['bytes']}-"


def test_cancel(server: Watched, file_server: FileServer, content: bytes) -> None:
    server.listen()
    url = file_server.add("c.safetensors", content, hold_at=1_000_000)
    job = server.until_bytes(server.install(url), 500_000)
    assert server.api.delete(f"{INSTALL}/{job['id']}").text == "null"
    assert server.job(job["id"])["status"] == "cancelled"
    assert server.files() == set()
    server.hears("download_started", "download_cancelled")  # nothing with the job's id
    assert server.install(url)["id"] != job["id"]


# A file server that ignores Range: the job pauses itself, and only a new one helps.
def test_a_server_without_ranges(server: Watched, file_server: FileServer, content: bytes) -> None:
    url = file_server.add("n.safetensors", content, hold_at=1_000_000, ranges=False, etag=False)
    job = server.until_bytes(server.install(url), 500_000)
    path = f"{INSTALL}/{job['id']}"
    server.api.post(f"{path}/pause")
    server.api.post(f"{path}/resume")
    paused = server.until(job, "paused")
    assert paused["download_parts"][0]["resume_required"] is False  # the parts shown are those of before
    assert server.api.post(f"{path}/restart_failed").json() == paused
    foreign = server.api.post(f"{path}/restart_file", json="http://127.0.0.1:1/x.safetensors").json()
    assert foreign["status"] == "waiting"  # for ever
    for body in ({"file_source": url}, "nonsense"):
        assert server.api.post(f"{path}/restart_file", json=body).status_code == 422
    server.api.delete(path)
    file_server.release("n.safetensors")
    assert server.record(url)["type"] == "unknown"


@pytest.mark.parametrize(
    ("served", "reason", "text"),
    [
        ({"status": 404}, "HTTPError", "Not Found"),
        ({"status": 500}, "HTTPError", "Internal Server Error"),
        ({"token": "good"}, "HTTPError", "Unauthorized"),
        ({"cut_after": 3_000_000}, "ChunkedEncodingError", "IncompleteRead(3000000 bytes read"),
    ],
)
def test_failures(
    server: Watched,
    file_server: FileServer,
    content: bytes,
    served: dict[str, object],
    reason: str,
    text: str,
) -> None:
    server.listen()
    url = file_server.add("x.safetensors", content, **served)
    job = server.until(server.install(url))
    assert (job["status"], job["error_reason"]) == ("error", reason)
    assert text in job["error"]
    server.hears("model_install_error", "download_error", without=("download_started",))
    assert server.files() == set()
    assert server.api.post(f"{INSTALL}/{job['id']}/resume").json()["status"] == "error"


def test_nobody_there(server: Watched) -> None:
    for url in ("http://127.0.0.1:9/x.safetensors", "http://nowhere.invalid/x.safetensors"):
        job = server.until(server.install(url))
        assert job["error_reason"] == "ConnectionError"
        assert "Max retries exceeded with url: /x.safetensors" in job["error"]


def test_private_addresses_are_refused_if_they_should_be(begin: Start, file_server: FileServer) -> None:
    server = begin(allow_private_download_urls=False)
    job = server.until(server.install(file_server.add("x.safetensors", b"x")))
    assert job["error_reason"] == "UnsafeDownloadURLException"
    assert "allow_private_download_urls" in job["error"]
    assert file_server.requests == []


def test_a_token_is_sent_and_shown(server: Watched, file_server: FileServer, lora: Path) -> None:
    url = file_server.add("t.safetensors", lora, token="good")
    job = server.until(server.install(url, access_token="good"))
    assert job["status"] == "completed"
    assert job["source"]["access_token"] == job["download_parts"][0]["access_token"] == "good"
    assert "good" not in str(job["config_out"])


def test_without_a_length(server: Watched, file_server: FileServer, content: bytes) -> None:
    server.listen()
    job = server.until(server.install(file_server.add("n.safetensors", content, length=False)))
    assert job["download_parts"][0]["total_bytes"] == 0
    server.heard("model_install_complete")
    totals = {payload["total_bytes"] for name, payload in server.events if name == "download_progress"}
    assert totals == {0}


def test_five_at_a_time(server: Watched, file_server: FileServer, content: bytes) -> None:
    urls = [file_server.add(f"{number}.safetensors", content, hold_at=1_000_000) for number in range(7)]
    jobs = [server.install(url) for url in urls]
    for job in jobs[:5]:
        server.until(job, "downloading")
    assert [server.job(job["id"])["status"] for job in jobs[5:]] == ["waiting", "waiting"]
    server.api.delete(f"{INSTALL}/{jobs[0]['id']}")
    server.until(jobs[5], "downloading")
    for number in range(7):
        file_server.release(f"{number}.safetensors")
    assert {server.until(job)["status"] for job in jobs[1:]} == {"completed"}


# The download goes from under the installer's hands: what is left is an empty folder with a record.
def test_cancelled_while_it_is_installed(begin: Start, file_server: FileServer, lora: Path) -> None:
    server = begin(clock_by_hand=True)
    server.server.faults.install_seconds = 10
    job = server.until(server.install(file_server.add("l.safetensors", lora)), "running")
    server.api.delete(f"{INSTALL}/{job['id']}")
    assert server.job(job["id"])["status"] == "cancelled"
    server.server.turn(10)
    done = server.until(job, "completed", "error")
    assert (done["status"], done["config_out"]["type"]) == ("completed", "unknown")
    assert done["config_out"]["path"] == done["config_out"]["key"]
