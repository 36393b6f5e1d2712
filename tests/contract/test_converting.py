"""Conversions on a real server: nothing that the record held is lost, nor is a lost answer."""

from __future__ import annotations

import asyncio
import io
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PIL import Image

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidRequest,
    NotFound,
    RequestTimedOut,
    ServerFault,
    Unreachable,
)
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelRecord
from tests.support.between import Between, lose_the_request
from tests.support.fileserver import FileServer
from tests.support.hub import Hub
from tests.support.installs import installed
from tests.support.invokeai import RealInvokeAI
from tests.support.invokeai.fill import install_in_place
from tests.support.scripted import HANG_UP, Answer, Seen
from tests.support.tiny_models import write_convertible, write_hub_repository, write_lora

SEEDS = itertools.count(1)

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, invokeai_version: str) -> Iterator[RealInvokeAI]:
    """With a hub which has what a conversion needs."""
    folder = tmp_path_factory.mktemp("converting")
    write_hub_repository(folder / "hub")
    with (
        Hub(folder / "hub") as hub,
        RealInvokeAI(folder / "root", version=invokeai_version, hf_endpoint=hub.url) as server,
    ):
        yield server


@pytest.fixture
def tiny(server: RealInvokeAI, tmp_path: Path) -> ModelRecord:
    """A checkpoint that can be converted, in place; another one for each test."""
    path = tmp_path / f"{tmp_path.name}.safetensors"
    assert install_in_place(server.api, [write_convertible(path, next(SEEDS))]) == {}
    listed = server.api.get("/api/v2/models/").json()["models"]
    return ModelRecord.from_wire(next(each for each in listed if each["path"] == str(path)))


@pytest.fixture
async def repo(server: RealInvokeAI) -> AsyncIterator[AsyncDnnModelRepository]:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        yield client.dnn_model_repo


def picture(cover: bytes | None) -> tuple[int, int]:
    """Its size."""
    assert cover is not None
    return Image.open(io.BytesIO(cover)).size


async def model(repo: AsyncDnnModelRepository, name: str) -> ModelRecord:
    (found,) = await repo.list_models(name=name)
    return found


@pytest.mark.since("6.14.2")
async def test_a_conversion_keeps_what_the_record_held(
    repo: AsyncDnnModelRepository, server: RealInvokeAI, tiny: ModelRecord, tmp_path: Path
) -> None:
    install_in_place(server.api, [write_lora(tmp_path / "lora.safetensors")])
    lora = await model(repo, "lora")
    held = {
        "description": "mine",
        "trigger_phrases": ["a", "b"],
        "default_settings": {**(tiny.default_settings or {}), "steps": 7, "width": 640},
        "source_url": "https://example.org/tiny",
    }
    before = await repo.update_model(tiny.key, **held)
    await repo.link_models(tiny.key, lora.key)

    after = await repo.convert_model(tiny.key)

    assert (after.format, after.name, after.hash) == ("diffusers", tiny.name, before.hash)
    assert after.key != tiny.key
    for field in (*held, "source", "source_type"):
        expected, got = getattr(before, field), getattr(after, field)
        assert (set(got) == set(expected)) if field == "trigger_phrases" else (got == expected), field
    assert await repo.list_related_models(after.key) == [lora.key]
    assert await repo.get_model_by_key(tiny.key) is None
    assert await repo.get_model_by_key(after.key) == after
    assert Path(before.path).exists()  # in place: it stays, without a record

    with pytest.raises(InvalidRequest):
        await repo.convert_model(after.key)
    with pytest.raises(InvalidRequest):
        await repo.convert_model(lora.key)
    with pytest.raises(NotFound):
        await repo.convert_model(tiny.key)


@pytest.mark.since("6.14.2")
async def test_a_model_that_was_downloaded_is_still_that_of_its_address(
    repo: AsyncDnnModelRepository, server: RealInvokeAI, file_server: FileServer, tmp_path: Path
) -> None:
    url = file_server.add("loaded.safetensors", write_convertible(tmp_path / "x.safetensors", next(SEEDS)))
    before = (await installed(repo, url)).config_out
    assert before is not None
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "cover.png")
    await repo.set_cover_image(before.key, tmp_path / "cover.png")
    cover = await repo.get_cover_image(before.key)
    old_file = server.root / "models" / before.path
    assert old_file.exists()

    after = await repo.convert_model(before.key)

    assert (after.format, after.source, after.source_type) == ("diffusers", url, "url")
    assert picture(await repo.get_cover_image(after.key)) == picture(cover)  # encoded again
    assert not old_file.exists()
    assert (server.root / "models" / after.path).is_dir()


