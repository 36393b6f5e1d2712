"""Sending over real connections to a server that misbehaves as real ones do."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.endpoints import installs, records
from invokeai_widgets.client.errors import (
    Busy,
    InvalidInput,
    InvalidRequest,
    InvokeAIError,
    NotAllowed,
    NotAnInvokeAIServer,
    NotFound,
    NotLoggedIn,
    NotSupported,
    RequestTimedOut,
    ServerFault,
    UnexpectedReply,
    Unreachable,
)
from invokeai_widgets.client.transport import Transport
from tests.support.ports import free_port
from tests.support.scripted import HANG, HANG_UP, PAGE, VERSION, Answer, ScriptedServer, Seen

pytestmark = pytest.mark.anyio

EMPTY = Answer(body={"models": []})
RECORD = Answer(body={"key": "a", "name": "x"})


def transport(client: AsyncInvokeAIClient) -> Transport:
    return client._transport


# A pooled connection that the server has closed in the meantime (InvokeAI does so after each 500) cost the
# next request its answer.
async def test_reading_survives_a_pooled_connection_that_was_closed() -> None:
    with ScriptedServer([Answer(500, b"Internal Server Error", "text/plain", close=True), EMPTY]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(ServerFault):
                await client.dnn_model_repo.list_models()
            assert await client.dnn_model_repo.list_models() == []


async def test_reading_is_tried_again_where_no_answer_came() -> None:
    with ScriptedServer([HANG_UP, Answer(503, b"", "text/plain"), EMPTY]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            assert await client.dnn_model_repo.list_models() == []
        assert server.methods() == ["GET", "GET", "GET"]


@pytest.mark.parametrize(
    "call",
    [
        records.update_model("a", {"name": "x"}),
        records.delete_model("a"),
        records.convert("a"),
        installs.start("/x"),
    ],
    ids=lambda call: call.method,
)
@pytest.mark.parametrize("answer", [HANG_UP, Answer(502, b"", "text/plain"), Answer(500, b"", "text/plain")])
async def test_what_changes_something_is_sent_once(call: object, answer: Answer) -> None:
    with ScriptedServer([answer]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(InvokeAIError) as caught:
                await transport(client).send(call)  # type: ignore[arg-type]
        assert len(server.seen) == 1
        assert caught.value.maybe_done


# On a kept connection nobody could tell a change that was carried out from one lost with the connection.
async def test_a_change_goes_on_a_connection_of_its_own() -> None:
    with ScriptedServer(lambda seen: EMPTY if seen.method == "GET" else RECORD) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            for _ in range(2):
                await client.dnn_model_repo.list_models()
                await transport(client).send(records.update_model("a", {"name": "x"}))
        first, change, second, other_change = (seen.connection for seen in server.seen)
        assert first == second
        assert len({first, change, other_change}) == 3


async def test_nobody_listens() -> None:
    async with AsyncInvokeAIClient.from_url(f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(Unreachable, match="no InvokeAI server answers") as caught:
            await transport(client).send(records.delete_model("a"))
        assert not caught.value.maybe_done
        assert "Start it" in str(caught.value)


async def test_no_answer_in_time() -> None:
    with ScriptedServer([HANG]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(RequestTimedOut, match=r"within 2 s") as caught:
                await transport(client).send(records.convert("a", 2))
        assert isinstance(caught.value, TimeoutError)
        assert caught.value.maybe_done
        assert len(server.seen) == 1


async def test_a_page_instead_of_a_list_is_no_invokeai() -> None:
    with ScriptedServer([PAGE]) as server:
        async with AsyncInvokeAIClient.from_url(server.url + "/wrong") as client:
            with pytest.raises(NotAnInvokeAIServer, match="with a web page"):
                await client.dnn_model_repo.list_models()


@pytest.mark.parametrize(
    "answer",
    [PAGE, Answer(404, {"detail": "Not Found"}), Answer(405, {"detail": "Method Not Allowed"})],
    ids=["page", "404", "405"],
)
async def test_a_route_that_an_invokeai_lacks(answer: Answer) -> None:
    def script(seen: Seen) -> Answer:
        return VERSION if seen.path.endswith("/version") else answer

    with ScriptedServer(script) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(NotSupported, match=r"InvokeAI 6\.14\.2, which does not know"):
                await client.dnn_model_repo.get_stats()


# 404 from a web server at the wrong address read as "no such model".
async def test_a_strange_404_is_not_taken_for_a_missing_model() -> None:
    with ScriptedServer([Answer(404, b"<html>nginx</html>", "text/html")]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(NotAnInvokeAIServer):
                await client.dnn_model_repo.get_model_by_key("a")


async def test_a_redirect_is_said_not_followed() -> None:
    there = Answer(302, b"", "text/html", {"Location": "https://elsewhere.example/login?token=abc"})
    with ScriptedServer([there]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(NotAnInvokeAIServer, match="sends its visitors on"):
                await client.version()


async def test_json_that_makes_no_sense() -> None:
    with ScriptedServer([Answer(body=["what"])]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(UnexpectedReply):
                await client.dnn_model_repo.list_models()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, {"detail": "Authentication required"}), NotLoggedIn),
        (Answer(403, {"detail": "Admin privileges required"}), NotAllowed),
        (Answer(404, {"detail": "model not found"}), NotFound),
        (Answer(409, {"detail": "Another operation on model a is already in progress. Wait."}), Busy),
        (Answer(422, {"detail": "A model's key cannot be changed"}), InvalidRequest),
        (Answer(500, b"Internal Server Error", "text/plain"), ServerFault),
    ],
)
async def test_errors_by_cause(answer: Answer, kind: type[Exception]) -> None:
    with ScriptedServer([answer]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(kind, match="Could not delete model a") as caught:
                await transport(client).send(records.delete_model("a"))
    assert caught.type is kind
    if isinstance(answer.body, dict):
        assert answer.body["detail"] in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://me:hush@127.0.0.1:1080"),
        ("HTTP_PROXY", "me:hush@proxy.example:bad:port"),
        ("HTTP_PROXY", "ftp://proxy.example:80"),
        ("SSL_CERT_FILE", "/no/such/file.pem"),
    ],
)
async def test_settings_that_allow_no_connection(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for each in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(each, raising=False)
        monkeypatch.delenv(each.lower(), raising=False)
    monkeypatch.setenv(name, value)
    async with AsyncInvokeAIClient.from_url("http://192.0.2.1:9090") as client:
        with pytest.raises(InvalidInput, match="Look at HTTP_PROXY") as caught:
            await client.version()
        assert "hush" not in str(caught.value)
        assert await client.dnn_model_repo.file_sizes(["http://192.0.2.1/x"]) == {}


async def test_a_server_that_was_updated_is_asked_again() -> None:
    versions = [{"version": "6.8.1"}, {"version": "6.14.2"}]

    def answer(seen: Seen) -> Answer:
        if not seen.path.endswith("/version"):
            return EMPTY
        return Answer(body=versions.pop(0) if len(versions) > 1 else versions[0])

    with ScriptedServer(answer) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(NotSupported, match=r"6\.8\.1"):
                await client.dnn_model_repo.list_missing_models()
            assert await client.dnn_model_repo.list_missing_models() == []


async def test_a_change_that_found_no_free_connection_was_not_done() -> None:
    async def full(_: httpx.Request) -> httpx.Response:
        raise httpx.PoolTimeout("full")

    async with AsyncInvokeAIClient.from_url("http://h", http=lambda: httpx.MockTransport(full)) as client:
        with pytest.raises(RequestTimedOut) as caught:
            await client.dnn_model_repo.delete_model("k")
        assert not caught.value.maybe_done
        assert "try again" in str(caught.value)


async def test_below_a_folder_of_the_server() -> None:
    with ScriptedServer([EMPTY]) as server:
        async with AsyncInvokeAIClient.from_url(server.url + "/invoke/") as client:
            await client.dnn_model_repo.list_models(name="a b&c")
        assert server.seen[0].path == "/invoke/api/v2/models/?model_name=a+b%26c"


async def test_no_compression_on_loopback_and_for_delete() -> None:
    with ScriptedServer([Answer(204)]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            await transport(client).send(records.delete_model("a"))
        assert server.seen[0].headers["accept-encoding"] == "identity"


# A proxy set for the whole machine answered for a server on the machine itself.
async def test_no_proxy_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with ScriptedServer([EMPTY]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            assert await client.dnn_model_repo.list_models() == []


async def test_an_old_server_is_told_nothing_it_cannot_do() -> None:
    with ScriptedServer([Answer(body={"version": "6.8.1", "highlights": None})]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            for _ in range(2):
                with pytest.raises(NotSupported, match=r"InvokeAI 6\.8\.1.*needs InvokeAI 6\.13\.0 or later"):
                    await client.dnn_model_repo.list_missing_models()
        assert [seen.path for seen in server.seen] == ["/api/v1/app/version"] * 2  # it may be another one now


async def test_what_cannot_be_sent_is_refused() -> None:
    with ScriptedServer([EMPTY]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            for value in (float("nan"), object()):
                with pytest.raises(InvalidInput):
                    await transport(client).send(records.update_model("a", {"x": value}))
            with pytest.raises(InvalidInput):
                await client.dnn_model_repo.scan_folder("/models/\udcff")
        assert server.seen == []


async def test_a_closed_client_says_so() -> None:
    client = AsyncInvokeAIClient.from_url("http://127.0.0.1:1")
    await client.aclose()
    with pytest.raises(InvokeAIError, match="closed"):
        await client.version()


async def test_the_transport_below_can_be_given() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"version": "9.9"})

    client = AsyncInvokeAIClient.from_url("http://far.example", http=lambda: httpx.MockTransport(answer))
    async with client:
        assert (await client.version()).release == (9, 9)


def test_a_client_belongs_to_its_loop() -> None:
    with ScriptedServer([VERSION]) as server:
        client = AsyncInvokeAIClient.from_url(server.url)

        async def ask() -> None:
            client._transport.forget_version()
            await client.version()
            await client._transport._pools[True].aclose()

        asyncio.run(ask())
        with pytest.raises(InvokeAIError, match="another event loop"):
            asyncio.run(ask())


# One odd record cost the user the whole list.
async def test_one_odd_record_does_not_sink_the_list() -> None:
    models = [{"key": "a", "name": None, "file_size": "big"}, {"key": "b"}, "what", {"name": "keyless"}]
    with ScriptedServer([Answer(body={"models": models})]) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            found = await client.dnn_model_repo.list_models()
    assert [record.key for record in found] == ["a", "b", ""]
    assert [record.to_wire() for record in found] == [models[0], models[1], models[3]]
