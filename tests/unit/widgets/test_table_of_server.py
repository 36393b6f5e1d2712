"""The table of a server as data: it knows what was changed, from here and elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from invokeai_widgets import InstallQueue, InvokeAIClient, ModelTable
from invokeai_widgets.client.errors import InvokeAIError, Unreachable
from invokeai_widgets.live.store import ModelsListed
from tests.conftest import Begin
from tests.support.panels import BrowserSide
from tests.support.ports import free_port
from tests.support.tiny_models import write_lora

from .conftest import Show

Open: TypeAlias = Callable[..., ModelTable]


@pytest.fixture
def opened(begin: Begin) -> Iterator[Open]:
    """Makes tables, which are closed before the servers are stopped."""
    with ExitStack() as stack:

        def make(source: Any, **how: Any) -> ModelTable:
            table = ModelTable(source, **how)
            stack.callback(table.close)
            return table

        yield make


def test_what_happens_on_the_server_shows_in_the_frame(show: Show, begin: Begin) -> None:
    server = begin(models=5)
    side = show(ModelTable, server.url)
    table = side.panel
    assert isinstance(table, ModelTable)
    side.wait(lambda: len(table.df) == 5, "the models")
    gone, kept, *_ = table.df.index
    table.select([gone, kept])
    assert [o["ok"] for o in side.result("delete", keys=[gone])] == [True]
    side.wait(lambda: table.selected == [kept], "the selection of what is left")
    assert gone not in table.df.index


def test_the_first_frame_knows_whose_file_is_missing(opened: Open, begin: Begin, show: Show) -> None:
    url = begin(models=34).url
    queue = show(InstallQueue, url)  # needs no models, and has had its first look
    queue.wait(lambda: queue.panel.link["state"] == "live", "the events")
    table = opened(url)
    assert table.df["missing"].sum() == 1


@pytest.mark.parametrize("follows", ["the same client", "one of its own"])
def test_an_install_that_was_waited_for_is_in_the_table_and_can_be_selected(
    opened: Open, begin: Begin, tmp_path: Path, follows: str
) -> None:
    with InvokeAIClient.from_url(begin(models=20).url) as client:
        table = opened(client if follows == "the same client" else client.base_url)
        for n in range(4):
            path = write_lora(tmp_path / f"mine{n}.safetensors")
            info = client.dnn_model_repo.install_model(str(path)).wait_until(20)
            assert info.model_key in table.df.index
            table.select(table.df.name == f"mine{n}")
            assert table.selected == [info.model_key]


def test_what_a_script_does_is_in_the_frame_of_a_table_that_nobody_looks_at(
    opened: Open, begin: Begin
) -> None:
    url = begin(models=6).url
    table, other = opened(url), opened(url, read_only=True)
    with InvokeAIClient.from_url(url) as client:  # not the client of the table
        repo = client.dnn_model_repo
        first, second, third, *_ = table.df.index
        repo.delete_model(first)
        assert first not in table.df.index
        repo.update_model(second, name="Other", trigger_phrases=["x"])
        assert table.df.loc[second, "name"] == "Other"
        repo.delete_models([second, third])
        assert len(table.view) == len(other.df) == 3
        repo.delete_all_models()
        assert table.df.empty


def test_what_others_do_is_in_the_frame_after_a_refresh(opened: Open, begin: Begin) -> None:
    server = begin(models=3)
    table = opened(server.url)
    gone, *_ = table.df.index
    httpx.delete(f"{server.url}/api/v2/models/i/{gone}")
    assert gone in table.df.index
    table.refresh()
    assert gone not in table.df.index
    server.crash()
    with pytest.raises(Unreachable):
        table.refresh()
    assert len(table.df) == 2
    table.close()
    with pytest.raises(InvokeAIError, match="closed"):
        table.refresh()


def test_a_table_whose_views_are_gone_is_not_deaf(
    opened: Open, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invokeai_widgets.widgets.base._GONE_AFTER", 1.0)
    server = begin(models=6)
    table = opened(server.url)
    side = BrowserSide(table)
    first, second, third, *_ = table.df.index
    side.look()
    side.look("gone")
    side.wait(lambda: table.connection._client is None, "the end of the connection")
    with InvokeAIClient.from_url(server.url) as client:
        client.dnn_model_repo.delete_model(first)
        assert first not in table.df.index
        side.wait(lambda: table.connection._client is None, "the end of the connection again")
        httpx.delete(f"{server.url}/api/v2/models/i/{second}")
        assert second not in table.df.index
        side.wait(lambda: table.connection._client is None, "the end of the connection once more")
        httpx.delete(f"{server.url}/api/v2/models/i/{third}")
        table.refresh()
        assert third not in table.df.index


def test_a_table_that_is_opened_again_reads_again(opened: Open, begin: Begin) -> None:
    server = begin(models=6)
    former = opened(server.url)
    first, second, *_ = former.df.index
    former.close()
    table = opened(server.url)
    table.refresh()
    table.close()
    httpx.delete(f"{server.url}/api/v2/models/i/{first}")
    with InvokeAIClient.from_url(server.url) as client:
        client.dnn_model_repo.delete_model(second)
    table = opened(server.url)
    assert not {first, second} & set(table.df.index)


def test_a_look_that_fails_has_seen_nothing(
    opened: Open, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = begin(models=4)
    table = opened(server.url)
    first, second, *_ = table.df.index
    with InvokeAIClient.from_url(server.url) as client:
        server.faults.add(path="/api/v2/models/", method="GET", instead=500, times=1)
        client.dnn_model_repo.delete_model(first)
        assert first not in table.df.index
        monkeypatch.setattr("invokeai_widgets.widgets.table.as_data._CHANGES", 1.5)
        server.faults.add(path="/api/v2/models/", method="GET", instead=500)
        client.dnn_model_repo.delete_model(second)
        with pytest.raises(InvokeAIError, match="changed from here"):
            _ = table.df


def test_a_mask_selects_the_rows_of_df_though_they_were_not_delivered_yet(
    begin: Begin, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One model went and one came: of as many rows as before, other ones would be selected."""
    table = show(ModelTable, begin(models=5).url).panel
    assert isinstance(table, ModelTable)
    assert len(table.df) == 5
    store = table.connection.store
    monkeypatch.setattr(store, "_schedule", lambda: None)  # nothing is delivered from now on
    _, *left = store.snapshot.models.values()
    listed = ModelsListed([*left, left[0].replaced(key="new", name="New")], at=1.0)
    table._on_loop(lambda: store.dispatch(listed))
    table.selected = ["new"]
    table.select((table.df.name == "New").to_numpy(dtype=bool))
    assert table.selected == ["new"]
    table._on_loop(lambda: table.on_snapshot(store.snapshot))
    assert table.selected == ["new"]
    assert table.selection.name.tolist() == ["New"]


def test_a_server_that_was_never_read_is_no_empty_one(opened: Open) -> None:
    table = opened(f"http://127.0.0.1:{free_port()}")
    for read in (lambda: table.df, lambda: table.view, lambda: table.selection):
        with pytest.raises(InvokeAIError, match="no InvokeAI server answers"):
            read()
    assert "not read" in repr(table)
    for face in (table.plain_text(), table.plain_html()):
        assert "no InvokeAI server answers" in face
        assert "0 models" not in face
