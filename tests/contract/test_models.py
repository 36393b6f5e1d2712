"""Models on a real server: list, read, covers and links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from invokeai_widgets.client.errors import (
    InvalidInput,
    InvalidRequest,
    NotFound,
    ServerFault,
)
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelRecord
from tests.support.tiny_models import write_lora

from .conftest import Put

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


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
async def test_cover_image(repo: AsyncDnnModelRepository, lora: ModelRecord, tmp_path: Path) -> None:
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
