"""Hugging Face as a real server sees it, with a stand-in for the hub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import InvalidInput, NotFound, ServerFault
from tests.support.hub import Hub
from tests.support.invokeai import RealInvokeAI

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]


@pytest.fixture
async def client(fresh_invokeai: Callable[..., Any], hub: Hub) -> AsyncIterator[AsyncInvokeAIClient]:
    server = fresh_invokeai(hf_endpoint=hub.url)
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        yield client


async def test_login_and_lookup(client: AsyncInvokeAIClient) -> None:
    repo = client.dnn_model_repo
    assert not await repo.hf_status()
    refused = await repo.hf_login("hf_bad_token")
    assert not refused
    assert "not stored" in (refused.note or "")
    good = await repo.hf_login("hf_good")
    assert good
    assert good.note is None
    # The server says "valid" to a bad token while a good one is stored.
    unsure = await repo.hf_login("hf_bad_token")
    assert "had a good token before" in (unsure.note or "")
    assert await repo.hf_status()
    assert not await repo.hf_logout()
    assert not await repo.hf_status()
    with pytest.raises(InvalidInput):
        await repo.hf_login(" ")

    found = await repo.lookup_huggingface(
        "https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5"
    )
    assert found.is_diffusers
    with pytest.raises(NotFound):
        await repo.lookup_huggingface("no/such")
    for name in ("", "noslash", "a/b:fp16"):
        with pytest.raises(InvalidInput):
            await repo.lookup_huggingface(name)


async def test_the_hub_is_away(invokeai_server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(invokeai_server.url) as client:
        with pytest.raises(ServerFault, match="Could not look up org/name on Hugging Face"):
            await client.dnn_model_repo.lookup_huggingface("org/name")
        assert not await client.dnn_model_repo.hf_login("hf_good")
