"""`HuggingFace` on the embedded server: states in words, the token nowhere, repositories looked up."""

from __future__ import annotations

import json
import logging

import pytest

from invokeai_widgets.demo.catalogue import REPOSITORIES, TOKEN
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.hub import HuggingFace
from tests.conftest import Begin
from tests.support.panels import BrowserSide

from .conftest import Show

GATED = next(row.id for row in REPOSITORIES.values() if row.gated)
OPEN = next(row.id for row in REPOSITORIES.values() if not row.gated and not row.file)


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


@pytest.fixture
def side(server: DemoServer, show: Show) -> BrowserSide:
    """The panel, read."""
    shown = show(HuggingFace, server.url)
    shown.wait(lambda: shown.panel.loaded and shown.panel.hf, "the status")
    return shown


def everywhere(side: BrowserSide) -> str:
    """All that the browser was sent, all that would be saved, and all faces."""
    panel = side.panel
    return json.dumps(
        [panel.get_state(), side.sent, panel.plain_text(), panel.plain_html(), repr(panel)], default=str
    )


def test_without_a_token_it_says_so(side: BrowserSide) -> None:
    assert side.panel.hf["status"] == "invalid"
    assert "no Hugging Face token" in side.panel.plain_text()


def test_logging_in_and_out(side: BrowserSide, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert side.result("login", token=TOKEN)["status"] == "valid"
    side.wait(lambda: side.panel.hf["status"] == "valid", "the trait")
    assert "Logged in" in side.panel.plain_text()
    assert TOKEN not in everywhere(side)
    assert TOKEN not in caplog.text
    assert side.result("logout")["status"] == "invalid"
    side.wait(lambda: side.panel.hf["status"] == "invalid", "the trait")


def test_a_wrong_token_is_refused_and_shown_nowhere(side: BrowserSide) -> None:
    status = side.result("login", token="hf_not_a_good_one")
    assert status["status"] == "invalid"
    assert "not stored" in status["note"]
    assert "hf_not_a_good_one" not in everywhere(side)


def test_no_token_is_refused_before_anything_is_sent(side: BrowserSide) -> None:
    assert side.error("login", token=" ")["kind"] == "InvalidInput"


def test_a_login_elsewhere_is_seen(server: DemoServer, show: Show, side: BrowserSide) -> None:
    other = show(HuggingFace, server.url)
    other.result("login", token=TOKEN)
    side.wait(lambda: side.panel.hf["status"] == "valid", "the other panel's login")


def test_a_repository_is_looked_up(side: BrowserSide) -> None:
    told = side.result("look_up", repo=f" https://huggingface.co/{OPEN} ")
    assert (told["repo"], told["ok"], told["url"]) == (OPEN, True, f"https://huggingface.co/{OPEN}")
    told = side.result("look_up", repo=GATED)
    assert not told["ok"]
    assert "gated" in told["text"]
    side.result("login", token=TOKEN)
    assert side.result("look_up", repo=GATED)["ok"]
    assert side.error("look_up", repo="nonsense")["kind"] == "InvalidInput"


def test_read_only_sends_nothing(server: DemoServer, show: Show) -> None:
    side = show(HuggingFace, server.url, read_only=True)
    assert side.error("login", token=TOKEN)["kind"] == "ReadOnly"
    assert side.error("logout")["kind"] == "ReadOnly"
    assert TOKEN not in everywhere(side)
