"""A server in a thread of its own: started with a deadline, stopped with its owner."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import socket
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import uvicorn
from typing_extensions import Self

from .app import build
from .backend import Backend
from .clock import Clock
from .faults import Faults
from .settings import Settings

_T = TypeVar("_T")
_REAL_ONES = ("invokeai.yaml", "databases/invokeai.db")
_START_TIMEOUT = 30.0  # seconds; it takes a tenth of one, but for a library of 100,000 models
_STOP_TIMEOUT = 30.0  # seconds; a large file that is being read is read to its end


class DemoServerError(RuntimeError):
    """The embedded server did not start."""


class DemoServer:
    """An embedded server. `start` and `stop` it, or use it as a context manager.

    `url` is its address, `root` its folder, `faults` what may go wrong on request. Raises `DemoServerError`
    for the root of a real InvokeAI.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.root is not None and any((settings.root / mark).exists() for mark in _REAL_ONES):
            raise DemoServerError(
                f"{settings.root} is the folder of a real InvokeAI: give the embedded one another."
            )
        self.settings = settings
        self.root = settings.root or Path(tempfile.mkdtemp(prefix="invokeai-demo-"))
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._backend: Backend | None = None
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._crashed = False
        self._port = settings.port

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        host = self.settings.host
        shown = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
        return f"http://{shown}:{self._port}"

    @property
    def backend(self) -> Backend:
        """What is behind the routes; only for use on the server's loop, see `run`."""
        if self._backend is None:
            raise DemoServerError("The embedded server is not running.")
        return self._backend

    @property
    def faults(self) -> Faults:
        """What may go wrong, on a switch."""
        return self.backend.faults

    @property
    def clock(self) -> Clock:
        """The clock of the invented downloads; `speed` may be set at any time."""
        return self.backend.clock

    def start(self) -> Self:
        """Start, and return when it answers.

        Raises `OSError` for an address that is taken, `DemoServerError` if it takes too long, and what
        failed in its thread.
        """
        if self._thread is not None:
            return self
        atexit.register(self.stop)  # whoever forgets it leaves no folder behind all the same
        self._started.clear()
        self._failure, self._crashed = None, False
        try:
            self._socket = _listen(self.settings.host, self._port)
            self._port = self._socket.getsockname()[1]
            self._backend = Backend(self.settings, self.root)
            self._thread = threading.Thread(
                target=self._run, args=(self._socket,), name="embedded-invokeai", daemon=True
            )
            self._thread.start()
            if not self._started.wait(_START_TIMEOUT):
                raise DemoServerError(f"The embedded server did not start in {_START_TIMEOUT:.0f} s.")
            if self._failure is not None:
                raise self._failure
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop it; downloads are paused, and a temporary folder goes. Does nothing if it does not run."""
        self._end()
        if self.settings.root is None:
            shutil.rmtree(self.root, ignore_errors=True)

    def crash(self) -> None:
        """End it as a killed process does: downloads are cut, and nothing is tidied up."""
        self._crashed = True
        self._end()

    def restart(self, crash: bool = False) -> None:
        """Stop and start it again at the same address, in the same folder. Job ids begin with 0 again.

        With `crash`, downloads are cut instead of paused, as if the process had been killed.
        """
        self._crashed = crash
        self._end()
        self.start()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run something on the server's loop, and wait for its result."""
        if self._loop is None:
            coroutine.close()
            raise DemoServerError("The embedded server is not running.")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def add_user(self, email: str, password: str, *, is_admin: bool = False) -> None:
        """Make a user of a server in multi-user mode, without logging in."""

        async def add() -> None:
            self.backend.accounts.create(email, password, email.partition("@")[0], is_admin)

        self.run(add())

    def turn(self, seconds: float) -> None:
        """Let time pass on a clock that is turned by hand."""
        self.run(self.clock.turn(seconds))

    def drop_sockets(self) -> None:
        """Close every socket, as a proxy or a network does."""
        self.run(self.backend.events.drop_all())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self) -> None:
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT)
        if self._backend is not None:
            self._backend.close()
        if self._socket is not None:
            self._socket.close()
        self._thread = self._backend = self._socket = self._uvicorn = None
        atexit.unregister(self.stop)

    def _run(self, listening: socket.socket) -> None:
        try:
            asyncio.run(self._serve(listening))
        except BaseException as error:  # raised where the server was started
            self._failure = error
        finally:
            self._loop = None
            self._started.set()

    async def _serve(self, listening: socket.socket) -> None:
        backend = self.backend
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            build(backend),
            log_config=None,
            log_level="critical",  # uvicorn would report each crash that is meant; see `web.layers`
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = _Server(config, self._started.set, lambda: backend.end(self._crashed))
        await backend.begin()
        await self._uvicorn.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Tells when it is up, and when it goes down: sockets must be closed before uvicorn waits for them."""

    def __init__(
        self, config: uvicorn.Config, on_start: Callable[[], None], on_stop: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._on_start, self._on_stop = on_start, on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._on_stop()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only if the protocol is told: 40 ms for every short answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
