"""A conversion, where something goes wrong on the way: what the server drops must not be lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import httpx
import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import InvalidInput, InvokeAIError, RequestTimedOut, ServerFault
from invokeai_widgets.client.flows import converting
from invokeai_widgets.client.flows.patience import PAUSES

pytestmark = pytest.mark.anyio

Handler: TypeAlias = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]

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
                self.convert_now()
            raise httpx.ReadTimeout("nothing")
        self.busy -= 1
        if self.busy > 0:
            return httpx.Response(409, json={"detail": "Model conversion already in progress"})
        self.convert_now()
        return httpx.Response(404, json={"detail": "no such model"})

    def convert_now(self) -> None:
        if self.models.pop("old", None):
            self.models["new"] = {**OLD, **DROPPED, "key": "new", "format": "diffusers"}


def client(answer: Handler) -> AsyncInvokeAIClient:
    return AsyncInvokeAIClient.from_url("http://x", http=lambda: httpx.MockTransport(answer))  # type: ignore[arg-type]


async def until_restored(server: Converting) -> None:
    for _ in range(400):
        if server.models.get("new", {}).get("source_type") == "url":
            break
        await asyncio.sleep(0.05)
    assert {name: server.models["new"][name] for name in DROPPED} == {name: OLD[name] for name in DROPPED}


async def test_a_conversion_whose_answer_is_lost_is_looked_for() -> None:
    async with client(Converting()) as opened:
        record = await opened.dnn_model_repo.convert_model("old")
    assert {name: getattr(record, name) for name in DROPPED} == {name: OLD[name] for name in DROPPED}


async def test_so_is_one_whose_answer_cannot_be_read() -> None:
    server = Converting()

    def garbled(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/convert/old"):
            server.convert_now()
            return httpx.Response(200, content=b"half an ans", headers={"content-type": "application/json"})
        return server(request)

    async with client(garbled) as opened:
        record = await opened.dnn_model_repo.convert_model("old")
    assert {name: getattr(record, name) for name in DROPPED} == {name: OLD[name] for name in DROPPED}


async def test_what_a_conversion_drops_is_written_back_though_nobody_waits_any_more() -> None:
    server = Converting(busy=7)
    async with client(server) as opened:
        with pytest.raises(RequestTimedOut, match=r"not done within 4 s.*is then written back") as caught:
            await opened.dnn_model_repo.convert_model("old", timeout=4)
        assert caught.value.maybe_done
        await until_restored(server)


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


async def test_whoever_is_cancelled_loses_nothing() -> None:
    """By a time-out of the caller's, or by stopping the cell: the server goes on."""
    server, begun = Converting(), asyncio.Event()

    async def slowly(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/convert/old"):
            begun.set()
            await asyncio.sleep(0.2)
            server.convert_now()
            return httpx.Response(200, json=server.models["new"])
        return server(request)

    async with client(slowly) as opened:
        converting = asyncio.ensure_future(opened.dnn_model_repo.convert_model("old"))
        await begun.wait()
        converting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await converting
        await until_restored(server)


async def test_a_proxy_that_is_away_for_a_while_does_not_end_the_following(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(converting, "_LOOK_EVERY", 0.01)
    server = Converting(busy=3)
    away = iter([False, True, True, True, True])  # the list is read before, and tried three times at once

    def proxied(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/convert/old"):
            return httpx.Response(504, text="<html>", headers={"content-type": "text/html"})
        if request.url.path.endswith("/models/") and next(away, False):
            return httpx.Response(502, text="<html>", headers={"content-type": "text/html"})
        return server(request)

    async with client(proxied) as opened:
        record = await opened.dnn_model_repo.convert_model("old")
    assert record.key == "new"
    assert record.trigger_phrases == OLD["trigger_phrases"]


async def test_a_conversion_that_was_never_begun_says_so_in_the_servers_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(converting, "_LOOK_EVERY", 0.01)
    server = Converting()

    def lost(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/convert/old"):
            return httpx.Response(504, text="<html>", headers={"content-type": "text/html"})
        if "/convert/" in request.url.path:
            return httpx.Response(424, json={"detail": "Unknown model"})
        return server(request)

    async with client(lost) as opened:
        with pytest.raises(ServerFault, match="504") as caught:
            await opened.dnn_model_repo.convert_model("old")
    assert caught.value.status_code == 504
    assert not caught.value.maybe_done
    assert "as it was before" in (caught.value.advice or "")


async def test_a_link_that_is_refused_does_not_cost_the_others() -> None:
    server = Converting()
    tried: list[str] = []

    def related(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/convert/old"):
            server.convert_now()
            return httpx.Response(200, json=server.models["new"])
        if path.endswith("relationships/i/old"):
            return httpx.Response(200, json=["r1", "r2", "r3"])
        if request.method == "POST":
            tried.append(json.loads(request.content)["model_key_2"])
            return httpx.Response(409 if tried[-1] == "r1" else 200, json={"detail": "no such model"})
        return server(request)

    async with client(related) as opened:
        with pytest.raises(InvokeAIError, match="no such model") as caught:
            await opened.dnn_model_repo.convert_model("old")
    assert tried == ["r1", "r2", "r3"]
    assert caught.value.advice == "Write it back by link_models('new', 'r1')."


async def test_a_time_is_kept_though_another_conversion_runs() -> None:
    server, asked = Converting(), 0

    def busy(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.url.path.endswith("/convert/old"):
            asked += 1
            return httpx.Response(409, json={"detail": "Another model conversion is already in progress."})
        return server(request)

    async with client(busy) as opened:
        with pytest.raises(InvokeAIError, match="already in progress"):
            await opened.dnn_model_repo.convert_model("old", timeout=2)
    assert 0 < asked <= len(PAUSES)


async def test_a_time_that_is_up_before_the_model_is_known_converts_nothing() -> None:
    server = Converting()

    async def silent(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        await asyncio.Event().wait()
        return server(request)

    async with client(silent) as opened:
        with pytest.raises(RequestTimedOut, match="Nothing was converted") as caught:
            await opened.dnn_model_repo.convert_model("old", timeout=0.2)
    assert not caught.value.maybe_done
