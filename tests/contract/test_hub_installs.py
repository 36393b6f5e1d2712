"""Installs from Hugging Face, with a stand-in for the hub, and of models of other providers."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidInput,
    ModelInstallJobFailed,
    ModelInstallStartError,
    NotSupported,
)
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.conftest import FilledInvokeAI, TinyModels
from tests.support.hub import Hub
from tests.support.invokeai import RealInvokeAI, at_least

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, tiny_models: TinyModels) -> Iterator[Hub]:
    """A pipeline with an fp16 revision, the same gated, a repository of two checkpoints."""
    folder = tmp_path_factory.mktemp("hub")
    for name in ("org/pipeline", "org/pipeline@fp16", "org/gated"):
        shutil.copytree(tiny_models.folder / "tiny-sdxl-diffusers", folder / name)
    (folder / "org/files").mkdir()
    for name in ("lora_sd1.safetensors", "lora_sdxl.safetensors"):
        shutil.copy(tiny_models.folder / name, folder / "org/files")
    with Hub(folder, tokens={"hf_good"}, outsiders={"hf_outsider"}, gated={"org/gated"}) as hub:
        yield hub


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, hub: Hub, invokeai_version: str
) -> Iterator[RealInvokeAI]:
    root = tmp_path_factory.mktemp("hub-installs")
    with RealInvokeAI(root, version=invokeai_version, hf_endpoint=hub.url) as server:
        yield server


@pytest.fixture
async def repo(server: RealInvokeAI) -> AsyncIterator[AsyncDnnModelRepository]:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        yield client.dnn_model_repo
        await client.dnn_model_repo.hf_logout()
        await client.dnn_model_repo.delete_all_models()


async def test_a_whole_repository(repo: AsyncDnnModelRepository) -> None:
    handle = await repo.install_huggingface(
        "org/pipeline", config={"name": "Mine", "description": "tiny", "trigger_phrases": ["x"]}
    )
    info = await handle.wait_until(60)
    assert (info.source, info.source_type) == ("org/pipeline", "hf")
    assert len(info.parts) > 2
    assert all(part.status == "completed" for part in info.parts)
    record = info.config_out
    assert record is not None
    assert (record.name, record.description, record.trigger_phrases) == ("Mine", "tiny", ["x"])
    assert (record.type, record.base, record.format) == ("main", "sdxl", "diffusers")
    assert record.source_type == "hf_repo_id"


@pytest.mark.parametrize(
    ("variant", "subfolder", "source", "kind"),
    [
        ("fp16", None, "org/pipeline:fp16", "main"),
        (None, "vae", "org/pipeline::vae", "vae"),
        ("fp16", "vae", "org/pipeline:fp16:vae", "vae"),
    ],
)
async def test_a_variant_and_a_part(
    repo: AsyncDnnModelRepository, variant: str | None, subfolder: str | None, source: str, kind: str
) -> None:
    handle = await repo.install_huggingface("org/pipeline", variant=variant, subfolder=subfolder)
    assert handle.info.source == source
    info = await handle.wait_until(60)
    assert info.config_out is not None
    assert info.config_out.type == kind


# The server throws away the files that were complete; what it then fetches anew makes a broken model.
@pytest.mark.since("6.13.0")
async def test_what_failed_of_several_files_is_not_fetched_again(
    repo: AsyncDnnModelRepository, hub: Hub, tiny_models: TinyModels
) -> None:
    folder = hub.repositories.folder / "org/falling"
    shutil.copytree(tiny_models.folder / "tiny-sdxl-diffusers", folder)
    files = sorted(folder.rglob("*.safetensors"))  # fetched one after the other, in this order
    files[-2].write_bytes(bytes(400_000))  # so that the last one is gone before it is asked for
    hub.rate = 20_000
    try:
        handle = await repo.install_huggingface("org/falling")
        async for info in handle:
            if info.bytes:
                break
        files[-1].unlink()
    finally:
        hub.rate = 0
    with pytest.raises(ModelInstallJobFailed):
        await handle.wait_until(60)
    assert len(handle.info.parts) > 2
    with pytest.raises(InvalidInput, match="thrown away its files"):
        await handle.restart_failed()
    with pytest.raises(InvalidInput, match="thrown away its files"):
        await handle.restart_file(handle.info.parts[-1].url)
    assert (await handle.refresh()).status == "error"


async def test_one_file_of_a_repository(repo: AsyncDnnModelRepository, hub: Hub) -> None:
    with pytest.raises(ModelInstallStartError, match="No downloadable files found") as caught:
        await repo.install_huggingface("org/files")
    assert "lookup_huggingface" in (caught.value.advice or "")
    found = await repo.lookup_huggingface("org/files")
    assert not found.is_diffusers
    assert len(found.urls or ()) == 2
    sizes = await repo.file_sizes([*(found.urls or ()), f"{hub.url}/org/files/resolve/main/none"])
    folder = hub.repositories.folder / "org/files"
    assert set(sizes) == set(found.urls or ())
    assert sorted(sizes.values()) == sorted(path.stat().st_size for path in folder.iterdir())
    handle = await repo.install_huggingface("org/files", subfolder="lora_sdxl.safetensors")
    info = await handle.wait_until(60)
    assert info.config_out is not None
    assert (info.config_out.type, info.config_out.base) == ("lora", "sdxl")


async def test_a_repository_that_is_not_there_or_gated(
    repo: AsyncDnnModelRepository, server: RealInvokeAI
) -> None:
    for name in ("org/none", "org/gated"):
        with pytest.raises(ModelInstallStartError, match="500") as caught:
            await repo.install_huggingface(name, access_token="hf_good")  # which is used for the files only
        assert "hf_login" in (caught.value.advice or "")
        assert "hf_good" not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert await repo.hf_login("hf_outsider")
    with pytest.raises(ModelInstallStartError):
        await repo.install_huggingface("org/gated")
    assert server.api.get("/api/v2/models/install").json()[-1]["source"].get("repo_id") != "org/gated"


async def test_a_gated_repository_after_login(repo: AsyncDnnModelRepository, server: RealInvokeAI) -> None:
    assert await repo.hf_login("hf_good")
    handle = await repo.install_huggingface("org/gated")
    info = await handle.wait_until(60)
    assert info.status == "completed"
    # The server puts its own token into each of its answers.
    assert "hf_good" in server.api.get(f"/api/v2/models/install/{handle.job_id}").text
    assert "hf_good" not in f"{info!r}{info.extra}{info.to_wire()}{handle!r}"


@pytest.mark.parametrize(
    ("repo_id", "how"),
    [("", {}), ("noslash", {}), ("a/b/c", {}), ("a/b", {"subfolder": "x:y"}), ("-a/b", {})],
)
async def test_what_is_no_repository(
    repo: AsyncDnnModelRepository, repo_id: str, how: dict[str, str]
) -> None:
    with pytest.raises((InvalidInput, ModelInstallStartError)):
        await repo.install_huggingface(repo_id, **how)


async def test_an_unknown_variant(repo: AsyncDnnModelRepository) -> None:
    with pytest.raises(ModelInstallStartError, match="Unsupported model source"):
        await repo.install_huggingface("org/pipeline", variant="bogus")


async def test_the_hub_is_away(restored_invokeai: FilledInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(restored_invokeai.url) as client:
        with pytest.raises(ModelInstallStartError, match="500") as caught:
            await client.dnn_model_repo.install_huggingface("org/pipeline")
    assert "cannot reach Hugging Face" in (caught.value.advice or "")


async def test_a_model_of_another_provider(repo: AsyncDnnModelRepository, invokeai_version: str) -> None:
    source = "external://openai/gpt-image-1"
    if not at_least(invokeai_version, "6.13.0"):
        with pytest.raises(NotSupported, match=r"needs InvokeAI 6\.13"):
            await repo.install_model(source)
        return
    handle = await repo.install_model(source, config={"name": "Theirs"})
    info = await handle.wait_until(60)
    assert (handle.info.source, handle.info.source_type) == (source, "external")
    assert info.config_out is not None
    assert (info.config_out.name, info.config_out.source_type) == ("Theirs", "external")
    again = await (await repo.install_model(source)).wait_until(60)
    assert again.model_key == info.model_key
    assert await repo.delete_model(info.model_key or "")
