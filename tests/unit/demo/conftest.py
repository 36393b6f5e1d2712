"""Embedded servers of one's own, and clients for them that are not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Begin
from tests.support.watched import Watched

Start = Callable[..., Watched]


@pytest.fixture
def begin(begin: Begin) -> Iterator[Start]:
    """Start embedded servers: ``begin(models=3)``, with the settings of `demo.serve`."""
    with ExitStack() as watching:
        yield lambda **settings: watching.enter_context(Watched(begin(**settings)))


@pytest.fixture
def server(begin: Start) -> Watched:
    """An empty one."""
    return begin()


@pytest.fixture
def lora(tmp_path: Path) -> Path:
    """A LoRA of the user's, outside of what the server may change."""
    from tests.support.tiny_models import write_lora

    return write_lora(tmp_path / "mine.safetensors")
