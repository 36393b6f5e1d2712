"""The install form, seen from the browser's side, against the embedded server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from invokeai_widgets import InstallForm, InvokeAIClient
from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin
from tests.support.fileserver import FileServer
from tests.support.tiny_models import write_lora

from .conftest import Show

TOKEN = "s3cret-of-a-form"


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin(models=3)


@pytest.mark.parametrize("source", ["", "   ", '""', ".", "/", "~", "C:\\"])
def test_what_is_no_source_is_refused_before_anything_is_sent(
    server: DemoServer, show: Show, source: str
) -> None:
    form = show(InstallForm, server.url)
    (outcome,) = form.result("install", sources=[source])
    assert not outcome["ok"]
    assert outcome["message"]
    assert outcome["advice"]
    with InvokeAIClient.from_url(server.url) as client:
        assert client.dnn_model_repo.list_install_jobs() == []


def test_a_file_is_used_in_place_unless_told_otherwise(
    server: DemoServer, show: Show, tmp_path: Path
) -> None:
    stays, goes = write_lora(tmp_path / "stays.safetensors"), write_lora(tmp_path / "goes.safetensors")
    form = show(InstallForm, server.url)
    assert form.panel.in_place
    assert form.result("install", sources=[str(stays)])[0]["ok"]
    assert form.result("install", sources=[str(goes)], in_place=False)[0]["ok"]
    form.wait(lambda: [row["look"] for row in form.panel.jobs] == ["done", "done"])
    with InvokeAIClient.from_url(server.url) as client:
        lies_there = {model.name: model.in_place for model in client.dnn_model_repo.list_models()}
    assert lies_there.items() >= {"stays": True, "goes": False}.items()


def test_several_sources_have_one_outcome_each(server: DemoServer, show: Show, tmp_path: Path) -> None:
    good = str(write_lora(tmp_path / "good.safetensors"))
    form = show(InstallForm, server.url)
    outcomes = form.result("install", sources=["/nowhere/x.safetensors", good], config={"description": "ink"})
    assert [outcome["ok"] for outcome in outcomes] == [False, True]
    assert "/nowhere/x.safetensors" in outcomes[0]["message"]
    assert form.panel.started == [outcomes[1]["job"]]
    form.wait(lambda: form.panel.jobs and form.panel.jobs[0]["look"] == "done")
    with InvokeAIClient.from_url(server.url) as client:
        assert "ink" in [model.description for model in client.dnn_model_repo.list_models()]


def test_what_is_there_already_is_told(
    server: DemoServer, show: Show, tmp_path: Path, file_server: FileServer
) -> None:
    address = file_server.add(
        "ink.safetensors", write_lora(tmp_path / "ink.safetensors", mib=1), hold_at=1000
    )
    form = show(InstallForm, server.url)
    assert form.result("known", source=address) == {"models": [], "job": False}
    form.result("install", sources=[address], config={"name": "Ink"})
    form.wait(lambda: form.panel.jobs)
    assert form.result("known", source=f" {address} ") == {"models": [], "job": True}
    file_server.release("ink.safetensors")
    form.wait(lambda: form.panel.jobs[0]["look"] == "done")
    assert form.result("known", source=address) == {"models": ["Ink"], "job": False}
    assert form.result("known", source="") == {"models": [], "job": False}


def test_a_repository_is_looked_up(server: DemoServer, show: Show) -> None:
    form = show(InstallForm, server.url)
    assert form.result("look_up", repo="larkspur/heron-xl")["whole"]
    found = form.result("look_up", repo="quillwort/inkwell")
    assert not found["whole"]
    assert all(file["url"].endswith(file["name"]) for file in found["files"])
    missing = form.result("look_up", repo="nobody/nothing")
    assert missing["message"]


def test_the_token_is_in_no_trait_message_or_repr(
    server: DemoServer, show: Show, tmp_path: Path, file_server: FileServer
) -> None:
    address = file_server.add("ink.safetensors", write_lora(tmp_path / "ink.safetensors"), token=TOKEN)
    form = show(InstallForm, server.url)
    assert form.result("install", sources=[address], token=TOKEN)[0]["ok"]
    form.wait(lambda: form.panel.jobs and form.panel.jobs[0]["look"] == "done")
    state = {name: str(form.panel.get_state(name)) for name in form.panel.keys}
    assert TOKEN not in json.dumps([state, form.sent, repr(form.panel), repr(form.panel.connection.snapshot)])


def test_old_servers_copy_and_new_ones_move(begin: Begin, show: Show) -> None:
    assert show(InstallForm, begin(version="6.14.2").url).panel.moves
    old = show(InstallForm, begin(version="5.15.0").url)
    old.wait(lambda: not old.panel.moves, "the version of the server")


def test_read_only_installs_nothing(server: DemoServer, show: Show, tmp_path: Path) -> None:
    path = write_lora(tmp_path / "ink.safetensors")
    form = show(InstallForm, server.url, read_only=True)
    (outcome,) = form.result("install", sources=[str(path)], in_place=False)
    assert not outcome["ok"]
    assert "read-only" in outcome["message"]
    assert path.exists()
