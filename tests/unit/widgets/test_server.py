"""`ServerPanel` on the embedded server: facts, the cache over time, missing models, orphaned folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.client.errors import NotAllowed, ServerFault
from invokeai_widgets.client.schema import CacheStats
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.server import ServerPanel, panel
from invokeai_widgets.widgets.server.cache import CacheHistory, model_in_cache, stats_row
from tests.conftest import Begin
from tests.support.panels import BrowserSide
from tests.support.tiny_models import write_lora

from .conftest import Show

STATS = {
    "hits": 30,
    "misses": 10,
    "high_watermark": 7_000_000_000,
    "in_cache": 2,
    "cleared": 1,
    "cache_size": 10_000_000_000,
    "loaded_model_sizes": {"sdxl:main:Heron XL:unet": 5_000_000_000, "odd": 1_000_000_000},
}


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


def loaded(show: Show, *args: Any, **kwargs: Any) -> BrowserSide:
    """The panel, read."""
    side = show(ServerPanel, *args, **kwargs)
    side.wait(lambda: side.panel.loaded, "the reading")
    return side


def missing_model(server: DemoServer, side: BrowserSide, folder: Path) -> tuple[str, Path]:
    """A model whose file has been put elsewhere: its key, and where the file was."""
    path = write_lora(folder / "mine.safetensors")
    connection = side.panel.connection
    connection.loop.run(connection.install(str(path)))
    side.wait(lambda: len(connection.snapshot.models) == 1, "the record")
    path.rename(folder / "elsewhere.safetensors")
    side.result("refresh")
    (row,) = side.panel.missing
    return row["key"], path


def test_the_facts(server: DemoServer, show: Show) -> None:
    side = loaded(show, server.url)
    assert side.panel.facts["Version"] == "InvokeAI 6.14.2+embedded"
    assert side.panel.facts["Mode"] == "One user, without login"
    assert side.panel.stats is None
    assert "nothing has run yet" in side.panel.plain_text()


def test_the_user_of_a_server_with_users(begin: Begin, show: Show) -> None:
    from invokeai_widgets import InvokeAIClient

    server = begin(multiuser=True)
    server.add_user("boss@example.org", "secret-1", is_admin=True)
    server.add_user("user@example.org", "secret-2")
    with InvokeAIClient.from_url(server.url) as client:
        client.login("user@example.org", "secret-2")
        side = loaded(show, client)
        side.wait(lambda: side.panel.facts["User"], "the user")
        assert "may look" in side.panel.facts["User"]
        assert side.panel.facts["Mode"] == "Several users, who log in"
        assert "privileges" in side.panel.unsaid["stats"]
        assert "privileges" in side.panel.unsaid["orphans"]
        assert "missing" not in side.panel.unsaid
        side.panel.close()


def test_the_cache(server: DemoServer, show: Show) -> None:
    server.backend.cache_stats = STATS
    side = loaded(show, server.url)
    stats = side.panel.stats
    assert (stats["loaded"], stats["most"], stats["room"]) == (6_000_000_000, 7_000_000_000, 10_000_000_000)
    assert stats["hit_rate"] == 0.75
    assert [(each["name"], each["kind"]) for each in stats["models"]] == [
        ("Heron XL", "SDXL Main · unet"),
        ("odd", ""),
    ]
    assert [moment[1:] for moment in side.panel.history] == [[6_000_000_000, 7_000_000_000]]
    assert "6.00 GB loaded" in side.panel.plain_text()
    side.result("empty_cache")
    assert side.panel.stats["in_cache"] == 0


def test_the_history_keeps_changes_only() -> None:
    history = CacheHistory()
    small, large = CacheStats(high_watermark=1), CacheStats(high_watermark=2)
    for at, stats in enumerate([small, small, large, large, small]):
        history.note(stats, float(at))
    assert history.to_wire() == [[0.0, 0, 1], [2.0, 0, 2], [4.0, 0, 1]]


def test_numbers_that_nobody_asked_for_give_no_rate() -> None:
    row = stats_row(CacheStats())
    assert row is not None
    assert row["hit_rate"] is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("sdxl:main:Heron XL:unet", ("Heron XL", "SDXL Main · unet")),
        ("flux:lora:a:b:", ("a:b", "FLUX LoRA")),
        ("new:kind", ("new:kind", "")),
        ("", ("", "")),
    ],
)
def test_names_in_the_cache(name: str, shown: tuple[str, str]) -> None:
    assert tuple(model_in_cache(name).values()) == shown


def test_a_missing_model_is_found_again(server: DemoServer, show: Show, tmp_path: Path) -> None:
    side = loaded(show, server.url)
    key, path = missing_model(server, side, tmp_path)
    (still,) = side.result("reidentify", keys=[key])
    assert not still["ok"]
    assert "still not there" in still["message"]
    (tmp_path / "elsewhere.safetensors").rename(path)
    (back,) = side.result("reidentify", keys=[key])
    assert back["ok"]
    assert side.panel.missing == []


def test_a_missing_model_is_somewhere_else(server: DemoServer, show: Show, tmp_path: Path) -> None:
    side = loaded(show, server.url)
    key, _ = missing_model(server, side, tmp_path)
    nowhere = side.result("move", key=key, path=str(tmp_path / "nothing.safetensors"))
    assert not nowhere["ok"]
    assert len(side.panel.missing) == 1
    there = side.result("move", key=key, path=f" {tmp_path / 'elsewhere.safetensors'} ")
    assert there["ok"]
    side.wait(lambda: side.panel.missing == [], "the trait")
    assert side.error("move", key=key, path=" ")["kind"] == "InvalidInput"


def test_the_path_of_another_model_is_refused(server: DemoServer, show: Show, tmp_path: Path) -> None:
    side = loaded(show, server.url)
    key, _ = missing_model(server, side, tmp_path)
    other = write_lora(tmp_path / "other.safetensors")
    connection = side.panel.connection
    connection.loop.run(connection.install(str(other)))
    side.wait(lambda: len(connection.snapshot.models) == 2, "the record")
    assert "has that path already" in side.error("move", key=key, path=str(other))["message"]


def test_a_dropped_record_takes_no_file_with_it(server: DemoServer, show: Show, tmp_path: Path) -> None:
    side = loaded(show, server.url)
    key, path = missing_model(server, side, tmp_path)
    (tmp_path / "elsewhere.safetensors").rename(path)
    (kept,) = side.result("drop", keys=[key])
    assert not kept["ok"], "its file had come back meanwhile"
    assert "kept" in kept["message"]
    path.rename(tmp_path / "elsewhere.safetensors")
    (dropped,) = side.result("drop", keys=[key])
    assert dropped["ok"]
    side.wait(lambda: not side.panel.connection.snapshot.models, "the end of the record")
    assert (tmp_path / "elsewhere.safetensors").exists()


def test_a_drop_that_was_done_is_told_as_done(
    server: DemoServer, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = loaded(show, server.url)
    key, _ = missing_model(server, side, tmp_path)
    connection, looks = side.panel.connection, iter([True])
    look = connection.missing

    async def once() -> Any:
        if next(looks, False):
            return await look()
        raise ServerFault(500)

    monkeypatch.setattr(connection, "missing", once)
    assert side.result("drop", keys=[key])[0]["ok"]


def test_the_cache_is_looked_at_again_after_a_refusal(
    server: DemoServer, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "_POLL", 0.01)
    side = loaded(show, server.url)
    connection, looks = side.panel.connection, iter([True])
    read = connection.read_stats

    async def refused_once() -> Any:
        if next(looks, False):
            raise NotAllowed(403)
        return await read()

    monkeypatch.setattr(connection, "read_stats", refused_once)
    side.wait(side.panel._polling.done, "the end of the polling")  # type: ignore[attr-defined]
    side.result("refresh")
    assert not side.panel._polling.done()  # type: ignore[attr-defined]


def orphan(server: DemoServer, name: str) -> Path:
    """A folder of the models folder with a model in it and no record."""
    folder = server.root / "models" / name
    folder.mkdir(parents=True)
    write_lora(folder / "left.safetensors")
    return folder


def test_orphaned_folders_are_listed_and_deleted_one_by_one(server: DemoServer, show: Show) -> None:
    first, second = orphan(server, "first"), orphan(server, "second")
    side = loaded(show, server.url)
    assert sorted(row["path"] for row in side.panel.orphans) == ["first", "second"]
    assert all(row["size"] > 0 and row["files"] == ["left.safetensors"] for row in side.panel.orphans)
    (outcome,) = side.result("delete_orphans", paths=["first"])
    assert outcome["ok"]
    assert [row["path"] for row in side.panel.orphans] == ["second"]
    assert not first.exists()
    assert second.exists()


def test_a_folder_that_is_none_of_them_is_refused(server: DemoServer, show: Show) -> None:
    orphan(server, "first")
    side = loaded(show, server.url)
    assert side.error("delete_orphans", paths=["../databases"])["kind"] == "InvalidInput"
    assert len(side.panel.orphans) == 1


def test_a_folder_that_has_found_a_model_is_kept(server: DemoServer, show: Show) -> None:
    folder = orphan(server, "first")
    side = loaded(show, server.url)
    connection = side.panel.connection
    connection.loop.run(connection.install(str(folder / "left.safetensors")))
    side.wait(lambda: len(connection.snapshot.models) == 1, "the record")
    (outcome,) = side.result("delete_orphans", paths=["first"])
    assert not outcome["ok"]
    assert folder.exists()


def test_what_is_gone_already_is_no_failure_of_the_others(server: DemoServer, show: Show) -> None:
    orphan(server, "second"), orphan(server, "third")
    side = loaded(show, server.url)
    shutil.rmtree(server.root / "models" / "second")
    outcomes = {each["key"]: each["ok"] for each in side.result("delete_orphans", paths=["second", "third"])}
    assert outcomes == {"second": False, "third": True}


def test_an_old_server_says_what_it_cannot(begin: Begin, show: Show) -> None:
    side = loaded(show, begin(version="6.8.1").url)
    assert "6.13" in side.panel.unsaid["missing"]
    assert "6.13" in side.panel.unsaid["orphans"]
    assert "stats" not in side.panel.unsaid
    assert side.panel.problem is None


def test_read_only_sends_nothing(server: DemoServer, show: Show, tmp_path: Path) -> None:
    folder = orphan(server, "first")
    side = loaded(show, server.url, read_only=True)
    assert side.error("delete_orphans", paths=["first"])["kind"] == "ReadOnly"
    assert side.error("empty_cache")["kind"] == "ReadOnly"
    assert folder.exists()
    assert "read-only" in side.panel.facts["Mode"]


def test_one_panel_may_follow_another_at_once(server: DemoServer, show: Show) -> None:
    """The connection of the closed one was still ending, and the next one was told that it is closed."""
    for _ in range(5):
        side = loaded(show, server.url)
        assert side.panel.problem is None
        side.panel.close()


def test_the_cache_is_looked_at_only_while_somebody_watches(server: DemoServer, show: Show) -> None:
    side = loaded(show, server.url)
    assert side.panel._polling is not None  # type: ignore[attr-defined]
    side.look("hidden")
    side.wait(lambda: side.panel._polling is None, "the end of the polling")  # type: ignore[attr-defined]
