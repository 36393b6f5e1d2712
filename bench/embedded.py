"""The embedded server in a process of its own: `python -m bench.embedded N` starts one with N models."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import AbstractContextManager

from bench import env


class Embedded(AbstractContextManager["Embedded"]):
    """A running embedded server: `url`, and `seconds`, what its start took once it was imported."""

    def __init__(self, models: int = 0) -> None:
        command = [sys.executable, "-m", "bench.embedded", str(models)]
        self._process = subprocess.Popen(
            command, cwd=env.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url, seconds = self._process.stdout.readline().split()
        self.seconds = float(seconds)

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def _serve(models: int) -> None:
    """Until the parent's end of the pipe is closed."""
    from invokeai_widgets.demo.server import DemoServer
    from invokeai_widgets.demo.settings import Settings

    start = time.perf_counter()
    with DemoServer(Settings(models=models)) as server:
        print(server.url, time.perf_counter() - start, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
