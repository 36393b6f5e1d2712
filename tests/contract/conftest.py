"""What the contract tests share: a client of the server under test, and models of one's own on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelRecord
from invokeai_widgets.demo.differences import DIFFERENCES
from tests.support.invokeai import IS_EMBEDDED, RealInvokeAI
from tests.support.invokeai.fill import install_in_place
from tests.support.tiny_models import write_lora

Put: TypeAlias = Callable[[Path], ModelRecord]

# Tests of what the embedded server does otherwise than the real one, and the name of the difference.
DIFFERENT = {
    "test_version": "version",
    "test_what_is_resumed_before_another_byte_came_is_cancelled_by_the_server": "resuming",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect these to fail on the embedded server, and only there."""
    for item in items:
        if IS_EMBEDDED and item.name in DIFFERENT:
            item.add_marker(pytest.mark.xfail(reason=DIFFERENCES[DIFFERENT[item.name]], strict=True))


@pytest.fixture(autouse=True)
def everything_sent_is_allowed() -> Iterator[None]:
    """Hold all that the embedded server sent in a test against the OpenAPI document of 6.14.2."""
    yield
    if IS_EMBEDDED:
        from tests.support.answers_sent import complaints

        assert complaints() == []


@pytest.fixture
async def client(invokeai_server: RealInvokeAI) -> AsyncIterator[AsyncInvokeAIClient]:
    """A client of the shared real server."""
    async with AsyncInvokeAIClient.from_url(invokeai_server.url) as client:
        yield client


@pytest.fixture
def repo(client: AsyncInvokeAIClient) -> AsyncDnnModelRepository:
    return client.dnn_model_repo


@pytest.fixture
async def restored_repo(restored_invokeai: RealInvokeAI) -> AsyncIterator[AsyncDnnModelRepository]:
    """Of the shared server, from which all that a test adds is removed after it."""
    async with AsyncInvokeAIClient.from_url(restored_invokeai.url) as client:
        yield client.dnn_model_repo


@pytest.fixture
def put(invokeai_server: RealInvokeAI) -> Iterator[Put]:
    """Put a model file or folder on the shared server, in place; it is taken off again after the test."""
    api = invokeai_server.api
    with ExitStack() as after:

        def put_there(path: Path) -> ModelRecord:
            assert install_in_place(api, [path]) == {}
            listed = api.get("/api/v2/models/").json()["models"]
            record = ModelRecord.from_wire(next(each for each in listed if each["path"] == str(path)))
            after.callback(
                api.delete, f"/api/v2/models/i/{record.key}", headers={"Accept-Encoding": "identity"}
            )
            return record

        yield put_there


@pytest.fixture
def lora(put: Put, tmp_path: Path) -> ModelRecord:
    """A LoRA of one's own on the shared server, in place."""
    path = tmp_path / "mine.safetensors"
    write_lora(path)
    return put(path)
