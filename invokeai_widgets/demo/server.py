"""A server in a thread of its own: started with a deadline, stopped with its owner."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import secrets
import shutil
import socket
import tempfile
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import Self

from .app import build
from .backend import DATABASE, Backend
from .catalogue import KINDS, RepositoryRow, write_shelf
from .clock import Clock
from .faults import Faults
from .hub.invented import InventedHub
from .settings import Settings
from .web.listening import Uvicorn, WebSocket, listen

_T = TypeVar("_T")
_REAL_ONES = ("invokeai.yaml", "databases/invokeai.db")
_START_TIMEOUT = 30.0  # seconds; it takes a tenth of one, but for a library of 100,000 models
_STOP_TIMEOUT = 30.0  # seconds; a large file that is being read is read to its end


class DemoServerError(RuntimeError):
    """The embedded server did not start."""


class DemoServer:
    """An embedded server. `start` and `stop` it, or use it as a context manager.

    `url` is its address, `root` its folder, `faults` what may go wrong on request. Any thread may use it.
    Raises `DemoServerError` for the root of a real InvokeAI, and for one with models that are not its own.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.root is not None:
            _check_root(settings.root)
        self.settings = settings
        self.root = settings.root or Path(tempfile.gettempdir()) / f"invokeai-demo-{secrets.token_hex(6)}"
        self._changing = threading.RLock()  # held by whoever starts or stops it
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._backend: Backend | None = None
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._crashed = False
        self._port = settings.port
        self._invented = itertools.count(1)

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
    def hub(self) -> InventedHub:
        """The invented hub; `rate` may be set at any time."""
        return self.backend.invented

    @property
    def clock(self) -> Clock:
        """The clock of the invented downloads; `speed` may be set at any time."""
        return self.backend.clock

    def start(self) -> Self:
        """Start, and return when it answers.

        Raises `OSError` for an address that is taken, `DemoServerError` if it takes too long, and what
        failed in its thread.
        """
        with self._changing:
            if self._thread is None:
                atexit.register(self.stop)  # whoever forgets it leaves no folder behind all the same
                try:
                    self._begin()
                except BaseException:
                    self.stop()
                    raise
        return self

    def stop(self) -> None:
        """Stop it; downloads are paused, and a temporary folder goes. Does nothing if it does not run."""
        with self._changing:
            self._end()
            if self.settings.root is None:
                shutil.rmtree(self.root, ignore_errors=True)

    def crash(self) -> None:
        """End it as a killed process does: downloads are cut, and nothing is tidied up."""
        with self._changing:
            self._crashed = True
            self._end()

    def restart(self, crash: bool = False) -> None:
        """Stop and start it again at the same address, in the same folder. Job ids begin with 0 again.

        With `crash`, downloads are cut instead of paused, as if the process had been killed.
        """
        with self._changing:
            self._crashed = crash
            self._end()
            self.start()

    def application(self) -> ASGIApp:
        """The ASGI application of the running server."""
        return build(self.backend)

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run something on the server's loop, and wait for its result."""
        if self._loop is None:
            coroutine.close()
            raise DemoServerError("The embedded server is not running.")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def invent(self, size: int, name: str = "", kind: str = "lora sdxl", gated: bool = False) -> str:
        """Put a model file on the invented hub, of about `size` bytes; the address to install it by.

        `kind` is type and base, such as "main sdxl" or "vae flux". Raises `ValueError` for one of which it
        knows no files. A second file of the same `name` takes the place of the first.
        """
        if kind not in KINDS:
            raise ValueError(f"no files of {kind!r}; there are {', '.join(KINDS)}")
        name = name or f"invented_{next(self._invented)}"
        row = RepositoryRow(
            f"invented/{name}", name, kind, size, "Made for a lesson.", f"{name}.safetensors", gated=gated
        )
        self.hub.add(row)
        return row.source

    def shelf(self, count: int = 12) -> Path:
        """A folder below the root with that many model files which nobody has installed, to be scanned."""
        folder = self.root / "shelf"
        write_shelf(folder, count, self.settings.seed)
        return folder

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

    def _begin(self) -> None:
        self._started.clear()
        self._failure, self._crashed = None, False
        if self.settings.root is None:
            self.root.mkdir(mode=0o700, exist_ok=True)  # files of downloads may name tokens
        self._socket = listen(self.settings.host, self._port)
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
            self.application(),
            log_config=None,
            log_level="critical",  # uvicorn would report each crash that is meant; see `web.layers`
            access_log=False,
            lifespan="off",
            ws=WebSocket,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = Uvicorn(config, self._started.set, lambda: backend.end(self._crashed))
        await backend.begin()
        await self._uvicorn.serve(sockets=[listening])


def _check_root(root: Path) -> None:
    """Refuse a folder with the models of others: they would be taken for ours, and tidied up."""
    if any((root / mark).exists() for mark in _REAL_ONES):
        raise DemoServerError(f"{root} is the folder of a real InvokeAI: give the embedded one another.")
    models = root / "models"
    if models.is_dir() and any(models.iterdir()) and not (root / DATABASE).exists():
        raise DemoServerError(
            f"{models} holds files that are not of an embedded server: give it a folder of its own."
        )
