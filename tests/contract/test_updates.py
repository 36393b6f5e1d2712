"""Changes of models on a real server: what is sent, what comes of it, what is refused."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.errors import (
    Conflict,
    InvalidInput,
    InvalidRequest,
    NotFound,
    NotSupported,
    ServerFault,
)
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelRecord
from tests.conftest import TinyModels
from tests.support.tiny_models import write_lora

from .conftest import Put

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.mark.since("6.14.2")
async def test_only_named_fields_change_and_none_clears(
    repo: AsyncDnnModelRepository, lora: ModelRecord
) -> None:
    first = await repo.update_model(
        lora.key,
        description="two\nlines ü",
        trigger_phrases={"b", "a"},
        default_settings={"weight": 0.5, "weight_min": 0, "weight_max": 1},
        source_url="https://example.org/x",
    )
    assert (first.name, first.description) == (lora.name, "two\nlines ü")
    assert set(first.trigger_phrases or ()) == {"a", "b"}
    second = await repo.update_model(lora.key, description=None, default_settings=None)
    assert (second.description, second.default_settings) == (None, None)
    assert set(second.trigger_phrases or ()) == {"a", "b"}
    assert second.source_url == "https://example.org/x"
    assert await repo.get_model_by_key(lora.key) == second


@pytest.mark.since("6.14.2")
@pytest.mark.parametrize("name", ["lora_sd1.safetensors", "main_sdxl.safetensors", "tiny-sd1-diffusers"])
async def test_what_was_read_can_be_written_back(
    repo: AsyncDnnModelRepository, put: Put, tiny_models: TinyModels, tmp_path: Path, name: str
) -> None:
    original, copy = tiny_models.folder / name, tmp_path / name
    if original.is_dir():
        shutil.copytree(original, copy)
    else:
        shutil.copy(original, copy)
    record = put(copy)
    fields = {field: value for field, value in record.to_wire().items() if field != "key"}
    assert await repo.update_model(record.key, **fields) == record
    assert await repo.get_model_by_key(record.key) == record


async def test_updates_that_are_refused(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    with pytest.raises(InvalidInput, match="nothing to change"):
        await repo.update_model(lora.key)
    with pytest.raises(InvalidInput, match="default_settings=None"):
        await repo.update_model(lora.key, default_settings={})
    with pytest.raises(NotFound):
        await repo.update_model("no-such-key", description="x")
    with pytest.raises(Conflict):
        await repo.update_model(lora.key, name=None)
    with pytest.raises(InvalidRequest) as caught:
        await repo.update_model(lora.key, default_settings={"weight": "heavy"})
    assert "default_settings.weight" in caught.value.fields
    assert await repo.get_model_by_key(lora.key) == lora


@pytest.mark.since("6.14.2")
async def test_values_that_cannot_be(
    repo: AsyncDnnModelRepository, lora: ModelRecord, put: Put, tmp_path: Path
) -> None:
    other = put(write_lora(tmp_path / "other.safetensors"))
    with pytest.raises(InvalidRequest) as caught:
        await repo.update_model(lora.key, source_url="ftp://example.org/x")
    assert "source_url" in caught.value.fields
    for changes in ({"default_settings": {"width": 513}}, {"format": "none"}, {"base": None}):
        with pytest.raises(Conflict):
            await repo.update_model(lora.key, **changes)
    with pytest.raises(ServerFault):
        await repo.update_model(lora.key, path=other.path)
    assert await repo.get_model_by_key(lora.key) == lora


# The server answers 200 and drops what the class of the model lacks, typing errors too.
@pytest.mark.since("6.14.2")
async def test_a_field_that_the_server_ignores_is_said(
    repo: AsyncDnnModelRepository, lora: ModelRecord
) -> None:
    with pytest.raises(NotSupported, match="took no notice of descripton, variant"):
        await repo.update_model(lora.key, descripton="x", variant="normal", description="kept")
    record = await repo.get_model_by_key(lora.key)
    assert record is not None
    assert record.description == "kept"


# The settings of a control adapter were taken for those of a main model: 409.
@pytest.mark.since("6.14.2")
async def test_settings_that_fit_several_classes(
    repo: AsyncDnnModelRepository, put: Put, tmp_path: Path, invokeai_server: Any
) -> None:
    original = next(each for each in await repo.list_models(type="controlnet"))
    copy = tmp_path / ("control" + Path(original.path).suffix)
    copy.write_bytes(Path(original.path).read_bytes())
    record = await repo.update_model(put(copy).key, default_settings={"fp8_storage": True})
    assert record.default_settings == {"preprocessor": None, "fp8_storage": True}


# 20 updates of one model at once: the server refused 8 of them as busy.
async def test_a_busy_model_is_waited_for(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    await asyncio.gather(*(repo.update_model(lora.key, description=str(number)) for number in range(20)))
    record = await repo.get_model_by_key(lora.key)
    assert record is not None
    assert record.description in {str(number) for number in range(20)}


@pytest.mark.since("6.14.2")
async def test_reidentify(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    with pytest.raises(NotSupported, match="took no notice of trigger_phrases"):  # a VAE has none
        await repo.update_model(lora.key, name="other", trigger_phrases=["x"], type="vae")
    again = await repo.reidentify_model(lora.key)
    assert (again.key, again.name, again.type, again.format) == (lora.key, "other", "lora", lora.format)
    result = await repo.reidentify_models([lora.key, "no-such-key", lora.key])
    assert result.succeeded == (lora.key,)
    assert list(result.failed) == ["no-such-key"]
    with pytest.raises(NotFound):
        await repo.reidentify_model("no-such-key")
