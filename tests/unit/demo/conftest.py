"""Embedded servers of one's own, and clients for them that are not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.demo import start
from tests.support.watched import Watched

Start = Callable[..., Watched]


@pytest.fixture
def begin() -> Iterator[Start]:
    """Start embedded servers: ``begin(models=3)``, with the settings of `demo.serve`."""
    with ExitStack() as running:

        def begin(**settings: Any) -> Watched:
            server = start(**settings)
            watched = running.enter_context(Watched(server))
            running.callback(server.stop)
            return watched

        yield begin


@pytest.fixture
def server(begin: Start) -> Watched:
    """An empty one."""
    return begin()


@pytest.fixture
def lora(tmp_path: Path) -> Path:
    """A LoRA of the user's, outside of what the server may change."""
    from tests.support.tiny_models import write_lora

    return write_lora(tmp_path / "mine.safetensors")
