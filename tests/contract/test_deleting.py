"""Deletions on a real server, and what becomes of files: it is what the table promises in its dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import InvalidInput, NotFound
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelInstJobInfo, ModelRecord
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.fates import Fate, removals
from invokeai_widgets.library.frames import frame_of
from tests.conftest import FilledInvokeAI
from tests.support.fileserver import FileServer
from tests.support.installs import installed
from tests.support.invokeai.fill import install_in_place
from tests.support.tiny_models import write_lora

from .conftest import Put

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture
def repo(restored_repo: AsyncDnnModelRepository) -> AsyncDnnModelRepository:
    return restored_repo


@pytest.fixture
def models_folder(restored_invokeai: FilledInvokeAI) -> Path:
    return restored_invokeai.root / "models"


async def promised(repo: AsyncDnnModelRepository, info: ModelInstJobInfo) -> Fate:
    (fate,) = removals(Catalog(frame_of(await repo.list_models())), [info.model_key or ""])
    return fate


async def test_a_model_that_was_moved_in_goes_with_its_file(
    repo: AsyncDnnModelRepository, tmp_path: Path, models_folder: Path
) -> None:
    info = await installed(repo, write_lora(tmp_path / "moved.safetensors"), inplace=False)
    assert info.config_out is not None
    file = models_folder / info.config_out.path
    assert file.exists()
    assert (await promised(repo, info)).goes
    assert await repo.delete_model(info.model_key or "")
    assert not file.exists()


async def test_a_download_goes_with_its_file(
    repo: AsyncDnnModelRepository, tmp_path: Path, models_folder: Path, file_server: FileServer
) -> None:
    lora = write_lora(tmp_path / "lora.safetensors")
    info = await installed(repo, file_server.add("loaded.safetensors", lora))
    assert info.config_out is not None
    file = models_folder / info.config_out.path
    assert file.exists()
    assert (await promised(repo, info)).goes
    assert (await repo.delete_models([info.model_key or ""])).ok
    assert not file.exists()


async def test_a_file_used_in_place_stays(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "mine.safetensors")
    info = await installed(repo, file)
    assert not (await promised(repo, info)).goes
    assert await repo.delete_model(info.model_key or "")
    assert file.exists()


# The server takes whatever lies in its models folder for its own.
async def test_a_file_used_in_place_goes_if_it_lies_in_the_models_folder(
    repo: AsyncDnnModelRepository, models_folder: Path
) -> None:
    folder = models_folder / "put-there"
    folder.mkdir(parents=True)
    file = write_lora(folder / "mine.safetensors")
    info = await installed(repo, file)
    assert (await promised(repo, info)).goes
    assert await repo.delete_model(info.model_key or "")
    assert not file.exists()


async def test_deleting_in_place_leaves_the_file(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    assert await repo.delete_model(lora.key) is True
    assert Path(lora.path).exists()
    assert await repo.get_model_by_key(lora.key) is None
    with pytest.raises(NotFound):
        await repo.delete_model(lora.key)


async def test_deleting_several(repo: AsyncDnnModelRepository, put: Put, tmp_path: Path) -> None:
    keys = [put(write_lora(tmp_path / f"{number}.safetensors")).key for number in range(3)]
    result = await repo.delete_models([keys[0], "no-such-key", keys[1], keys[0]])
    assert result.succeeded == (keys[0], keys[1])
    assert list(result.failed) == ["no-such-key"]
    assert (result.total, result.ok) == (3, False)
    assert await repo.get_model_by_key(keys[2]) is not None
    assert (await repo.delete_models([])).total == 0
    with pytest.raises(InvalidInput):
        await repo.delete_models([keys[2], ""])
    assert await repo.get_model_by_key(keys[2]) is not None


async def test_deleting_everything(fresh_invokeai: Callable[..., Any], tmp_path: Path) -> None:
    server = fresh_invokeai()
    paths = [write_lora(tmp_path / f"{number}.safetensors") for number in range(3)]
    install_in_place(server.api, paths)
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        summary = await client.dnn_model_repo.delete_all_models()
        assert summary == {"total": 3, "deleted": 3, "failed": 0, "errors": {}}
        assert await client.dnn_model_repo.list_models() == []
