"""A real server's cache, folders, suggestions and version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import InvalidInput, InvalidRequest, NotAnInvokeAIServer, ServerFault
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


async def test_version(client: AsyncInvokeAIClient, invokeai_version: str) -> None:
    version = await client.version()
    assert str(version) == invokeai_version
    assert version.release == tuple(int(part) for part in invokeai_version.split("."))


async def test_a_wrong_folder_of_the_right_server(invokeai_server: Any) -> None:
    async with AsyncInvokeAIClient.from_url(invokeai_server.url + "/invoke") as client:
        with pytest.raises(NotAnInvokeAIServer):
            await client.dnn_model_repo.list_models()


async def test_scan(repo: AsyncDnnModelRepository, invokeai_server: Any, tmp_path: Path) -> None:
    found = {
        Path(each.path).name: each.is_installed
        for each in await repo.scan_folder(str(invokeai_server.models_dir))
    }
    files = {name for name in invokeai_server.models if name.endswith(".safetensors")}
    assert files <= {name for name, installed in found.items() if installed}
    new = write_lora(tmp_path / "n ü#%.safetensors")
    assert [(each.path, each.is_installed) for each in await repo.scan_folder(str(tmp_path))] == [
        (str(new), False)
    ]
    for path in ("", "  "):
        with pytest.raises(InvalidInput):
            await repo.scan_folder(path)
    with pytest.raises(InvalidRequest):
        await repo.scan_folder(str(tmp_path / "none"))


# The server fails on a file whose name is no text.
async def test_a_scan_of_what_has_no_name(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.safetensors")).touch()
    with pytest.raises(ServerFault, match="Could not scan"):
        await repo.scan_folder(str(tmp_path))


async def test_cache(repo: AsyncDnnModelRepository) -> None:
    await repo.empty_model_cache()
    assert await repo.get_stats() is None  # nothing was ever run on it


async def test_starter_models(repo: AsyncDnnModelRepository) -> None:
    starters = await repo.starter_models()
    assert len(starters.models) >= 70
    assert all(model.name and model.source for model in starters.models)
    assert starters.bundles
    assert all(bundle.name and bundle.models for bundle in starters.bundles)


@pytest.mark.since("6.14.2")
async def test_orphaned_folders(repo: AsyncDnnModelRepository, invokeai_server: Any) -> None:
    folder = invokeai_server.root / "models" / "left-over"
    folder.mkdir(parents=True)
    write_lora(folder / "x.safetensors")
    (found,) = await repo.list_orphaned_folders()
    assert (found.path, found.absolute_path) == ("left-over", str(folder))
    assert found.size_bytes == (folder / "x.safetensors").stat().st_size
    result = await repo.delete_orphaned_folders(["left-over", "no-such-folder", "../../etc"])
    assert result.succeeded == ("left-over",)
    assert set(result.failed) == {"no-such-folder", "../../etc"}
    assert not folder.exists()
    assert (await repo.delete_orphaned_folders([])).total == 0
    for path in ("", ".", "./", "/"):
        with pytest.raises(InvalidInput):
            await repo.delete_orphaned_folders([path])
