"""Faults happen when they are switched on, and only then."""

from __future__ import annotations

import json

import httpx
import pytest
import socketio

from invokeai_widgets.demo import faults
from tests.support.fileserver import FileServer
from tests.support.watched import MODELS, Watched

LIST = f"{MODELS}/"


@pytest.mark.parametrize("status", [409, 424])
def test_a_status(server: Watched, status: int) -> None:
    server.server.faults.add(path=LIST, instead=status, detail="busy", times=1)
    assert server.api.get(LIST).json() == {"detail": "busy"}
    assert server.api.get(LIST).status_code == 200


def test_only_what_matches(server: Watched) -> None:
    server.server.faults.add(path=f"{MODELS}/i/*", method="DELETE", instead=409)
    assert server.api.get(f"{MODELS}/i/x").status_code == 404
    assert server.api.delete(f"{MODELS}/i/x").status_code == 409
    server.server.faults.clear()
    assert server.api.delete(f"{MODELS}/i/x").status_code == 404


# InvokeAI closes the connection after a 500; the next request on it fails.
def test_500_closes_the_connection(server: Watched) -> None:
    server.server.faults.add(path=LIST, instead=500, times=1)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        answer = client.get(LIST)
        assert (answer.status_code, answer.text) == (500, "Internal Server Error")
        stream = answer.extensions["network_stream"]
        # There is nothing to read but the end.
        server.wait_for(lambda: stream.get_extra_info("is_readable"), "the end of the connection")


def test_a_web_page_instead_of_json(server: Watched) -> None:
    server.server.faults.add(path=LIST, instead=faults.HTML)
    answer = server.api.get(LIST)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_truncated_json(server: Watched) -> None:
    server.server.faults.add(path=LIST, instead=faults.TRUNCATED, times=1)
    with pytest.raises(json.JSONDecodeError):
        server.api.get(LIST).json()
    assert server.api.get(LIST).json() == {"models": []}


def test_a_connection_cut_in_the_middle_of_an_answer(server: Watched) -> None:
    server.server.faults.add(path=LIST, instead=faults.CUT, times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        server.api.get(LIST)
    assert server.api.get(LIST).json() == {"models": []}


def test_no_answer_at_all(server: Watched) -> None:
    server.server.faults.add(path=LIST, instead=faults.HANG_UP, times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        server.api.get(LIST)
    assert server.api.get(LIST).status_code == 200


# The request was carried out, and its answer lost: whoever repeats it does it twice.
def test_a_lost_answer(server: Watched) -> None:
    server.server.faults.add(path=f"{MODELS}/install", method="POST", instead=faults.HANG_UP, done=True)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        server.install("external://a/b")
    assert len(server.api.get(f"{MODELS}/install").json()) == 1


def test_latency(server: Watched) -> None:
    server.server.faults.add(path=LIST, latency=0.5)
    with pytest.raises(httpx.ReadTimeout):
        server.api.get(LIST, timeout=0.2)
    assert server.api.get(LIST).status_code == 200


def test_sockets_are_refused_and_dropped(server: Watched) -> None:
    server.server.faults.refuse_sockets = True
    with pytest.raises(socketio.exceptions.ConnectionError):
        server.listen()
    server.server.faults.refuse_sockets = False
    client = server.listen()
    server.server.drop_sockets()
    server.wait_for(lambda: not client.connected, "the end of the socket")


def test_events_come_twice(server: Watched) -> None:
    server.server.faults.event_copies = 2
    server.listen()
    server.record("external://a/b")
    server.hears(*["model_install_started"] * 2, *["model_install_complete"] * 2)


def test_events_come_late(server: Watched) -> None:
    server.server.faults.event_delay = 3.0
    server.listen()
    server.record("external://a/b")
    assert server.names() == []
    server.heard("model_install_complete")


def test_the_disk_is_full(server: Watched, file_server: FileServer) -> None:
    server.server.faults.disk_full = True
    job = server.until(server.install(file_server.add("x.safetensors", b"x" * 1000)))
    assert job["error_reason"] == "RuntimeError"
    assert job["error"].startswith("Free disk space 0.00 GB is not enough for download of")


def test_a_download_is_cut(server: Watched, file_server: FileServer) -> None:
    server.server.faults.cut_after = 200_000
    for source in (file_server.add("x.safetensors", bytes(1_000_000)), "larkspur/heron-1"):
        job = server.until(server.install(source))
        assert (job["status"], job["error_reason"]) == ("error", "ChunkedEncodingError")
    assert server.files() == set()


def test_a_restart_begins_with_0_again(server: Watched) -> None:
    assert [server.until(server.install("external://a/b"))["id"] for _ in range(2)] == [0, 1]
    server.server.restart()
    assert server.api.get(f"{MODELS}/install").json() == []
    assert server.install("external://a/b")["id"] == 0
