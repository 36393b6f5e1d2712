"""Embedded servers, and panels with the browser's side of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from invokeai_widgets.demo import start
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.base import Panel
from tests.support.panels import BrowserSide

Begin = Callable[..., DemoServer]
Show = Callable[..., BrowserSide]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Start embedded servers: ``begin(models=3)``, with the settings of `demo.serve`."""
    with ExitStack() as running:

        def begin(**settings: Any) -> DemoServer:
            server = start(**settings)
            running.callback(server.stop)
            return server

        yield begin


@pytest.fixture
def show(begin: Begin) -> Iterator[Show]:
    """Panels on the screen: ``show(FolderScan, server.url)``; closed before the servers are stopped."""
    with ExitStack() as shown:

        def show(kind: type[Panel], *args: Any, **kwargs: Any) -> BrowserSide:
            panel = kind(*args, **kwargs)
            shown.callback(panel.close)
            side = BrowserSide(panel)
            side.look()
            return side

        yield show
