"""What a test must not leave behind: processes, threads that keep Python alive, tasks on our own loop."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path

GRACE = 15.0  # seconds that something gets to end by itself
LOOP_MODULE = "invokeai_widgets.client.loop"
OF_A_LOOP = ("asyncio_", "AnyIO worker")  # an event loop's helpers, kept for the next call

Found = dict[Hashable, str]  # what runs -> how to name it in a report


def running() -> Found:
    """All that runs now and could be left behind."""
    return {**_threads(), **_processes(), **_tasks()}


def left_since(before: Found) -> list[str]:
    """What runs now, and still after a while, that did not run `before`."""
    deadline = time.monotonic() + GRACE
    while left := {key: name for key, name in running().items() if key not in before}:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return sorted(left.values())


def _threads() -> Found:
    ours = (thread for thread in threading.enumerate() if not thread.daemon)
    return {thread: f"thread {thread.name}" for thread in ours if not thread.name.startswith(OF_A_LOOP)}


def _processes() -> Found:
    """Our direct children, where the system lists them (Linux)."""
    found: Found = {}
    for task in Path("/proc/self/task").iterdir() if sys.platform == "linux" else ():
        with suppress(OSError):  # a thread may end just now
            for child in (task / "children").read_text().split():
                found["process", child] = f"process {child} {_command(child)}"
    return found


def _command(child: str) -> str:
    try:
        return (Path("/proc") / child / "cmdline").read_text().replace("\0", " ")[:200]
    except OSError:
        return f"(ended, not waited for by {os.getpid()})"


def _tasks() -> Found:
    """The coroutines on the shared loop thread, if a test has imported it."""
    module = sys.modules.get(LOOP_MODULE)
    shared = module.LoopThread._shared if module else None
    if shared is None or not shared.is_alive:
        return {}
    return {task: f"coroutine {task.get_coro()!r}" for task in asyncio.all_tasks(shared.loop)}
