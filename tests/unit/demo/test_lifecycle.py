"""An embedded server starts quickly, fails where it was started, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from invokeai_widgets import demo
from invokeai_widgets.demo import server as server_module
from invokeai_widgets.demo.web.listening import WebSocket
from tests.support.ports import free_port


def version(url: str) -> str:
    answer = httpx.get(f"{url}/api/v1/app/version", trust_env=False)
    return str(answer.json()["version"])


def open_files() -> set[str]:
    found = set()
    for number in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{number.name} {number.readlink()}")
        except OSError:
            continue  # the one that lists them
    return found


def test_nothing_is_left_behind() -> None:
    asyncio.run(asyncio.sleep(0))
    threads, files = set(threading.enumerate()), open_files()
    server = demo.start(models=5)
    root = server.root
    assert version(server.url) == "6.14.2+embedded"
    assert root.exists()
    server.stop()
    server.stop()
    assert set(threading.enumerate()) <= threads  # a client of the test before may have ended meanwhile
    assert open_files() <= files
    assert not root.exists()
    with pytest.raises(httpx.ConnectError):
        version(server.url)


def test_it_is_on_loopback_only() -> None:
    with demo.serve() as url:
        assert url.startswith("http://127.0.0.1:")
        port = int(url.rpartition(":")[2])
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in others - {"127.0.0.1"}:
            with socket.socket() as tried:
                assert tried.connect_ex((str(address), port)) != 0


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            demo.start(port=other.getsockname()[1])


def test_a_failure_in_its_thread_is_raised_where_it_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("no luck")

    monkeypatch.setattr(server_module.Backend, "begin", fail)
    with pytest.raises(ValueError, match="no luck"):
        demo.start()


def test_it_does_not_start_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(1)

    monkeypatch.setattr(server_module.Backend, "begin", hang)
    monkeypatch.setattr(server_module, "_START_TIMEOUT", 0.1)
    with pytest.raises(server_module.DemoServerError, match="did not start"):
        demo.start()


def test_the_same_seed_gives_the_same_library() -> None:
    def library(seed: int) -> object:
        with demo.serve(models=40, seed=seed) as url, httpx.Client(base_url=url, trust_env=False) as api:
            listed = api.get("/api/v2/models/").json()["models"]
            images = [api.get(image).content for each in listed if (image := each.pop("cover_image"))]
            related = [api.get(f"/api/v1/model_relationships/i/{each['key']}").json() for each in listed]
            assert images
            assert any(related)
            return listed, images, related

    assert library(1) == library(1)
    assert library(1) != library(2)


def test_records_stay_in_a_root(tmp_path: Path) -> None:
    def library() -> list[dict[str, object]]:
        with demo.serve(root=tmp_path / "root", models=20) as url:
            models = httpx.get(f"{url}/api/v2/models/", trust_env=False).json()["models"]
            return [{**each, "cover_image": each["cover_image"] is not None} for each in models]

    first = library()
    assert len(first) == 20
    assert library() == first


# Its models would be taken for ours, and its unfinished downloads removed.
@pytest.mark.parametrize("mark", ["invokeai.yaml", "databases/invokeai.db"])
def test_the_folder_of_a_real_one_is_refused(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).parent.mkdir(exist_ok=True)
    (tmp_path / mark).touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(server_module.DemoServerError, match="real InvokeAI"):
        demo.start(root=tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_one_that_is_forgotten_goes_with_its_process(tmp_path: Path) -> None:
    code = "from invokeai_widgets import demo; print((keep := demo.start(models=3)).root)"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path: Path) -> None:
    port = str(free_port())
    command = [sys.executable, "-m", "invokeai_widgets.demo.cli", "serve", "--port", port, "--models", "3"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert len(httpx.get(f"{url}/api/v2/models/", trust_env=False).json()["models"]) == 3
        process.terminate()
        assert process.wait(10) == 0
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_client_is_imported() -> None:
    code = """
import pkgutil, importlib, sys, invokeai_widgets.demo as demo
for module in pkgutil.walk_packages(demo.__path__, "invokeai_widgets.demo."):
    importlib.import_module(module.name)
print([name for name in sys.modules if name.startswith("invokeai_widgets.client")])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# Models of ComfyUI lie there, too: as orphans they could be deleted.
def test_a_folder_with_models_of_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with demo.serve(root=tmp_path):
        pass
    (tmp_path / "models" / "mine.safetensors").touch()
    with demo.serve(root=tmp_path):  # it is the embedded one's by now
        pass
    (tmp_path / "databases" / "embedded.db").unlink()
    with pytest.raises(server_module.DemoServerError, match="not of an embedded server"):
        demo.start(root=tmp_path)
    assert (tmp_path / "models" / "mine.safetensors").exists()


def test_any_thread_may_start_and_stop_it() -> None:
    with ThreadPoolExecutor(4) as threads:
        server = threads.submit(demo.start).result()
        assert {each.url for each in threads.map(lambda _: server.start(), range(8))} == {server.url}
        assert version(server.url)
        list(threads.map(lambda _: server.stop(), range(8)))
    assert not server.root.exists()
    with pytest.raises(server_module.DemoServerError, match="is not running"):
        server.turn(1)


def test_a_web_socket_that_its_client_is_closing_keeps_no_connection_open() -> None:
    with demo.start() as running, httpx.Client(base_url=running.url) as client:
        client.get("/api/v1/app/version")  # its connection is kept
        address = running.url.replace("http", "ws") + "/ws/socket.io/?EIO=4&transport=websocket"
        with connect(address) as web_socket:
            web_socket.recv()

            async def close_from_both_sides() -> None:
                assert running._uvicorn is not None
                connections = running._uvicorn.server_state.connections
                (theirs,) = [each for each in connections if isinstance(each, WebSocket)]
                theirs.data_received(b"\x88\x80\0\0\0\0")  # an empty close frame
                theirs.shutdown()
                assert theirs.transport.is_closing()

            running.run(close_from_both_sides())
        running.stop()
        with pytest.raises(httpx.ConnectError):
            client.get("/api/v1/app/version")
        assert running._failure is None


def test_the_folder_is_for_nobody_else() -> None:
    with demo.start() as server:
        assert server.root.stat().st_mode & 0o077 == 0


# JupyterLab is a process of its own: it has to end with the command, and the folder with both.
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM to wait for")
def test_lab_ends_when_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "BROWSER": "true"}
    environment["JUPYTER_RUNTIME_DIR"] = str(tmp_path / "runtime")
    command = [sys.executable, "-m", "invokeai_widgets.demo.cli", "lab", "--models", "3"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        assert "models to scan" in said[2]
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("runtime/jpserver-*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        (running,) = tmp_path.glob("runtime/jpserver-*.json")
        process.terminate()
        process.wait(30)
    with pytest.raises(ProcessLookupError):
        os.kill(int(running.stem.partition("-")[2]), 0)
    assert list((tmp_path / "temporary").glob("invokeai-demo-*")) == []
