"""A real server with users."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import NotAllowed, NotLoggedIn, NotSupported
from tests.support.invokeai import RealInvokeAI
from tests.support.tiny_models import write_lora
from tests.support.watching import Watching

pytestmark = [pytest.mark.anyio, pytest.mark.invokeai]

ADMIN = {"email": "admin@example.com", "display_name": "Ann", "password": "S3cret-Enough"}
PLAIN = {"email": "plain@example.com", "display_name": "Bob", "password": "S3cret-Enough"}


@pytest.fixture(scope="module")
def server(invokeai_multiuser: RealInvokeAI) -> RealInvokeAI:
    """With an administrator and a user without rights."""
    api = invokeai_multiuser.api
    if api.get("/api/v1/auth/status").json()["setup_required"]:
        api.post("/api/v1/auth/setup", json=ADMIN).raise_for_status()
    added = api.post("/api/v1/auth/users", json=PLAIN, headers=as_admin(api))
    assert added.status_code in (201, 400), added.text
    return invokeai_multiuser


def as_admin(api: httpx.Client) -> dict[str, str]:
    """The headers of the administrator's requests."""
    login = {"email": ADMIN["email"], "password": ADMIN["password"]}
    token = api.post("/api/v1/auth/login", json=login).raise_for_status().json()["token"]
    return {"Authorization": f"Bearer {token}"}


def add_user(api: httpx.Client, **account: Any) -> Callable[[], None]:
    """Add a user; what switches it off again."""
    users = "/api/v1/auth/users"
    user = api.post(users, json={**PLAIN, **account}, headers=as_admin(api)).raise_for_status().json()

    def switch_off() -> None:
        where = f"{users}/{user['user_id']}"
        api.patch(where, json={"is_active": False}, headers=as_admin(api)).raise_for_status()

    return switch_off


@pytest.mark.since("6.13.0")
async def test_nobody_gets_in_without_login(server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        assert (await client.version()).version
        assert (await client.auth_status()).multiuser_enabled
        with pytest.raises(NotLoggedIn, match=r"client\.login"):
            await client.dnn_model_repo.list_models()
        with pytest.raises(NotLoggedIn):
            await client.whoami()
        with pytest.raises(NotLoggedIn, match="Incorrect email or password") as caught:
            await client.login("admin@example.com", "wrong-password")
        assert "wrong-password" not in f"{caught.value!r}{caught.value}"
    async with AsyncInvokeAIClient.from_url(server.url, token="not-a-token") as client:
        with pytest.raises(NotLoggedIn, match="Invalid or expired token"):
            await client.dnn_model_repo.list_models()


@pytest.mark.since("6.13.0")
async def test_an_administrator_may_do_all(server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        user = await client.login(ADMIN["email"], ADMIN["password"], remember_me=True)
        assert (user.email, user.is_admin) == (ADMIN["email"], True)
        me = await client.whoami()
        assert me is not None
        assert (me.user_id, me.email) == (user.user_id, user.email)
        assert await client.dnn_model_repo.list_models() == []
        first = client._transport.auth.token
        assert first is not None
        assert first not in repr(vars(client))
        await asyncio.sleep(1.1)  # a token tells its end in whole seconds
        await client.dnn_model_repo.empty_model_cache()
        assert client._transport.auth.token not in (None, "", first)  # the server sent a later one
        await client.dnn_model_repo.list_models()
        await client.logout()
        with pytest.raises(NotLoggedIn):
            await client.dnn_model_repo.list_models()


@pytest.mark.since("6.13.0")
async def test_a_token_can_be_given(server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        await client.login(PLAIN["email"], PLAIN["password"])
        token = client._transport.auth.token
    async with AsyncInvokeAIClient.from_url(server.url, token=token) as client:
        user = await client.whoami()
        assert user is not None
        assert user.email == PLAIN["email"]


@pytest.mark.since("6.13.0")
async def test_a_user_without_rights_may_look(server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        user = await client.login(PLAIN["email"], PLAIN["password"])
        assert not user.is_admin
        repo = client.dnn_model_repo
        assert await repo.list_models() == []
        assert await repo.get_model_by_key("x") is None
        for refused in (
            repo.get_stats(),
            repo.empty_model_cache(),
            repo.scan_folder("/"),
            repo.delete_model("x"),
            repo.install_model("org/name"),
            repo.install_model("/models/folder"),
            repo.list_install_jobs(),
            repo.get_install_job(0),
            repo.prune_install_jobs(),
            repo.lookup_huggingface("org/name"),
            repo.starter_models(),
            repo.hf_status(),
        ):
            with pytest.raises(NotAllowed, match=r"Admin privileges required.*administrator"):
                await refused


@pytest.mark.since("6.13.0")
async def test_an_administrator_installs(server: RealInvokeAI, tmp_path: Path) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        await client.login(ADMIN["email"], ADMIN["password"])
        watching, repo = Watching(client.jobs), client.dnn_model_repo
        await watching.until_link("live")
        file = write_lora(tmp_path / "mine.safetensors")
        handle = await repo.install_model(str(file), config={"trigger_phrases": ["x"]})
        info = await handle.wait_until(60)
        assert info.config_out is not None
        assert info.config_out.trigger_phrases == ["x"]
        assert await repo.delete_model(info.model_key or "")


@pytest.mark.since("6.13.0")
async def test_the_socket_is_told_who_asks(server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        watching = Watching(client.jobs)
        await watching.until(lambda: isinstance(client.jobs.problem, NotLoggedIn))
        await client.login(PLAIN["email"], PLAIN["password"])
        await watching.until(lambda: isinstance(client.jobs.problem, NotAllowed))
        assert client.jobs.link == "polling"
        assert "administrator" in (client.jobs.link_reason or "")
        await client.login(ADMIN["email"], ADMIN["password"])
        await watching.until_link("live")


@pytest.mark.since("6.13.0")
async def test_a_failed_login_leaves_one_logged_in(server: RealInvokeAI) -> None:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        await client.login(PLAIN["email"], PLAIN["password"])
        with pytest.raises(NotLoggedIn):
            await client.login(ADMIN["email"], "wrong-password")
        user = await client.whoami()
        assert user is not None
        assert user.email == PLAIN["email"]


@pytest.mark.since("6.13.0")
async def test_an_account_that_is_switched_off(server: RealInvokeAI) -> None:
    switch_off = add_user(server.api, email="off@example.com")
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        await client.login("off@example.com", PLAIN["password"])
        switch_off()
        with pytest.raises(NotLoggedIn, match="inactive"):
            await client.dnn_model_repo.list_models()
        with pytest.raises(NotAllowed, match="disabled"):
            await client.login("off@example.com", PLAIN["password"])


@pytest.mark.since("6.13.0")
async def test_who_is_switched_off_hears_nothing_more(server: RealInvokeAI) -> None:
    switch_off = add_user(server.api, email="second@example.com", is_admin=True)
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        await client.login("second@example.com", PLAIN["password"])
        watching = Watching(client.jobs)
        await watching.until_link("live")
        switch_off()
        await watching.until(lambda: isinstance(client.jobs.problem, NotLoggedIn))
        assert client.jobs.link != "live"


async def test_a_server_without_users(client: AsyncInvokeAIClient) -> None:
    assert await client.whoami() is None
    with pytest.raises(NotSupported, match="has no users"):
        await client.login("a@example.com", "x")
