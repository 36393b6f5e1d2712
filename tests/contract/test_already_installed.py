"""Installs of what is there already: a good end, and no file is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import ModelInstallStartError
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.conftest import FilledInvokeAI
from tests.support.installs import installed, paths_sent
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture
def repo(restored_repo: AsyncDnnModelRepository) -> AsyncDnnModelRepository:
    return restored_repo


async def test_already_installed_is_no_failure(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "twice.safetensors")
    first = await installed(repo, file)
    handle = await repo.install_model(str(file))
    again = await handle.wait_until(60)
    assert (again.status, again.extra["reason"]) == ("completed", "already_installed")
    assert (again.model_key, again.error, again.advice) == (first.model_key, None, None)
    assert again.config_out == first.config_out
    handle.raise_if_failed()
    assert len(await repo.list_models(name="twice")) == 1


# The server follows links, and names the file in its refusal.
async def test_already_installed_by_another_path(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "file.safetensors")
    link = tmp_path / "link.safetensors"
    link.symlink_to(file)
    first = await installed(repo, link)
    assert first.config_out is not None
    assert first.config_out.path == str(file)
    again = await installed(repo, link)
    assert (again.extra["reason"], again.model_key) == ("already_installed", first.model_key)


async def test_a_model_that_was_there_is_not_changed(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "mine.safetensors")
    first = await installed(repo, file, config={"description": "of old"})
    again = await installed(repo, file, config={"description": "new", "trigger_phrases": ["x"]})
    assert again.config_out == first.config_out
    assert "description, trigger_phrases of it were not changed" in (again.warning or "")


# Whoever comes later reads "error" from the server, and is to see the same.
async def test_already_installed_in_the_list_of_jobs(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "twice.safetensors")
    first = await installed(repo, file)
    again = await repo.install_model(str(file))
    await again.wait_until(60)
    async with AsyncInvokeAIClient.from_url(again.base_url) as other:
        found = await other.dnn_model_repo.get_install_job(again.job_id)
        assert found is not None
        info = await found.wait_until(60)
        assert (info.status, info.extra.get("reason"), info.model_key) == (
            "completed",
            "already_installed",
            first.model_key,
        )


# The server would move the file away from under the record that uses it.
async def test_a_model_used_in_place_is_not_moved_away(
    repo: AsyncDnnModelRepository, tmp_path: Path, restored_invokeai: FilledInvokeAI
) -> None:
    file = write_lora(tmp_path / "mine.safetensors")
    first = await installed(repo, file)
    before = paths_sent(restored_invokeai)
    info = await installed(repo, file, inplace=False)
    assert (info.status, info.extra["reason"], info.model_key) == (
        "completed",
        "already_installed",
        first.model_key,
    )
    assert "was not moved" in (info.warning or "")
    assert file.exists()
    assert paths_sent(restored_invokeai) == before
    info = await installed(repo, file, inplace=False, config={"description": "new"})
    assert "description of it were not changed" in (info.warning or "")


# The server follows the link, and the record that uses the file has its own path.
async def test_nor_is_it_through_a_linked_folder(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    file = write_lora(tmp_path / "real" / "mine.safetensors")
    first = await installed(repo, tmp_path / "linked" / "mine.safetensors")
    again = await installed(repo, tmp_path / "linked" / "mine.safetensors", inplace=False)
    assert (again.extra["reason"], again.model_key) == ("already_installed", first.model_key)
    assert file.exists()


# "Basic", as a word of a path, is no credential to be hidden.
async def test_files_of_one_folder_are_told_apart_whatever_it_is_called(
    repo: AsyncDnnModelRepository, tmp_path: Path
) -> None:
    (tmp_path / "Basic models").mkdir()
    files = [write_lora(tmp_path / "Basic models" / f"{name}.safetensors") for name in ("one", "two")]
    keys = [(await installed(repo, file)).model_key for file in files]
    again = [await installed(repo, file) for file in files]
    assert len(set(keys)) == 2
    assert [info.model_key for info in again] == keys
    assert [info.config_out.path for info in again if info.config_out] == [str(file) for file in files]


async def test_a_key_in_use_is_refused_before_the_file_is_touched(
    repo: AsyncDnnModelRepository, tmp_path: Path
) -> None:
    first = await installed(repo, write_lora(tmp_path / "first.safetensors"), config={"key": "taken"})
    second = write_lora(tmp_path / "second.safetensors")
    for inplace in (True, False):
        with pytest.raises(ModelInstallStartError, match="the key taken"):
            await repo.install_model(str(second), inplace=inplace, config={"key": first.model_key})
    assert second.exists()
