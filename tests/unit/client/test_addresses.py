"""Addresses as typed, and what must not be shown of them."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.auth import Auth
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.secrets import redact, redact_text
from invokeai_widgets.client.sources import usable_source
from invokeai_widgets.client.urls import parse_address


@pytest.mark.parametrize(
    ("typed", "base", "loopback"),
    [
        ("http://localhost:9090", "http://localhost:9090/", True),
        ("localhost:9090", "http://localhost:9090/", True),
        ("  http://127.0.0.9:1/ ", "http://127.0.0.9:1/", True),
        ("http://[::1]:9090/", "http://[::1]:9090/", True),
        ("http://[fe80::1]:9090/", "http://[fe80::1]:9090/", False),
        ("https://Host.example/invoke/", "https://host.example/invoke/", False),
        ("https://host.example/a/b//?x=1#/gallery", "https://host.example/a/b/", False),
        ("192.168.0.7:9090", "http://192.168.0.7:9090/", False),
    ],
)
def test_addresses(typed: str, base: str, loopback: bool) -> None:
    address = parse_address(typed)
    assert (address.base, address.is_loopback) == (base, loopback)
    assert address.url("api/v1/x") == base + "api/v1/x"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "ftp://host/",
        "http://",
        "http://host:port/",
        "http://host:99999",
        "http://[::1",
        "http://a b/",
    ],
)
def test_no_address(typed: str) -> None:
    with pytest.raises(InvalidInput):
        parse_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://ann:hush@host/?token=whisper",
        "ann:hush@host:99999",
        "ann:hush@ho st",
        "ann:hu/hush@host:1",
        "http://ann:hush@",
        "http://ann:hush/whisper@host",
        "http://ann:hush@例え／x",
        "http://[ann:hush@host",
    ],
)
@pytest.mark.parametrize("read", [parse_address, usable_source])
def test_a_refused_address_does_not_show_its_password(typed: str, read: Callable[[str], object]) -> None:
    try:
        read(typed)
    except InvalidInput as error:
        shown = "".join(traceback.format_exception(error))
        assert "hush" not in shown
        assert "whisper" not in shown
    else:
        assert read is usable_source  # which leaves to the server what may be an address


def test_user_and_token_cannot_both_be_sent() -> None:
    with pytest.raises(InvalidInput, match="only one of them"):
        AsyncInvokeAIClient.from_url("http://a:b@host", token="t")


@pytest.mark.parametrize("token", ["", " ", "two\nlines", "umläut"])
def test_a_token_that_cannot_be_sent(token: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Auth(token)
    assert token.strip() == "" or token not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:p@host/x", "https://host/x"),
        ("https://u:p@ss@host/x", "https://host/x"),
        ("https://u:it's5ecret@host/x", "https://host/x"),
        ("https://host/x?token=ab)cd&y=1", "https://host/x?token=***&y=1"),
        ("https://host/x?token=ab'cd", "https://host/x?token=***"),
        ("No 'https://host/x?token=abc': gone", "No 'https://host/x?token=***': gone"),
        ("see (https://host/x?token=abc).", "see (https://host/x?token=***)."),
        ("https://host/x?token=abc&type=Model", "https://host/x?token=***&type=Model"),
        ("url: /x.safetensors?a=1&api_key=abc (Caused by", "url: /x.safetensors?a=1&api_key=*** (Caused by"),
        ("https://host/x?X-Amz-Signature=abc&sig=d", "https://host/x?X-Amz-Signature=***&sig=***"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("{'Authorization': 'Bearer abc', 'x': 'y'}", "{'Authorization': 'Bearer ***', 'x': 'y'}"),
        ("[(b'authorization', b'Basic YTpi')]", "[(b'authorization', b'Basic ***')]"),
        ("Illegal header value b'Bearer abc'", "Illegal header value b'Bearer ***'"),
        ("no such token: bearer hf_abcdef", "no such token: bearer ***"),
        ("Bearer 0123456789abcdef0123456789abcdef!", "Bearer ***!"),
        ("/a/Ring Bearer Style_of_the_year_2/x", "/a/Ring Bearer Style_of_the_year_2/x"),
        ("Ring Bearer Style_of_the_year_2.pt", "Ring Bearer Style_of_the_year_2.pt"),
        ("Bearer eyJhbGci.eyJzdWIi.c2ln expired", "Bearer *** expired"),
        ("/data/Basic models/a.safetensors", "/data/Basic models/a.safetensors"),
        ("Basic Realism.safetensors", "Basic Realism.safetensors"),
        ("The Ring Bearer Lora", "The Ring Bearer Lora"),
        ("org/name:fp16", "org/name:fp16"),
        ("/models/me@home/x.safetensors", "/models/me@home/x.safetensors"),
        ("what a monkey=business", "what a monkey=business"),
    ],
)
def test_redacted(text: str, shown: str) -> None:
    assert redact_text(text) == shown


def test_a_secret_that_begins_like_another_leaves_nothing_of_it() -> None:
    assert redact_text("abcdef and abcdefgh", ["abcdef", "abcdefgh"]) == "*** and ***"


def test_a_secret_is_hidden_wherever_else_it_stands() -> None:
    raw = {"source": {"access_token": "s3cr3t-token"}, "error": ["bad s3cr3t-token here"], "n": 1}
    assert redact(raw) == {"source": {}, "error": ["bad *** here"], "n": 1}
