"""Installs of files and folders of the server's machine: what was asked for is what one gets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.errors import InvalidInput, ModelInstallStartError
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.conftest import FilledInvokeAI, TinyModels
from tests.support.installs import failure, installed, paths_sent
from tests.support.invokeai import IS_EMBEDDED, at_least
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]

PHRASES = ["b", "a b", "ü"]


@pytest.fixture
def repo(restored_repo: AsyncDnnModelRepository) -> AsyncDnnModelRepository:
    return restored_repo


# --- where the file is ---


async def test_in_place_the_file_stays(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "mine.safetensors")
    info = await installed(repo, file)
    assert (info.status, info.source, info.inplace, info.progress) == ("completed", str(file), True, 1)
    assert (info.warning, info.advice, info.error) == (None, None, None)
    record = await repo.get_model_by_key(info.model_key or "")
    assert record is not None
    assert record == info.config_out
    assert (record.path, record.name, record.type, record.in_place) == (str(file), "mine", "lora", True)
    assert file.exists()


async def test_otherwise_the_server_moves_it(
    repo: AsyncDnnModelRepository, tmp_path: Path, invokeai_version: str, restored_invokeai: FilledInvokeAI
) -> None:
    file = write_lora(tmp_path / "moved.safetensors")
    info = await installed(repo, file, inplace=False)
    assert info.config_out is not None
    assert not info.config_out.in_place
    assert (restored_invokeai.root / "models" / info.config_out.path).exists()
    copies = IS_EMBEDDED or not at_least(invokeai_version, "6.0.3")
    assert file.exists() is copies


@pytest.mark.since("6.11.0")
@pytest.mark.parametrize(
    "name",
    ["with space.safetensors", "q?#%+&.safetensors", "UPPER.SAFETENSORS", "ü\nx.ckpt", ".hidden.safetensors"],
)
async def test_odd_names(repo: AsyncDnnModelRepository, tmp_path: Path, name: str) -> None:
    file = write_lora(tmp_path / name)
    info = await installed(repo, file)
    assert (info.source, info.config_out and info.config_out.path) == (str(file), str(file))


async def test_a_pasted_path_in_quotes(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "quoted.safetensors")
    info = await installed(repo, f' "{file}"\n')
    assert info.config_out is not None
    assert info.config_out.path == str(file)


async def test_a_folder_that_is_a_model(
    repo: AsyncDnnModelRepository, tiny_models: TinyModels, tmp_path: Path
) -> None:
    shutil.copytree(tiny_models.folder / "tiny-sd1-diffusers", tmp_path / "pipeline")
    info = await installed(repo, tmp_path / "pipeline")
    assert info.config_out is not None
    assert (info.config_out.type, info.config_out.format) == ("main", "diffusers")


# --- what must not be sent ---


async def test_empty_sources_and_folders_by_mistake_are_never_sent(
    repo: AsyncDnnModelRepository, tmp_path: Path, restored_invokeai: FilledInvokeAI
) -> None:
    for number in range(2):
        write_lora(tmp_path / f"{number}.safetensors")
    for source in ("", " ", '""', ".", "/", "~", "~/x.ckpt", "/nul\0byte"):
        with pytest.raises(InvalidInput):
            await repo.install_model(source)
    for inplace in (True, False):
        with pytest.raises(InvalidInput, match="a folder with 2 in it"):
            await repo.install_model(str(tmp_path), inplace=inplace)
    assert paths_sent(restored_invokeai) == []
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.since("6.11.0")
async def test_a_folder_of_which_the_user_says_what_it_is(
    repo: AsyncDnnModelRepository, tmp_path: Path
) -> None:
    for number in range(2):
        write_lora(tmp_path / f"{number}.safetensors")
    info = await installed(repo, tmp_path, config={"type": "lora"})
    assert info.status == "completed"
    assert "could not tell what kind of model" in (info.warning or "")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("/no/such/file.safetensors", "server sees its own files only"),
        ("nothing", "Check the spelling"),
        ("ftp://host/x.safetensors", "no http"),
    ],
)
async def test_what_is_nowhere(repo: AsyncDnnModelRepository, source: str, says: str) -> None:
    with pytest.raises(ModelInstallStartError, match="Unsupported model source") as caught:
        await repo.install_model(source)
    assert says in (caught.value.advice or "")
    assert caught.value.__cause__ is not None


async def test_a_name_that_is_too_long(repo: AsyncDnnModelRepository) -> None:
    with pytest.raises(ModelInstallStartError) as caught:
        await repo.install_model("/models/" + "x" * 300 + ".safetensors")
    assert caught.value.advice


@pytest.mark.parametrize(
    "config",
    [{"path": "/x"}, {"source": "x"}, {"default_settings": {}}, {"trigger_phrases": "one"}, {"key": "a/b"}],
)
async def test_overrides_that_cannot_be(
    repo: AsyncDnnModelRepository, tmp_path: Path, config: dict[str, Any], restored_invokeai: FilledInvokeAI
) -> None:
    file = write_lora(tmp_path / "mine.safetensors")
    with pytest.raises(InvalidInput):
        await repo.install_model(str(file), config=config)
    assert paths_sent(restored_invokeai) == []


async def test_overrides_of_a_wrong_kind(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "mine.safetensors")
    with pytest.raises(ModelInstallStartError, match="default_settings"):
        await repo.install_model(str(file), config={"default_settings": {"weight": "heavy", "steps": "x"}})


# --- overrides ---


async def test_overrides_the_server_drops_are_there_when_the_wait_ends(
    repo: AsyncDnnModelRepository, tmp_path: Path, invokeai_version: str
) -> None:
    config: dict[str, Any] = {
        "name": "My LoRA",
        "description": "two\nlines",
        "key": "my-own-key",
        "trigger_phrases": [*PHRASES, PHRASES[0]],
    }
    if at_least(invokeai_version, "6.0.0"):
        config["default_settings"] = {"weight": 0.5}
    if at_least(invokeai_version, "6.13.0"):
        config |= {"source_url": "https://example.org/lora"}
    info = await installed(repo, write_lora(tmp_path / "x.safetensors"), config=config)
    assert info.warning is None
    record = await repo.get_model_by_key("my-own-key")
    assert record is not None
    assert record == info.config_out
    assert (record.name, record.description) == ("My LoRA", "two\nlines")
    assert set(record.trigger_phrases or ()) == set(PHRASES)
    if "default_settings" in config:
        assert (record.default_settings or {})["weight"] == 0.5
    assert record.source_url == config.get("source_url")


@pytest.mark.since("6.13.0")
async def test_an_override_that_the_model_cannot_have_is_said(
    repo: AsyncDnnModelRepository, tmp_path: Path
) -> None:
    config = {"trigger_phrases": ["kept"], "descripton": "typo", "cpu_only": True}
    info = await installed(repo, write_lora(tmp_path / "x.safetensors"), config=config)
    assert info.status == "completed"
    assert "took no notice of descripton" in (info.warning or "")
    assert "took no notice of cpu_only" in (info.warning or "")
    assert info.config_out is not None
    assert info.config_out.trigger_phrases == ["kept"]


@pytest.mark.since("6.11.0")
async def test_a_type_that_does_not_fit_is_said(
    repo: AsyncDnnModelRepository, tiny_models: TinyModels, tmp_path: Path
) -> None:
    file = tmp_path / "vae.safetensors"
    file.write_bytes((tiny_models.folder / "vae_sd1.safetensors").read_bytes())
    info = await installed(repo, file, config={"type": "lora", "base": "sdxl"})
    assert info.config_out is not None
    assert info.config_out.is_unknown
    assert "did not take base, type" in (info.warning or "")


async def test_an_empty_name_is_that_of_the_file(repo: AsyncDnnModelRepository, tmp_path: Path) -> None:
    info = await installed(
        repo, write_lora(tmp_path / "file.safetensors"), config={"name": "", "description": None}
    )
    assert info.config_out is not None
    assert (info.config_out.name, info.warning) == ("file", None)


# --- bad files ---


@pytest.mark.since("6.11.0")
async def test_a_damaged_file_is_completed_with_a_warning(
    repo: AsyncDnnModelRepository, tiny_models: TinyModels, tmp_path: Path
) -> None:
    file = tmp_path / "corrupt.safetensors"
    file.write_bytes((tiny_models.folder / "corrupt.safetensors").read_bytes())
    info = await installed(repo, file)
    assert (info.status, info.config_out and info.config_out.type) == ("completed", "unknown")
    assert "damaged" in (info.warning or "")


@pytest.mark.parametrize("kind", ["text", "empty folder", "many files"])
async def test_what_is_no_model_fails_with_advice(
    repo: AsyncDnnModelRepository, tmp_path: Path, kind: str, invokeai_version: str
) -> None:
    source = tmp_path / ("notes.txt" if kind == "text" else "folder")
    if kind == "text":
        source.write_text("no model")
    else:
        source.mkdir()
        for number in range(0 if kind == "empty folder" else 60):
            (source / f"{number}.txt").touch()
    info = await failure(repo, source)
    assert info.status == "error"
    assert info.error_reason == (
        "ValueError" if at_least(invokeai_version, "6.11.0") else "InvalidModelConfigException"
    )
    if at_least(invokeai_version, "6.11.0"):
        assert {"text": "not a model file", "empty folder": "no model in", "many files": "scan_folder"}[
            kind
        ] in (info.advice)
