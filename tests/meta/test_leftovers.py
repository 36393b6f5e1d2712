"""The guard that is around every test sees what it is there to see."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TypeAlias

import pytest

from invokeai_widgets.client.loop import LoopThread
from tests.support import leftovers

LeftNow: TypeAlias = Callable[[leftovers.Found], list[str]]


@pytest.fixture
def left_now(monkeypatch: pytest.MonkeyPatch) -> LeftNow:
    """What is left, without waiting long for it to end."""

    def left_now(before: leftovers.Found) -> list[str]:
        with monkeypatch.context() as patched:
            patched.setattr(leftovers, "GRACE", 0.1)
            return leftovers.left_since(before)

    return left_now


def test_a_thread_is_seen(left_now: LeftNow) -> None:
    before, end = leftovers.running(), threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten")
    thread.start()
    assert left_now(before) == ["thread forgotten"]
    end.set()
    thread.join()
    assert leftovers.left_since(before) == []


def test_a_process_is_seen(left_now: LeftNow) -> None:
    before = leftovers.running()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        [left] = left_now(before)
        assert left.startswith(f"process {process.pid}")
        process.communicate(b"\n")
    assert leftovers.left_since(before) == []


def test_a_coroutine_on_the_shared_loop_is_seen(left_now: LeftNow) -> None:
    before, shared = leftovers.running(), LoopThread.shared()
    forgotten = asyncio.run_coroutine_threadsafe(asyncio.sleep(3600), shared.loop)
    shared.run(asyncio.sleep(0))  # what was posted before has begun now
    [left] = left_now(before)
    assert "sleep" in left
    forgotten.cancel()
    assert leftovers.left_since(before) == []