# One at a time; whoever comes second is told, and may come again.
@pytest.mark.since("6.14.2")
async def test_two_at_once(repo: AsyncDnnModelRepository, server: RealInvokeAI, tmp_path: Path) -> None:
    paths = [tmp_path / f"{tmp_path.name}{n}.safetensors" for n in range(2)]
    assert install_in_place(server.api, [write_convertible(path, next(SEEDS)) for path in paths]) == {}
    keys = [record.key for path in paths for record in await repo.list_models(name=path.stem)]
    done = await asyncio.gather(*map(repo.convert_model, keys))
    assert [record.format for record in done] == ["diffusers"] * 2


@pytest.mark.since("6.14.2")
async def test_a_lost_answer_is_followed_to_the_new_record(server: RealInvokeAI, tiny: ModelRecord) -> None:
    def lose(between: Between, seen: Seen) -> Answer:
        threading.Thread(target=between.forward, args=(seen,), daemon=True).start()
        return HANG_UP

    with Between(server.url, "PUT", lose) as between:
        async with AsyncInvokeAIClient.from_url(between.url) as client:
            repo = client.dnn_model_repo
            await repo.update_model(tiny.key, trigger_phrases=["kept"])
            after = await repo.convert_model(tiny.key)
    assert (after.format, after.trigger_phrases) == ("diffusers", ["kept"])
    assert [seen.path for seen in between.seen if seen.method == "PUT"].count(
        f"/api/v2/models/convert/{tiny.key}"
    ) == 1


async def test_a_conversion_that_never_began(server: RealInvokeAI, tiny: ModelRecord) -> None:
    with Between(server.url, "PUT", lose_the_request) as between:
        async with AsyncInvokeAIClient.from_url(between.url) as client:
            with pytest.raises(Unreachable, match="as it was before: convert it again"):
                await client.dnn_model_repo.convert_model(tiny.key)
            assert await client.dnn_model_repo.get_model_by_key(tiny.key) == tiny


# A server killed at the end of a conversion leaves the old record under another name, which the next
# conversion keeps.
async def test_a_half_done_conversion_is_explained_and_put_right(
    server: RealInvokeAI, tiny: ModelRecord
) -> None:
    def half_do(between: Between, seen: Seen) -> Answer:
        key = seen.path.rpartition("/")[2]
        server.api.patch(f"/api/v2/models/i/{key}", json={"name": tiny.name + ".DELETE"}).raise_for_status()
        return HANG_UP

    with Between(server.url, "PUT", half_do) as between:
        async with AsyncInvokeAIClient.from_url(between.url) as client:
            with pytest.raises(Unreachable, match=r"now called '.*\.DELETE'.*list_orphaned_folders"):
                await client.dnn_model_repo.convert_model(tiny.key)
            after = await client.dnn_model_repo.convert_model(tiny.key)
    assert (after.name, after.format) == (tiny.name, "diffusers")


async def test_not_done_in_time(server: RealInvokeAI, tiny: ModelRecord) -> None:
    with Between(server.url, "PUT", lambda *_: Answer(hang=True)) as between:
        async with AsyncInvokeAIClient.from_url(between.url) as client:
            with pytest.raises(RequestTimedOut, match="was not done within 6 s"):
                await client.dnn_model_repo.convert_model(tiny.key, timeout=6)


async def test_the_hub_is_away(invokeai_server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(invokeai_server.url) as client:
        tiny = await model(client.dnn_model_repo, "tiny_sd1")
        with pytest.raises(ServerFault, match="configuration files for its kind from Hugging Face"):
            await client.dnn_model_repo.convert_model(tiny.key)
        assert await client.dnn_model_repo.get_model_by_key(tiny.key) == tiny
