"""The guard that is around every test sees what it is there to see."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from invokeai_widgets.client.loop import LoopThread
from tests.support import leftovers


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "GRACE", 0.1)


def test_a_thread_is_seen() -> None:
    before, end = leftovers.running(), threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten")
    thread.start()
    assert leftovers.left_since(before) == ["thread forgotten"]
    end.set()
    thread.join()
    assert leftovers.left_since(before) == []


def test_a_process_is_seen() -> None:
    before = leftovers.running()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        [left] = leftovers.left_since(before)
        assert left.startswith(f"process {process.pid}")
        process.communicate(b"\n")
    assert leftovers.left_since(before) == []


def test_a_coroutine_on_the_shared_loop_is_seen() -> None:
    before, shared = leftovers.running(), LoopThread.shared()
    forgotten = asyncio.run_coroutine_threadsafe(asyncio.sleep(3600), shared.loop)
    shared.run(asyncio.sleep(0))  # what was posted before has begun now
    [left] = leftovers.left_since(before)
    assert "sleep" in left
    forgotten.cancel()
    assert leftovers.left_since(before) == []
