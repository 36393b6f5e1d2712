"""How long a blocking client lives: as long as somebody can use something of it."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest

from invokeai_widgets import AsyncInvokeAIClient, InvokeAIClient, InvokeAIError, demo
from invokeai_widgets.client.loop import LoopThread


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo.serve(models=3) as url:
        yield url


def test_a_repository_keeps_the_client_it_came_from(url: str) -> None:
    repo = InvokeAIClient.from_url(url).dnn_model_repo
    gc.collect()
    assert len(repo.list_models()) == 3


def test_a_handle_keeps_the_client_it_came_from(url: str) -> None:
    source = "https://hub.invalid/quillwort/woodcut-xl/resolve/main/woodcut_xl.safetensors"
    handle = InvokeAIClient.from_url(url).dnn_model_repo.install_model(source)
    gc.collect()
    assert handle.cancel().status == "cancelled"


def test_it_closes_when_nobody_holds_anything_of_it(url: str) -> None:
    client = InvokeAIClient.from_url(url)
    aio = client.aio
    assert client.dnn_model_repo.list_models()
    del client
    gc.collect()
    assert closes_soon(aio)


def closes_soon(aio: AsyncInvokeAIClient) -> bool:
    for _ in range(100):
        try:
            LoopThread.shared().run(aio.dnn_model_repo.list_models())
        except InvokeAIError as error:
            return "closed" in error.message
        time.sleep(0.05)
    return False
