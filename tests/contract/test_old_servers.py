"""What an old server cannot do is said before anything is sent, and it is kept from losing files.

Run against one: `INVOKEAI_VERSION=6.8.1`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.errors import InvalidInput, ModelInstallStartError, NotSupported
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelRecord
from tests.support.fileserver import FileServer
from tests.support.invokeai import at_least
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture(autouse=True)
def old(invokeai_version: str) -> None:
    if at_least(invokeai_version, "6.11.0"):
        pytest.skip(f"InvokeAI {invokeai_version} is not that old")


async def test_what_it_cannot_do(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    for asked in (
        repo.list_missing_models(),
        repo.list_orphaned_folders(),
        repo.delete_orphaned_folders(["x"]),
        repo.reidentify_model(lora.key),
        repo.list_models(order_by="name"),
        repo.update_model(lora.key, source_url="https://example.org", description="x"),
    ):
        with pytest.raises(NotSupported, match=r"needs InvokeAI 6\.1[13]\.\d or later"):
            await asked
    assert await repo.get_model_by_key(lora.key) == lora


async def test_several_are_deleted_one_by_one(
    repo: AsyncDnnModelRepository, put: Callable[[Path], ModelRecord], tmp_path: Path
) -> None:
    keys = [put(write_lora(tmp_path / f"old{number}.safetensors")).key for number in range(2)]
    result = await repo.delete_models([*keys, "no-such-key"])
    assert result.succeeded == tuple(keys)
    assert list(result.failed) == ["no-such-key"]


# 5.15 and 6.8 answer a rename to a name in use with a 500.
async def test_a_name_in_use(
    repo: AsyncDnnModelRepository, lora: ModelRecord, put: Callable[[Path], ModelRecord], tmp_path: Path
) -> None:
    other = put(write_lora(tmp_path / "other.safetensors"))
    with pytest.raises(InvalidInput, match="called 'mine'"):
        await repo.update_model(other.key, name="mine")
    assert (await repo.update_model(lora.key, name="mine", description="x")).description == "x"


# 5.15 overwrites the file of the model of that name, 6.8 moves the new one away and loses it.
async def test_a_second_model_of_a_name_is_not_moved_in(
    repo: AsyncDnnModelRepository, lora: ModelRecord, tmp_path: Path, invokeai_server: Any
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    second = write_lora(folder / "mine.safetensors")
    for source, inplace, config in (
        (str(second), False, None),
        ("https://h.example/a/mine.safetensors?x=1", True, {"type": "lora"}),
    ):
        with pytest.raises(ModelInstallStartError, match="called 'mine' already"):
            await repo.install_model(source, inplace=inplace, config=config)
    assert second.exists()
    sources = [job["source"] for job in invokeai_server.api.get("/api/v2/models/install").json()]
    assert not [source for source in sources if str(second) in str(source) or "h.example" in str(source)]


# It would fetch the whole file again, and then overwrite the one of the model or fail.
async def test_the_same_address_again(
    repo: AsyncDnnModelRepository, restored_invokeai: Any, file_server: FileServer, tmp_path: Path
) -> None:
    url = file_server.add("net.safetensors", write_lora(tmp_path / "net.safetensors"))
    first = await (await repo.install_model(url)).wait_until(60)
    again = await (await repo.install_model(url)).wait_until(60)
    assert (again.model_key, again.extra["reason"]) == (first.model_key, "already_installed")
    assert len(file_server.asked("net.safetensors")) == 1


async def test_a_key_in_use(repo: AsyncDnnModelRepository, lora: ModelRecord, tmp_path: Path) -> None:
    second = write_lora(tmp_path / "second.safetensors")
    with pytest.raises(ModelInstallStartError, match="the key"):
        await repo.install_model(str(second), inplace=False, config={"key": lora.key})
    with pytest.raises(InvalidInput):
        await repo.install_model(str(second), inplace=False, config={"key": "a/b"})
    assert second.exists()
