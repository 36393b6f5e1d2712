"""Models on a real server: list, read, change, remove."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
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

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]

Put = Callable[[Path], ModelRecord]


async def test_the_list_holds_every_model_unchanged(
    repo: AsyncDnnModelRepository, invokeai_server: Any
) -> None:
    listed = {record.name: record for record in await repo.list_models()}
    wire = {each["name"]: each for each in invokeai_server.api.get("/api/v2/models/").json()["models"]}
    assert len(listed) == len(invokeai_server.models)
    assert {record.key for record in listed.values()} == {each["key"] for each in wire.values()}
    for name, record in listed.items():
        assert record.to_wire() == wire[name]
        assert record.in_place


async def test_filters(repo: AsyncDnnModelRepository) -> None:
    everything = await repo.list_models()
    some = everything[0]
    for field, value in {
        "type": some.type,
        "base": some.base,
        "format": some.format,
        "name": some.name,
    }.items():
        found = await repo.list_models(**{field: value})
        expected = {record.key for record in everything if getattr(record, field) == value}
        assert {record.key for record in found} == expected, field


# The server appends the results base by base, and gives a base named twice twice.
@pytest.mark.since("6.14.2")
async def test_several_bases_in_one_order_each_once(repo: AsyncDnnModelRepository) -> None:
    found = await repo.list_models(base=["sdxl", "sd-1", "sdxl"], order_by="size", direction="DESC")
    keys = [record.key for record in found]
    sizes = [record.file_size or 0 for record in found]
    assert {record.base for record in found} == {"sd-1", "sdxl"}
    assert len(keys) == len(set(keys)) > 2
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.since("6.14.2")
@pytest.mark.parametrize("order_by", ["type", "base", "format", "path"])
async def test_orders(repo: AsyncDnnModelRepository, order_by: str) -> None:
    up = [getattr(each, order_by) for each in await repo.list_models(order_by=order_by, direction="ASC")]
    down = [getattr(each, order_by) for each in await repo.list_models(order_by=order_by, direction="DESC")]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


async def test_wrong_filters(repo: AsyncDnnModelRepository) -> None:
    for filters in (
        {"type": ""},
        {"base": []},
        {"base": ["sd-1", " "]},
        {"order_by": "age"},
        {"direction": "up"},
    ):
        with pytest.raises(InvalidInput):
            await repo.list_models(**filters)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest) as caught:
        await repo.list_models(type="no-such-type")
    assert list(caught.value.fields) == ["model_type"]


async def test_get_by_key(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    assert await repo.get_model_by_key(lora.key) == lora
    for key in ("no-such-key", "bulk_delete", "a b?c#d%2F", "ü"):
        assert await repo.get_model_by_key(key) is None
    for key in ("", " ", "a/b", ".."):
        with pytest.raises(InvalidInput):
            await repo.get_model_by_key(key)


async def test_get_by_attributes(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    assert await repo.get_model_by_attrs(name="mine", type="lora", base="sd-1") == lora
    assert await repo.get_model_by_attrs(name="yours", type="lora", base="sd-1") is None
    with pytest.raises(InvalidRequest):
        await repo.get_model_by_attrs(name="mine", type="no-such-type", base="sd-1")


async def test_get_by_hash_gives_all_copies(
    repo: AsyncDnnModelRepository, lora: ModelRecord, put: Put, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(Path(lora.path).read_bytes())
    other = put(copy)
    assert other.hash == lora.hash
    assert {each.key for each in await repo.get_models_by_hash(lora.hash)} == {lora.key, other.key}
    assert await repo.get_models_by_hash("blake3:none") == []


@pytest.mark.since("6.14.2")
async def test_missing_models(repo: AsyncDnnModelRepository, lora: ModelRecord) -> None:
    assert await repo.list_missing_models() == []
    Path(lora.path).unlink()
    assert [each.key for each in await repo.list_missing_models()] == [lora.key]
    with pytest.raises(ServerFault, match="list_missing_models"):
        await repo.reidentify_model(lora.key)


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
    from tests.support.invokeai.fill import install_in_place

    server = fresh_invokeai()
    paths = [write_lora(tmp_path / f"{number}.safetensors") for number in range(3)]
    install_in_place(server.api, paths)
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        summary = await client.dnn_model_repo.delete_all_models()
        assert summary == {"total": 3, "deleted": 3, "failed": 0, "errors": {}}
        assert await client.dnn_model_repo.list_models() == []


@pytest.mark.since("6.14.2")
async def test_cover_image(repo: AsyncDnnModelRepository, lora: ModelRecord, tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "cover.png"
    Image.new("RGB", (600, 300), "teal").save(file)
    assert await repo.get_cover_image(lora.key) is None
    assert await repo.delete_cover_image(lora.key) is False
    await repo.set_cover_image(lora.key, file)
    cover = await repo.get_cover_image(lora.key)
    assert cover is not None
    assert cover[:4] == b"RIFF"
    first, second = await repo.get_model_by_key(lora.key), await repo.get_model_by_key(lora.key)
    assert first is not None
    assert second is not None
    assert first.cover_image != second.cover_image
    assert first == second  # the tag is new in every answer
    assert (await repo.reidentify_model(lora.key)).cover_image
    assert await repo.delete_cover_image(lora.key) is True
    assert await repo.get_cover_image(lora.key) is None
    with pytest.raises(InvalidRequest):
        await repo.set_cover_image(lora.key, b"no image")
    with pytest.raises(InvalidInput):
        await repo.set_cover_image(lora.key, tmp_path / "none.png")
    with pytest.raises(NotFound):
        await repo.set_cover_image("no-such-key", file)


async def test_related_models(
    repo: AsyncDnnModelRepository, lora: ModelRecord, put: Put, tmp_path: Path
) -> None:
    other = put(write_lora(tmp_path / "other.safetensors"))
    for _ in range(2):
        await repo.link_models(lora.key, other.key)
    assert await repo.list_related_models(lora.key) == [other.key]
    assert await repo.list_related_models(other.key) == [lora.key]
    assert await repo.unlink_models(other.key, lora.key) is True
    assert await repo.unlink_models(lora.key, other.key) is False
    assert await repo.list_related_models(lora.key) == []
    with pytest.raises(InvalidInput):
        await repo.link_models(lora.key, lora.key)
    with pytest.raises(NotFound):
        await repo.link_models(lora.key, "no-such-key")
