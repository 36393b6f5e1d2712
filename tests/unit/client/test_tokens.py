"""Tokens and passwords over real connections: where they go, and that they are never shown."""

from __future__ import annotations

import contextlib
import logging

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.auth import Auth
from invokeai_widgets.client.endpoints import installs, records
from invokeai_widgets.client.errors import (
    InvalidInput,
    Unreachable,
)
from invokeai_widgets.client.logs import hide_secrets
from tests.support.scripted import HANG_UP, VERSION, Answer, ScriptedServer, Seen

pytestmark = pytest.mark.anyio

EMPTY = Answer(body={"models": []})


async def test_a_token_is_sent_refreshed_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refreshed = Answer(body={"key": "a"}, headers={"X-Refreshed-Token": "second-secret"})
    with ScriptedServer([refreshed]) as server:
        async with AsyncInvokeAIClient.from_url(server.url, token="first-secret") as client:
            for _ in range(2):
                await client._transport.send(records.update_model("a", {"name": "x"}))
            shown = f"{client!r} {client._transport!r} {client._transport.auth!r} {client.base_url}"
        sent = [seen.headers["authorization"] for seen in server.seen]
    assert sent == ["Bearer first-secret", "Bearer second-secret"]
    assert "secret" not in shown
    assert "secret" not in caplog.text


async def test_a_token_in_a_cookie_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cookie = Answer(body={"models": []}, headers={"Set-Cookie": "invokeai_media_token=baked; HttpOnly"})
    with ScriptedServer([cookie]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            await client.dnn_model_repo.list_models()
    assert "set-cookie" in caplog.text.lower()
    assert "baked" not in caplog.text


# The answer to a request of before a logout, or of another user, came late and brought the old token back.
def test_a_late_renewal_does_not_bring_a_token_back() -> None:
    auth = Auth("first")
    sent = auth.headers()["Authorization"]
    auth.set_token(None)
    auth.renew("renewed", sent)
    assert auth.token is None
    auth.set_token("other")
    auth.renew("renewed", sent)
    assert auth.token == "other"
    auth.renew("renewed", auth.headers()["Authorization"])
    assert auth.token == "renewed"


def test_the_user_of_a_proxy_is_not_logged_by_httpcore(caplog: pytest.LogCaptureFixture) -> None:
    hide_secrets()
    with caplog.at_level(logging.DEBUG):
        auth = (b"ann", b"hu)sh")
        logging.getLogger("httpcore.socks").debug(f"setup_socks5_connection.started port=1 {auth=!r}")
    assert "setup_socks5" in caplog.text
    assert "hu)sh" not in caplog.text
    assert "ann" not in caplog.text


@pytest.mark.parametrize(
    "answer", [Answer(401, {"detail": "Invalid or expired token"}), Answer(404), HANG_UP]
)
async def test_after_a_logout_no_token_is_left_whatever_the_server_says(answer: Answer) -> None:
    def answers(seen: Seen) -> Answer:
        return answer if seen.path.endswith("/logout") else VERSION

    with ScriptedServer(answers) as server:
        async with AsyncInvokeAIClient.from_url(server.url, token="old-token") as client:
            with contextlib.suppress(Unreachable):
                await client.logout()
            assert client._transport.auth.token is None


async def test_a_login_does_not_take_the_place_of_the_user_in_the_address() -> None:
    with ScriptedServer([EMPTY]) as server:
        url = server.url.replace("http://", "http://ann:hush@")
        async with AsyncInvokeAIClient.from_url(url) as client:
            with pytest.raises(InvalidInput, match="in the server's address"):
                await client.login("a@b.c", "password")
        assert server.seen == []


async def test_an_install_token_is_not_logged_by_httpx(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call = installs.start("https://me:hush@example.org/x?token=whisper", access_token="murmured")
    with ScriptedServer([Answer(body={"id": 0})]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            await client._transport.send(call)
        assert "access_token=murmured" in server.seen[0].path
    assert "POST" in caplog.text
    for secret in ("murmured", "whisper", "hush"):
        assert secret not in caplog.text
        assert secret not in repr(call)


async def test_a_user_in_the_address_becomes_a_header() -> None:
    with ScriptedServer([EMPTY]) as server:
        url = server.url.replace("http://", "http://ann:p%40ss@")
        async with AsyncInvokeAIClient.from_url(url) as client:
            await client.dnn_model_repo.list_models()
            assert "ann" not in repr(client)
        assert server.seen[0].headers["authorization"] == "Basic YW5uOnBAc3M="
