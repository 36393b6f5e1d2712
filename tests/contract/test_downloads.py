"""Installs from addresses: names, secrets, joined and lost starts, and what goes wrong on the way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import InvalidInput, ModelInstallStartError, Unreachable
from invokeai_widgets.client.flows.repeating import asked_for
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from tests.conftest import FilledInvokeAI
from tests.support.between import Between, Fate, lose_the_answer, lose_the_request, proxy_gives_up
from tests.support.fileserver import FileServer
from tests.support.installs import failure, installed
from tests.support.invokeai import at_least
from tests.support.tiny_models import write_lora

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture
def repo(restored_repo: AsyncDnnModelRepository) -> AsyncDnnModelRepository:
    return restored_repo


@pytest.fixture
def lora_file(tmp_path: Path) -> Path:
    return write_lora(tmp_path / "lora.safetensors", mib=1)


async def test_a_download(repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path) -> None:
    url = file_server.add("from the net.safetensors", lora_file)
    info = await installed(repo, url)
    assert (info.status, info.source, info.source_type) == ("completed", url, "url")
    assert (info.bytes, info.total_bytes, info.progress) == (*[lora_file.stat().st_size] * 2, 1)
    assert info.config_out is not None
    assert (info.config_out.name, info.config_out.source) == (
        "from%20the%20net",
        url,
    )  # as the server names it


async def test_the_site_names_the_file(
    repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path
) -> None:
    info = await installed(repo, file_server.add("download", lora_file, called="Ink Wash.safetensors"))
    assert info.config_out is not None
    assert info.config_out.name == "Ink Wash"


# A server that restarts writes down what was asked for; with phrases in it, that failed: 500.
async def test_overrides_of_a_download(
    repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path, invokeai_version: str
) -> None:
    config: dict[str, Any] = {"name": "Mine", "description": "x", "trigger_phrases": ["b", "a"]}
    if at_least(invokeai_version, "6.13.0"):
        config |= {"default_settings": {"weight": 0.5}, "source_url": "https://example.org"}
    info = await installed(repo, file_server.add("x.safetensors", lora_file), config=config)
    record = info.config_out
    assert record is not None
    assert (record.name, record.description) == ("Mine", "x")
    assert set(record.trigger_phrases or ()) == {"a", "b"}
    assert record.source_url == config.get("source_url")
    assert (record.default_settings or {}).get("weight") == config.get("default_settings", {}).get("weight")
    assert info.warning is None


# `Http://` is no address to the server.
async def test_an_address_in_capitals(
    repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path
) -> None:
    url = file_server.add("x.safetensors", lora_file)
    assert (await installed(repo, url.replace("http", "HTTP"))).source == url


# --- secrets ---


async def test_a_token_is_sent_and_nowhere_shown(
    repo: AsyncDnnModelRepository,
    file_server: FileServer,
    lora_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    url = file_server.add("gated.safetensors", lora_file, token="s3cret-token")
    refused = await failure(repo, url)
    assert (refused.error_reason, refused.error) == ("HTTPError", "Unauthorized")
    assert "access_token" in (refused.advice or "")
    handle = await repo.install_model(url, access_token="s3cret-token")
    info = await handle.wait_until(60)
    shown = f"{handle!r}{info!r}{info}{info.extra}{info.to_wire()}{info.config_out}{caplog.text}"
    assert "s3cret-token" not in shown
    assert file_server.asked("gated.safetensors")[-1]["token"] == "s3cret-token"


# The server keeps the address in the record, which each of its users can read.
async def test_a_token_in_the_address_does_not_stay_in_the_record(
    repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = file_server.add("gated.safetensors", lora_file, token="s3cret-token")
    handle = await repo.install_model(f"{url}?type=Model&token=s3cret-token")
    info = await handle.wait_until(60)
    record = await repo.get_model_by_key(info.model_key or "")
    assert record is not None
    assert record.source == f"{url}?type=Model"
    assert info.source == f"{url}?type=Model&token=***"
    assert info.warning is None
    assert "s3cret-token" not in f"{handle!r}{info!r}{info.to_wire()}{record!r}{caplog.text}"


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("name", "how", "reason", "text", "says"),
    [
        ("x.safetensors", {"status": 404}, "HTTPError", "Not Found", "no such file"),
        ("x.safetensors", {"status": 500}, "HTTPError", "Internal Server Error", "site that has the file"),
        ("x.safetensors", {"cut_after": 300_000}, "ChunkedEncodingError", "IncompleteRead", "broke off"),
    ],
)
async def test_a_bad_server(
    repo: AsyncDnnModelRepository,
    file_server: FileServer,
    lora_file: Path,
    name: str,
    how: dict[str, Any],
    reason: str,
    text: str,
    says: str,
) -> None:
    info = await failure(repo, file_server.add(name, lora_file, **how))
    assert (info.status, info.error_reason) == ("error", reason)
    assert text in (info.error or "")
    assert says in (info.advice or "")


async def test_nobody_there(repo: AsyncDnnModelRepository) -> None:
    info = await failure(repo, "http://127.0.0.1:9/x.safetensors")
    assert "Nothing answers" in (info.advice or "")
    info = await failure(repo, "http://nowhere.invalid/x.safetensors")
    assert "does not know the host" in (info.advice or "")


async def test_a_web_page_in_place_of_the_file(
    repo: AsyncDnnModelRepository, file_server: FileServer, invokeai_version: str
) -> None:
    url = file_server.add_page("page.safetensors")
    if at_least(invokeai_version, "6.11.0"):
        info = await installed(repo, url)
        assert info.config_out is not None
        assert info.config_out.is_unknown
        assert "web page" in (info.warning or "")
    else:
        assert "web page" in ((await failure(repo, url)).advice or "")


@pytest.mark.parametrize("source", ["http://", "https://host:port/x", "http:///x.safetensors"])
async def test_what_is_no_address(repo: AsyncDnnModelRepository, source: str) -> None:
    with pytest.raises(ModelInstallStartError) as caught:
        await repo.install_model(source)
    assert caught.value.advice


@pytest.mark.since("6.13.0")
async def test_a_private_address_is_refused_by_a_server_with_the_usual_settings(
    fresh_invokeai: Callable[..., Any], file_server: FileServer, lora_file: Path
) -> None:
    server = fresh_invokeai(settings={"allow_private_download_urls": False})
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        info = await failure(client.dnn_model_repo, file_server.add("x.safetensors", lora_file))
    assert info.error_reason == "UnsafeDownloadURLException"
    assert "allow_private_download_urls: true" in (info.advice or "")


# --- once, and no more than once ---


# The server answers with the job that is under way, and drops the overrides of the second request.
async def test_a_second_start_joins_the_first_and_gets_what_it_asks_for(
    repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path
) -> None:
    url = file_server.add("slow.safetensors", lora_file, hold_at=200_000)
    first = await repo.install_model(url)
    second = await repo.install_model(url, config={"name": "Mine", "trigger_phrases": ["x"]})
    assert second.job_id == first.job_id
    file_server.release("slow.safetensors")
    info = await second.wait_until(60)
    assert info.config_out is not None
    assert (info.config_out.name, info.config_out.trigger_phrases) == ("Mine", ["x"])
    assert (await first.wait_until(60)).model_key == info.model_key
    assert len(file_server.asked("slow.safetensors")) == 1


# It watches for the end, so that the overrides are set though nobody waits.
async def test_the_watching_for_overrides_ends_with_the_job(
    restored_invokeai: FilledInvokeAI, file_server: FileServer, lora_file: Path
) -> None:
    async with AsyncInvokeAIClient.from_url(restored_invokeai.url) as client:
        repo = client.dnn_model_repo
        for name in ("kept.safetensors", "cancelled.safetensors"):
            url = file_server.add(name, lora_file, hold_at=200_000)
            handle = await repo.install_model(url, config={"trigger_phrases": ["x"]})
            with anyio.fail_after(30):
                while handle.status() != "downloading":
                    await anyio.sleep(0.05)
                assert client.jobs.link != "idle"
                if name == "cancelled.safetensors":
                    await handle.cancel()
                file_server.release(name)
                while client.jobs.link != "idle":
                    await anyio.sleep(0.05)
        (kept,) = await repo.list_models(name="kept")
        assert kept.trigger_phrases == ["x"]
        assert await repo.list_models(name="cancelled") == []


async def test_what_a_job_was_asked_for_can_be_asked_for_again(
    repo: AsyncDnnModelRepository, file_server: FileServer, lora_file: Path
) -> None:
    url = file_server.add("x.safetensors", lora_file, hold_at=200_000, token="s3cret-token")
    config = {"name": "Mine", "trigger_phrases": ["x"]}
    handle = await repo.install_model(f"{url}?token=s3cret-token", config=config, access_token="s3cret-token")
    asked = await asked_for(handle.watch, handle.info)
    assert (asked.source, asked.access_token) == (f"{url}?token=s3cret-token", "s3cret-token")
    assert (asked.config, asked.inplace) == (config, False)
    assert "s3cret" not in repr(asked)
    await handle.cancel()
    await repo.prune_install_jobs()
    with pytest.raises(InvalidInput, match="password or token for it is not kept"):
        await asked_for(handle.watch, handle.info)


@pytest.mark.parametrize("fate", [lose_the_answer, proxy_gives_up])
@pytest.mark.parametrize("inplace", [True, False])
async def test_a_lost_answer_is_found_among_the_jobs(
    restored_invokeai: FilledInvokeAI, tmp_path: Path, fate: Fate, inplace: bool
) -> None:
    file = write_lora(tmp_path / "lost answer.safetensors")
    with Between(restored_invokeai.url, "POST", fate) as between:
        async with AsyncInvokeAIClient.from_url(between.url) as client:
            repo = client.dnn_model_repo
            config = {"name": "found", "trigger_phrases": ["x"]}
            info = await installed(repo, str(file), inplace=inplace, config=config)
        assert between.methods().count("POST") == 1
    assert info.status == "completed"
    assert info.config_out is not None
    assert (info.config_out.name, info.config_out.trigger_phrases) == ("found", ["x"])


async def test_an_old_job_is_not_taken_for_the_lost_one(
    restored_invokeai: FilledInvokeAI, repo: AsyncDnnModelRepository, tmp_path: Path
) -> None:
    file = write_lora(tmp_path / "again.safetensors")
    await installed(repo, str(file))
    with Between(restored_invokeai.url, "POST", lose_the_request) as between:
        async with AsyncInvokeAIClient.from_url(between.url) as client:
            with pytest.raises(Unreachable, match="look before you try again") as caught:
                await client.dnn_model_repo.install_model(str(file))
        assert between.methods().count("POST") == 1
    assert caught.value.maybe_done
