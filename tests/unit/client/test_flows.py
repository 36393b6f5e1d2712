"""What takes several requests and may fail half-way: what is done is not forgotten, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidInput,
    InvokeAIError,
    ModelInstallStartError,
    NotLoggedIn,
    RequestTimedOut,
)

pytestmark = pytest.mark.anyio

OLD = {
    "key": "old",
    "name": "tiny",
    "type": "main",
    "base": "sd-1",
    "format": "checkpoint",
    "hash": "h",
    "trigger_phrases": ["precious"],
    "default_settings": {"steps": 3},
    "source_url": "https://example.org/a",
    "source_type": "url",
}
DROPPED = {"trigger_phrases": None, "default_settings": None, "source_url": None, "source_type": "path"}


class Converting:
    """A server with one model; says nothing to who converts it, and may refuse fields of an update."""

    def __init__(self, *, busy: int = 0, refused: str = "") -> None:
        self.models: dict[str, dict[str, Any]] = {"old": dict(OLD)}
        self.busy, self.refused = busy, refused

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, key = request.url.path, request.url.path.rpartition("/")[2]
        if path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.14.2"})
        if "/convert/" in path:
            return self._convert(key)
        if "relationships" in path:
            return httpx.Response(200, json=[])
        if path.endswith("/models/"):
            return httpx.Response(200, json={"models": list(self.models.values())})
        if request.method == "PATCH":
            changes = json.loads(request.content)
            if self.refused in changes:
                return httpx.Response(422, json={"detail": "does not fit"})
            self.models[key].update(changes)
        return httpx.Response(200, json=self.models[key])

    def _convert(self, key: str) -> httpx.Response:
        if key == "old":
            if not self.busy:
                self._done()
            raise httpx.ReadTimeout("nothing")
        self.busy -= 1
        if self.busy > 0:
            return httpx.Response(409, json={"detail": "Model conversion already in progress"})
        self._done()
        return httpx.Response(404, json={"detail": "no such model"})

    def _done(self) -> None:
        if self.models.pop("old", None):
            self.models["new"] = {**OLD, **DROPPED, "key": "new", "format": "diffusers"}


def client(answer: Callable[[httpx.Request], httpx.Response]) -> AsyncInvokeAIClient:
    return AsyncInvokeAIClient.from_url("http://x", http=lambda: httpx.MockTransport(answer))


async def test_a_conversion_whose_answer_is_late_is_looked_for_though_the_time_is_up() -> None:
    async with client(Converting()) as opened:
        record = await opened.dnn_model_repo.convert_model("old", timeout=0.001)
    assert {name: getattr(record, name) for name in DROPPED} == {name: OLD[name] for name in DROPPED}


async def test_what_a_conversion_drops_is_written_back_though_nobody_waits_any_more() -> None:
    server = Converting(busy=3)
    async with client(server) as opened:
        with pytest.raises(RequestTimedOut, match="is then written back"):
            await opened.dnn_model_repo.convert_model("old", timeout=0.001)
        for _ in range(400):
            if server.models.get("new", {}).get("source_type") == "url":
                break
            await asyncio.sleep(0.05)
    assert {name: server.models["new"][name] for name in DROPPED} == {name: OLD[name] for name in DROPPED}


async def test_a_field_that_cannot_be_written_back_does_not_cost_the_others_and_is_told() -> None:
    server = Converting(refused="default_settings")
    async with client(server) as opened:
        with pytest.raises(InvokeAIError) as caught:
            await opened.dnn_model_repo.convert_model("old")
    assert "does not fit" in caught.value.message
    assert "update_model('new', default_settings={'steps': 3})" in (caught.value.advice or "")
    assert server.models["new"]["trigger_phrases"] == ["precious"]
    assert server.models["new"]["source_url"] == "https://example.org/a"


async def test_a_conversion_needs_some_time() -> None:
    async with client(Converting()) as opened:
        with pytest.raises(InvalidInput, match="more than 0"):
            await opened.dnn_model_repo.convert_model("old", timeout=0)


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
    def old(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", "nothing may be started"
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "6.8.1"})
        if request.url.path.endswith("/scan_folder"):
            return httpx.Response(400, json={"detail": "no folder"})
        style = {"key": "k", "name": "style", "type": "lora", "base": "sd-1", "path": "sd-1/lora/style"}
        return httpx.Response(200, json={"models": [style]})

    async with client(old) as opened:
        with pytest.raises(ModelInstallStartError, match="called 'style' already"):
            await opened.dnn_model_repo.install_model(source, inplace=False)
