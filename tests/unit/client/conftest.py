"""An embedded server of one's own, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.demo import start
from invokeai_widgets.demo.server import DemoServer
from tests.support.fileserver import FileServer
from tests.support.tiny_models import write_lora
from tests.support.watching import Watching


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DemoServer]:
    with start(root=tmp_path / "root") as running:
        yield running


@pytest.fixture
async def client(server: DemoServer) -> AsyncIterator[AsyncInvokeAIClient]:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        yield client


@pytest.fixture
def lora(tmp_path: Path) -> str:
    return str(write_lora(tmp_path / "mine.safetensors"))


@pytest.fixture
def held(tmp_path: Path, file_server: FileServer) -> str:
    """The address of a file of 2 MiB that comes as far as 1 MB, until it is released."""
    return file_server.add(
        "held.safetensors", write_lora(tmp_path / "h.safetensors", mib=2), hold_at=1_000_000
    )


@pytest.fixture
async def watching(client: AsyncInvokeAIClient) -> Watching:
    """A subscriber that hears events."""
    watching = Watching(client.jobs)
    await watching.until_link("live")
    return watching
