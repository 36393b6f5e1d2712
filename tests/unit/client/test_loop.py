"""The background loop: waiting, giving up, and going away quietly."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator

import pytest

from invokeai_widgets.client.errors import InvokeAIError, RequestTimedOut
from invokeai_widgets.client.loop import LoopThread
from tests.support.scripted import VERSION, ScriptedServer


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    running = LoopThread("test-loop")
    yield running
    running.stop()


def tasks_of(thread: LoopThread) -> set[str]:
    async def names() -> set[str]:
        here = asyncio.current_task()
        return {str(task.get_coro()) for task in asyncio.all_tasks() if task is not here}

    return thread.run(names())


async def forever(ended: threading.Event) -> None:
    try:
        await asyncio.sleep(3600)
    finally:
        ended.set()


def test_gives_the_result_or_the_error(thread: LoopThread) -> None:
    async def fail() -> None:
        raise KeyError("x")

    assert thread.run(asyncio.sleep(0, "done")) == "done"
    with pytest.raises(KeyError):
        thread.run(fail())


def test_giving_up_leaves_nothing_behind(thread: LoopThread) -> None:
    ended = threading.Event()
    thread.run(asyncio.sleep(0))  # the thread runs now
    with pytest.raises(RequestTimedOut, match=r"0\.5 s"):
        thread.run(forever(ended), timeout=0.5)
    assert ended.is_set()
    assert tasks_of(thread) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_cancels(thread: LoopThread) -> None:
    ended = threading.Event()

    async def interrupted() -> None:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        await forever(ended)

    with pytest.raises(KeyboardInterrupt):
        thread.run(interrupted())
    assert ended.is_set()
    assert tasks_of(thread) == set()


# A blocking call in a callback of the loop waited for itself for ever.
def test_a_blocking_call_on_the_loop_is_refused(thread: LoopThread) -> None:
    async def block() -> None:
        thread.run(asyncio.sleep(0))

    with pytest.raises(InvokeAIError, match="would wait for itself"):
        thread.run(block())


def test_stopping_cancels_what_runs() -> None:
    running, ended = LoopThread("stopping"), threading.Event()
    running.post(lambda: asyncio.get_running_loop().create_task(forever(ended)))
    running.stop()
    assert ended.is_set()
    assert not running.is_alive
    assert running.loop.is_closed()
    with pytest.raises(InvokeAIError, match="has ended"):
        running.run(asyncio.sleep(0))
    running.post(lambda: None)  # dropped in silence


def test_one_waiter_does_not_hold_up_another(thread: LoopThread) -> None:
    gate = asyncio.Event()
    waiter = threading.Thread(target=lambda: thread.run(gate.wait()))
    waiter.start()
    assert thread.run(asyncio.sleep(0, 1)) == 1
    thread.post(gate.set)
    waiter.join(5)
    assert not waiter.is_alive()


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Every warning shows. Not `-X dev`: on a busy machine asyncio then reports what took long."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_process_ends_quietly_with_a_client_in_use() -> None:
    with ScriptedServer([VERSION]) as server:
        ran = python(f"""
            from invokeai_widgets import InvokeAIClient
            client = InvokeAIClient.from_url({server.url!r})
            print(client.version())
        """)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "6.14.2\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_a_forked_process_gets_a_loop_of_its_own() -> None:
    ran = python("""
        import asyncio, os, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # of fork beside threads
        from invokeai_widgets.client.loop import LoopThread
        first = LoopThread.shared()
        first.run(asyncio.sleep(0))
        child = os.fork()
        if child == 0:
            assert not first.is_alive
            print(LoopThread.shared().run(asyncio.sleep(0, "child")), flush=True)
            raise SystemExit
        print("parent", os.waitpid(child, 0)[1], first.run(asyncio.sleep(0, "alive")))
    """)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "child\nparent 0 alive\n", "")
