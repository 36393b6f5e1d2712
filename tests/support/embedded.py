"""The embedded server in the place of a real one: the same attributes, so that the same tests run on both."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import httpx
from starlette.types import ASGIApp
from typing_extensions import Self

from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.demo.settings import Settings

from .answers_sent import Kept
from .invokeai.versions import NEWEST

NOBODY = "http://127.0.0.1:9"  # where no hub answers


def install(version: str) -> None:
    """Nothing is to be installed."""


class _Kept(DemoServer):
    """One whose answers are held against the schemas, if they are those of 6.14.2."""

    def application(self) -> ASGIApp:
        app = super().application()
        return Kept(app) if self.settings.version == NEWEST else app


class EmbeddedInvokeAI:
    """What `RealInvokeAI` is, in this process; `demo` is the server itself, with its clock and its faults."""

    def __init__(
        self,
        root: Path,
        port: int | None = None,
        version: str = NEWEST,
        multiuser: bool = False,
        hf_endpoint: str | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.root = root.resolve()
        self.version = version
        self.demo = _Kept(
            Settings(
                root=self.root,
                port=port or 0,
                version=version,
                multiuser=multiuser,
                hf_endpoint=hf_endpoint or NOBODY,
                **dict(settings or {}),  # type: ignore[arg-type]
            )
        )
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True, exist_ok=True)
        self.demo.start()
        self.url = self.demo.url
        self.api = self._resources.enter_context(httpx.Client(base_url=self.url, timeout=60, trust_env=False))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()
        self.demo.stop()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def start(self) -> None:
        """Start it again, at the same address."""
        self.demo.start()

    def stop(self) -> None:
        """End it in order."""
        self.demo.stop()

    def kill(self) -> None:
        """End it as a crash does."""
        self.demo.crash()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.demo.restart(crash=True)
