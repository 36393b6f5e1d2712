"""`StarterModels` on the embedded server, whose hub and suggestions are invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from invokeai_widgets.demo.catalogue import REPOSITORIES
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.starters import StarterModels, told_size
from tests.conftest import Begin
from tests.support.panels import BrowserSide

from .conftest import Show


@dataclass(frozen=True)
class Told:
    """What the server itself says."""

    models: dict[str, dict[str, Any]]
    bundles: dict[str, dict[str, Any]]

    @property
    def lesson(self) -> list[str]:
        """The sources of a small bundle."""
        return [each["source"] for each in self.bundles["lesson"]["models"]]

    @property
    def needy(self) -> str:
        """The source of a model that needs another one."""
        return next(source for source, each in self.models.items() if each["dependencies"])


@pytest.fixture
def told(server: DemoServer) -> Told:
    """Asked without our client."""
    body = httpx.get(f"{server.url}/api/v2/models/starter_models", trust_env=False).json()
    return Told({each["source"]: each for each in body["starter_models"]}, body["starter_bundles"])


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    """An empty one whose downloads take no time."""
    return begin(speed=10_000)


@pytest.fixture
def side(server: DemoServer, show: Show) -> BrowserSide:
    """The panel, read."""
    shown = show(StarterModels, server.url)
    shown.wait(lambda: shown.panel.loaded, "the suggestions")
    return shown


def state(side: BrowserSide, key: str) -> str:
    return str(side.result("rows")["states"].get(key, ["new"])[0])


def test_all_suggestions_are_there_with_what_the_server_says(side: BrowserSide, told: Told) -> None:
    rows = {row["key"]: row for row in side.result("rows")["rows"]}
    assert rows.keys() == told.models.keys()
    for key, row in rows.items():
        assert row["name"] == told.models[key]["name"]
        assert row["description"] == told.models[key]["description"]
    assert [(each["name"], len(each["keys"])) for each in side.panel.bundles] == [
        (bundle["name"], len(bundle["models"])) for bundle in told.bundles.values()
    ]
    assert f"{len(told.models)} starter models" in side.panel.plain_text()


def test_a_bundle_is_installed_and_its_rows_follow(side: BrowserSide, told: Told) -> None:
    outcomes = side.result("install", keys=told.lesson)
    assert {each["key"] for each in outcomes} >= set(told.lesson)
    assert all(each["ok"] for each in outcomes), outcomes
    side.wait(lambda: all(state(side, key) == "installed" for key in told.lesson), "the bundle")


def test_what_a_model_needs_is_installed_before_it(side: BrowserSide, told: Told) -> None:
    needed = [each["source"] for each in told.models[told.needy]["dependencies"]]
    outcomes = [each["key"] for each in side.result("install", keys=[told.needy])]
    assert outcomes == [*needed, told.needy]
    side.wait(lambda: state(side, told.needy) == "installed", "the model")


def test_what_is_installed_is_not_installed_again(side: BrowserSide, told: Told) -> None:
    side.result("install", keys=told.lesson[:1])
    side.wait(lambda: state(side, told.lesson[0]) == "installed", "the first")
    outcomes = [each["key"] for each in side.result("install", keys=told.lesson)]
    assert told.lesson[0] not in outcomes
    assert outcomes


def test_what_is_installed_elsewhere_is_seen(server: DemoServer, show: Show, told: Told) -> None:
    first, second = show(StarterModels, server.url), show(StarterModels, server.url)
    for side in (first, second):
        side.wait(lambda side=side: side.panel.loaded, "the suggestions")  # type: ignore[misc]
    first.result("install", keys=told.lesson[:1])
    second.wait(lambda: state(second, told.lesson[0]) == "installed", "the other panel's install")


def test_a_gated_model_is_refused_and_says_so(side: BrowserSide, told: Told) -> None:
    gated = next(row.source for row in REPOSITORIES.values() if row.gated and not row.file)
    outcomes = {each["key"]: each for each in side.result("install", keys=[gated])}
    assert not outcomes[gated]["ok"]
    assert state(side, gated) == "failed"
    assert outcomes[gated]["name"] == told.models[gated]["name"]


def test_read_only_sends_nothing(server: DemoServer, show: Show, told: Told) -> None:
    side = show(StarterModels, server.url, read_only=True)
    side.wait(lambda: side.panel.loaded, "the suggestions")
    assert side.error("install", keys=told.lesson)["kind"] == "ReadOnly"
    assert state(side, told.lesson[0]) == "new"


def test_bundles_of_an_old_server_are_lists(begin: Begin, show: Show) -> None:
    side = show(StarterModels, begin(version="5.15.0").url)
    side.wait(lambda: side.panel.loaded, "the suggestions")
    assert side.panel.bundles
    assert all(each["name"] and each["keys"] for each in side.panel.bundles)


def test_a_user_without_rights_is_told(begin: Begin, show: Show) -> None:
    from invokeai_widgets import InvokeAIClient

    server = begin(multiuser=True)
    server.add_user("boss@example.org", "secret-1", is_admin=True)
    server.add_user("user@example.org", "secret-2")
    with InvokeAIClient.from_url(server.url) as client:
        client.login("user@example.org", "secret-2")
        side = show(StarterModels, client)
        side.wait(lambda: side.panel.problem, "the refusal")
        assert side.panel.problem["kind"] == "NotAllowed"
        side.panel.close()


def test_it_reads_again_when_the_server_is_back(begin: Begin, show: Show) -> None:
    server = begin()
    fault = server.faults.add(path="*/starter_models", instead="hang up")
    side = show(StarterModels, server.url)
    side.wait(lambda: side.panel.problem, "the failure")
    fault.times = 0
    assert not side.panel.loaded
    side.result("refresh")
    assert side.panel.loaded
    assert side.panel.problem is None


@pytest.mark.parametrize(
    ("text", "size", "with_needs"),
    [
        ("FLUX schnell transformer. Total size with dependencies: ~12GB", 12_000_000_000, True),
        ("Qwen Image Edit 2511 full diffusers model. (~40GB)", 40_000_000_000, False),
        ("Alternative to Qwen for prompt expansion. (~3 GB)", 3_000_000_000, False),
        ("ControlNet-LLLite lineart adapter. ~8MB", 8_000_000, False),
        ("Krea-2 Turbo (near-full quality, ~13.5GB transformer).", 13_500_000_000, False),
        ("FLUX VAE compatible with both schnell and dev variants.", None, False),
        ("A ~4x upscaling model.", None, False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_sizes_are_those_that_descriptions_tell(text: str | None, size: int | None, with_needs: bool) -> None:
    assert told_size(text) == (size, with_needs)
