"""The file server serves as badly as it is told to: what the tests of downloads rely on."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.support.fileserver import FileServer

CONTENT = bytes(range(256)) * 40


def test_a_range_is_answered_with_that_part(file_server: FileServer) -> None:
    url = file_server.add("a model.safetensors", CONTENT)
    answer = httpx.get(url, headers={"Range": "bytes=100-199"}, trust_env=False)
    assert (answer.status_code, answer.content) == (206, CONTENT[100:200])
    assert answer.headers["content-range"] == f"bytes 100-199/{len(CONTENT)}"
    assert file_server.asked("a model.safetensors")[0]["range"] == "bytes=100-199"


def test_a_range_of_another_state_of_the_file_is_answered_with_all_of_it(file_server: FileServer) -> None:
    url = file_server.add("a", CONTENT)
    answer = httpx.get(url, headers={"Range": "bytes=100-", "If-Range": '"old"'}, trust_env=False)
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_without_ranges_every_answer_is_the_whole_file(file_server: FileServer) -> None:
    url = file_server.add("a", CONTENT, ranges=False)
    answer = httpx.get(url, headers={"Range": "bytes=100-199"}, trust_env=False)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert "accept-ranges" not in answer.headers


def test_without_length_the_size_is_not_told(file_server: FileServer) -> None:
    answer = httpx.get(file_server.add("a", CONTENT, length=False), trust_env=False)
    assert answer.content == CONTENT
    assert "content-length" not in answer.headers


@pytest.mark.parametrize("length", [True, False])
def test_a_cut_connection_fails_the_download(file_server: FileServer, length: bool) -> None:
    url = file_server.add("a", CONTENT, cut_after=1000, length=length)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url, trust_env=False)


def test_a_held_download_goes_on_when_released(file_server: FileServer) -> None:
    url = file_server.add("a", CONTENT, hold_at=1000)
    with httpx.stream("GET", url, trust_env=False) as answer:
        blocks = answer.iter_raw()
        got = b""
        while len(got) < 1000:
            got += next(blocks)
        assert got == CONTENT[:1000]
        file_server.release("a")
        assert got + b"".join(blocks) == CONTENT


def test_a_throttled_download_is_sent_in_steps(file_server: FileServer) -> None:
    url = file_server.add("a", CONTENT, rate=len(CONTENT) * 2)
    with httpx.stream("GET", url, trust_env=False) as answer:
        assert len(list(answer.iter_raw())) >= 2


def test_refusals(file_server: FileServer) -> None:
    url = file_server.add("a", CONTENT, token="secret")
    assert httpx.get(url, trust_env=False).status_code == 401
    assert httpx.get(f"{url}?token=secret", trust_env=False).content == CONTENT
    bearer = {"Authorization": "Bearer secret"}
    assert httpx.get(url, headers=bearer, trust_env=False).content == CONTENT
    file_server.change("a", status=500)
    assert httpx.get(url, headers=bearer, trust_env=False).status_code == 500
    assert httpx.get(f"{file_server.url}/b", trust_env=False).status_code == 404
    assert [asked["status"] for asked in file_server.asked("a")] == [401, 200, 200, 500]


def test_a_page_instead_of_a_model(file_server: FileServer) -> None:
    answer = httpx.get(file_server.add_page("a.safetensors"), trust_env=False)
    assert answer.headers["content-type"].startswith("text/html")


def test_its_end_cuts_what_is_held() -> None:
    with FileServer() as server:
        url = server.add("a", CONTENT, hold_at=10)
        stream = httpx.stream("GET", url, trust_env=False)
        answer = stream.__enter__()
    with pytest.raises(httpx.TransportError):
        answer.read()
    stream.__exit__(None, None, None)
    assert not any(thread.name == "file-server" for thread in threading.enumerate())
