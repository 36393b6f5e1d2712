"""An embedded server with a plain HTTP client and a plain socket, and checks of all they get."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import socketio
from typing_extensions import Self

from invokeai_widgets.demo.server import DemoServer

from .answers import CheckedClient, event_complaints

MODELS = "/api/v2/models"
INSTALL = f"{MODELS}/install"
FINAL = ("completed", "error", "cancelled")
_PATIENCE = 100.0  # seconds

Job = dict[str, Any]


class Watched:
    """`api` is an HTTP client, `events` what came over the socket, each checked against the schemas."""

    def __init__(self, server: DemoServer) -> None:
        self.server = server
        self.url = server.url
        self.api = CheckedClient(server.url)
        self.events: list[tuple[str, Any]] = []
        self._socket: socketio.Client | None = None
        self._complaints: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()
        if self._socket is not None:
            with suppress(Exception):
                self._socket.disconnect()
        assert not self._complaints, self._complaints

    def listen(self, transport: str = "websocket", **options: Any) -> socketio.Client:
        """Connect a socket that collects `events`."""
        client = socketio.Client(reconnection=False)
        client.on("*", self._hear)
        client.connect(self.url, socketio_path="/ws/socket.io", transports=[transport], **options)
        self._socket = client
        return client

    def names(self, *left_out: str) -> list[str]:
        """The events so far, progress left out."""
        return [name for name, _ in self.events if not name.endswith("progress") and name not in left_out]

    def heard(self, *wanted: str) -> None:
        """Wait until all these events came."""
        self.wait_for(lambda: set(wanted) <= {name for name, _ in self.events}, f"events {wanted}")

    def hears(self, *wanted: str, without: tuple[str, ...] = ()) -> None:
        """Wait until these events came, and check that they are all, in this order, but for progress."""
        self.wait_for(lambda: len(self.names(*without)) >= len(wanted), f"events {wanted}")
        assert self.names(*without) == list(wanted)

    def install(self, source: object, *, inplace: bool = True, config: Any = None, **query: str) -> Job:
        """Start an installation; the job it answers."""
        given = {"source": str(source), "inplace": str(inplace).lower(), **query}
        answer = self.api.post(INSTALL, params=given, json=config or {})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def job(self, number: int) -> Job:
        """A job as it is now."""
        return dict(self.api.get(f"{INSTALL}/{number}").json())

    def until(self, job: Job, *statuses: str) -> Job:
        """The job when it has one of these statuses; or has ended, if none is given."""
        wanted = statuses or FINAL
        self.wait_for(lambda: self.job(job["id"])["status"] in wanted, f"job {job['id']} {wanted}")
        return self.job(job["id"])

    def until_bytes(self, job: Job, least: int) -> Job:
        """The job when it has fetched that much."""
        self.wait_for(lambda: self.job(job["id"])["bytes"] >= least, f"job {job['id']}: {least} bytes")
        return self.job(job["id"])

    def record(self, source: object, **options: Any) -> dict[str, Any]:
        """Install something, and give its record."""
        job = self.until(self.install(source, **options))
        assert job["status"] == "completed", job["error"]
        return dict(job["config_out"])

    def models(self, query: Iterable[tuple[str, str]] = ()) -> list[dict[str, Any]]:
        """The list of records."""
        return list(self.api.get(f"{MODELS}/", params=list(query)).json()["models"])

    def files(self) -> set[str]:
        """What lies in the models folder."""
        folder = Path(self.server.root) / "models"
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}

    def _hear(self, name: str, payload: Any) -> None:
        self.events.append((name, payload))
        self._complaints += event_complaints(name, payload)

    def wait_for(self, happened: Callable[[], bool], what: str, *, rest: float = 0.01) -> None:
        """Wait until it happened, looking again after `rest` seconds; fails after a while."""
        deadline = time.monotonic() + _PATIENCE
        while not happened():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(rest)
