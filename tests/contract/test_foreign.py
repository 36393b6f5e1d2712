"""What clients that nobody here wrote may send, and what a server answers: plain requests, plain sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest
import socketio

from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.invokeai, pytest.mark.since("6.14.2")]

MODELS = "/api/v2/models"
JSON = {"content-type": "application/json"}
UNKNOWN = {"source": "/nothing/there"}

# What is sent -> status, and what the complaint is about or says.
REFUSED: dict[str, tuple[dict[str, Any], int, object]] = {
    "no body": ({"params": UNKNOWN}, 422, ["body"]),
    "an empty body": ({"params": UNKNOWN, "headers": JSON, "content": b""}, 422, ["body"]),
    "null": ({"params": UNKNOWN, "headers": JSON, "content": b"null"}, 422, ["body"]),
    "a list": ({"params": UNKNOWN, "json": []}, 422, ["body"]),
    "a form": ({"params": UNKNOWN, "data": {"name": "x"}}, 422, ["body"]),
    "text": ({"params": UNKNOWN, "headers": {"content-type": "text/plain"}, "content": b"{}"}, 422, ["body"]),
    "no type of content": ({"params": UNKNOWN, "content": b"{}"}, 422, ["body"]),
    "half of it": ({"params": UNKNOWN, "headers": JSON, "content": b'{"a":'}, 422, ["body", 5]),
    "not UTF-8": (
        {"params": UNKNOWN, "headers": JSON, "content": b'{"a":"\xff"}'},
        400,
        "There was an error",
    ),
    "no source": ({"json": {}}, 422, ["query", "source"]),
    "a word for yes": ({"params": {**UNKNOWN, "inplace": "maybe"}, "json": {}}, 422, ["query", "inplace"]),
    "an unknown source": ({"params": {**UNKNOWN, "x": "y"}, "json": {"x": "y"}}, 409, "Unsupported model"),
}


@pytest.fixture
def api(invokeai_server: Any) -> Iterator[httpx.Client]:
    plain = {"accept-encoding": "identity"}
    with httpx.Client(base_url=invokeai_server.url, headers=plain, timeout=60, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("what", REFUSED)
def test_refused_installs(api: httpx.Client, what: str) -> None:
    request, status, about = REFUSED[what]
    answer = api.post(f"{MODELS}/install", **request)
    detail = answer.json()["detail"]
    assert answer.status_code == status, detail
    if isinstance(about, str):
        assert detail.startswith(about)
    else:
        assert detail[0]["loc"] == about


@pytest.mark.parametrize(
    ("method", "path", "loc"),
    [
        ("POST", "i/bulk_delete", ["body"]),
        ("POST", "hf_login", ["body", "token"]),
        ("DELETE", "sync/orphaned", ["body"]),
        ("PATCH", "i/nothing", ["body"]),
        ("PATCH", "i/nothing/image", ["body", "image"]),
        ("POST", "install/77/restart_file", ["body"]),
        ("GET", "install/abc", ["path", "id"]),
        ("GET", "get_by_hash", ["query", "hash"]),
    ],
)
def test_something_is_lacking(api: httpx.Client, method: str, path: str, loc: list[str]) -> None:
    answer = api.request(method, f"{MODELS}/{path}")
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, loc)


def test_what_is_too_much_is_ignored(api: httpx.Client) -> None:
    vaes = api.get(f"{MODELS}/", params={"model_type": "vae"}).json()["models"]
    more = {"model_type": "vae", "page": "1", "per_page": "5", "_": "123"}
    headers = {"accept": "text/html", "authorization": "Bearer nonsense", "origin": "http://elsewhere"}
    answer = api.get(f"{MODELS}/", params=more, headers=headers)
    assert [each["key"] for each in answer.json()["models"]] == [each["key"] for each in vaes]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"] == "Origin, Accept-Encoding"
    assert "access-control-allow-origin" not in answer.headers
    assert api.request("GET", f"{MODELS}/stats", content=b"[1]").json() is None
    assert api.post(f"{MODELS}/empty_model_cache", json={"x": 1}).json() is None
    assert api.put(f"{MODELS}/convert/nothing", json={"x": 1}).status_code == 424


@pytest.mark.parametrize(
    "path", [MODELS, f"{MODELS}/stats/", f"/{MODELS}/stats", "/API/v2/models/", "/any/thing"]
)
def test_paths_that_mean_nothing_are_the_web_page(api: httpx.Client, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = api.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert int(answer.headers["content-length"]) > 100
    assert api.post(path).json() == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "*, gzip"])
def test_gzip(api: httpx.Client, accepted: str) -> None:
    for path, status in (("stats", 200), ("i/nothing", 404), ("?model_type=x", 422)):
        answer = api.get(f"{MODELS}/{path}", headers={"accept-encoding": accepted})
        assert (answer.status_code, answer.headers["content-encoding"]) == (status, "gzip")
        assert "content-length" not in answer.headers
    assert "content-encoding" not in api.get(f"{MODELS}/stats", headers={"accept-encoding": "br"}).headers


def test_an_endless_request_line(invokeai_server: Any) -> None:
    with closing(HTTPConnection(invokeai_server.url.removeprefix("http://"))) as connection:
        connection.request("GET", f"{MODELS}/get_by_hash?hash={'x' * 70_000}")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (400, b"Invalid HTTP request received.")


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"], ["websocket"]])
def test_sockets_of_all_kinds(restored_invokeai: Any, tmp_path: Any, transports: list[str]) -> None:
    heard: list[str] = []
    client = socketio.Client(reconnection=False)
    client.on("*", lambda name, _: heard.append(name))
    client.connect(restored_invokeai.url, socketio_path="/ws/socket.io", transports=transports)
    try:
        client.emit("subscribe_queue", {"queue_id": "default"})  # as InvokeAI's own page does
        source = {"source": str(write_lora(tmp_path / "heard.safetensors")), "inplace": "true"}
        assert restored_invokeai.api.post(f"{MODELS}/install", params=source, json={}).status_code == 201
        deadline = time.monotonic() + 20
        while len(heard) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        client.disconnect()
    assert heard == ["model_install_started", "model_install_complete"]


def test_an_older_protocol_is_refused(api: httpx.Client) -> None:
    answer = api.get("/ws/socket.io/", params={"EIO": "3", "transport": "polling"})
    assert (answer.status_code, "unsupported version" in answer.text) == (400, True)
