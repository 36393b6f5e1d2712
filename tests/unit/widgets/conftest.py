"""Embedded servers, and panels with the browser's side of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from invokeai_widgets import ModelTable
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.base import Panel
from tests.conftest import Begin
from tests.support.panels import BrowserSide

Show = Callable[..., BrowserSide]


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


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    """A server with thirty models."""
    return begin(models=30)


@pytest.fixture
def side(show: Show, server: DemoServer) -> BrowserSide:
    """A table of it, with its models there."""
    side = show(ModelTable, server.url)
    side.wait(lambda: len(side.panel.df) == 30, "the models")
    return side
