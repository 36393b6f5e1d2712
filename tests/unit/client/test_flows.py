"""What takes several requests and may fail half-way: what is done is not forgotten, and nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidInput,
    ModelInstallStartError,
    NotLoggedIn,
    RequestTimedOut,
    ServerFault,
)
from invokeai_widgets.client.flows.repeating import asked_for
from invokeai_widgets.client.schema import ModelInstJobInfo

pytestmark = pytest.mark.anyio


def client(answer: Callable[[httpx.Request], httpx.Response]) -> AsyncInvokeAIClient:
    return AsyncInvokeAIClient.from_url("http://x", http=lambda: httpx.MockTransport(answer))


class Deleting:
    """A server of 250 models, which lets nobody in after the first request that deletes."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.left = [f"k{n}" for n in range(250)]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.14.2"})
        if request.url.path.endswith("/models/"):
            return httpx.Response(200, json={"models": [{"key": key, "name": "n"} for key in self.left]})
        self.allowed -= 1
        if self.allowed < 0:
            return httpx.Response(401, json={"detail": "Invalid or expired token"})
        keys = json.loads(request.content)["keys"]
        self.left = [key for key in self.left if key not in keys]
        return httpx.Response(200, json={"deleted": keys, "failed": []})


async def test_what_was_deleted_before_a_failure_is_told() -> None:
    keys = [f"k{n}" for n in range(250)]
    async with client(Deleting(1)) as opened:
        result = await opened.dnn_model_repo.delete_models(keys)
    assert result.succeeded == tuple(keys[:100])
    assert set(result.failed) == set(keys[100:])
    assert "Invalid or expired token" in result.failed["k249"]
    async with client(Deleting(2)) as opened:
        summary = await opened.dnn_model_repo.delete_all_models()
    assert (summary["deleted"], summary["failed"]) == (200, 50)
    async with client(Deleting(0)) as opened:
        with pytest.raises(NotLoggedIn):
            await opened.dnn_model_repo.delete_models(keys)


@pytest.mark.parametrize("wrong", ["k1", {"k1": 1}, b"k1"], ids=repr)
async def test_what_is_no_list_of_keys_is_not_taken_apart(wrong: Any) -> None:
    async with client(Deleting(1)) as opened:
        for many in (opened.dnn_model_repo.delete_models, opened.dnn_model_repo.reidentify_models):
            with pytest.raises(InvalidInput, match="Keys are needed"):
                await many(wrong)


def old(model: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    """InvokeAI 6.8.1 with one model."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", "nothing may be started"
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.8.1"})
        if request.url.path.endswith("/scan_folder"):
            return httpx.Response(400, json={"detail": "no folder"})
        return httpx.Response(200, json={"models": [model]})

    return answer


@pytest.mark.parametrize(
    "source",
    [
        "/m/style.safetensors",
        r"C:\models\style.safetensors",
        '"/m/style.safetensors"',
        "org/style:fp16:vae",
        "https://example.org/a/style.safetensors?x=1",
    ],
)
async def test_a_second_model_of_a_name_is_refused_where_a_file_would_be_lost(source: str) -> None:
    style = {"key": "k", "name": "style", "type": "lora", "base": "sd-1", "path": "sd-1/lora/style"}
    async with client(old(style)) as opened:
        with pytest.raises(ModelInstallStartError, match="called 'style' already"):
            await opened.dnn_model_repo.install_model(source, inplace=False)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/m/sdxl-v1.0", "sdxl-v1.0"),
        ("black-forest-labs/FLUX.1-dev", "FLUX.1-dev"),
        ("/m/flux-q4.gguf", "flux-q4.gguf"),
        ("/m/style.v2.safetensors", "style.v2"),
    ],
)
async def test_names_are_as_older_servers_give_them(source: str, name: str) -> None:
    model = {"key": "k", "name": name, "type": "main", "base": "sdxl"}
    async with client(old(model)) as opened:
        with pytest.raises(ModelInstallStartError, match=f"called '{re.escape(name)}' already"):
            await opened.dnn_model_repo.install_model(source, inplace=False)


async def test_a_lost_deletion_says_that_it_may_have_been_done_though_nothing_can_be_read() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.14.2"})
        raise httpx.ReadTimeout("nothing")

    async with client(away) as opened:
        with pytest.raises(RequestTimedOut, match="delete") as caught:
            await opened.dnn_model_repo.delete_model("k")
    assert caught.value.maybe_done


async def test_only_what_is_orphaned_at_this_moment_is_deleted() -> None:
    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.14.2"})
        assert request.method == "GET", "nothing may be deleted"
        return httpx.Response(200, json=[])

    async with client(server) as opened:
        result = await opened.dnn_model_repo.delete_orphaned_folders(["key-of-a-model"])
        assert (result.succeeded, [*result.failed]) == ((), ["key-of-a-model"])
        with pytest.raises(InvalidInput, match="list"):
            await opened.dnn_model_repo.delete_orphaned_folders("key-of-a-model")


async def test_a_proxy_says_nothing_of_a_models_file() -> None:
    def proxy(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.14.2"})
        return httpx.Response(504, text="<html>", headers={"content-type": "text/html"})

    async with client(proxy) as opened:
        with pytest.raises(ServerFault) as caught:
            await opened.dnn_model_repo.reidentify_model("k")
    assert "gone" not in str(caught.value)


@pytest.mark.parametrize("image", ["a\0b", object()], ids=["nul", "object"])
async def test_what_is_no_image_is_refused(image: Any) -> None:
    async with client(Deleting(1)) as opened:
        with pytest.raises(InvalidInput, match="An image is bytes"):
            await opened.dnn_model_repo.set_cover_image("k", image)


@pytest.mark.parametrize(
    "source",
    [
        {"type": "url", "url": "https://me:hush@host/f.safetensors"},
        {"type": "url", "url": "https://host/f.safetensors", "access_token": "whisper-it"},
    ],
)
async def test_a_secret_that_is_not_kept_is_not_left_out_silently(source: dict[str, Any]) -> None:
    def forgotten(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.14.2"})
        return httpx.Response(404, json={"detail": "Unknown job"})

    info = ModelInstJobInfo.from_wire({"id": 3, "status": "error", "source": source})
    async with client(forgotten) as opened:
        with pytest.raises(InvalidInput, match="not kept") as caught:
            await asked_for(opened.jobs, info)
    assert "hush" not in f"{info}{caught.value}"
    assert "whisper" not in f"{info}{caught.value}"
