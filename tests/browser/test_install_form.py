"""The install form, as a person sees and uses it, against the embedded server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import InvokeAIClient, demo
from tests.support.fileserver import FileServer
from tests.support.jupyter import JupyterServer, NotebookPage
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

NAME = "ink-wash.safetensors"
TOKEN = "hf_browser_secret_123456"
FORM = "from invokeai_widgets import InstallForm\nform = InstallForm({url!r})\nform"


@pytest.fixture
def url() -> Iterator[str]:
    with demo.serve(models=3) as running:
        yield running


@pytest.fixture
def client(url: str) -> Iterator[InvokeAIClient]:
    with InvokeAIClient.from_url(url) as opened:
        yield opened


@pytest.fixture
def page(notebook: OpenNotebook, url: str) -> NotebookPage:
    opened = notebook([FORM.format(url=url), ""])
    opened.run(0)
    return opened


@pytest.fixture
def form(page: NotebookPage) -> Locator:
    return page.widget(0).locator(".ivk-install")


def source(form: Locator) -> Locator:
    return form.get_by_label("Source")


def install(form: Locator) -> None:
    form.get_by_role("button", name="Install", exact=True).click()


@pytest.mark.parametrize(
    ("typed", "kind", "says"),
    [
        ("/models/ink.safetensors", "Path on the server", "The file stays where it is"),
        (r"C:\models\ink.safetensors", "Path on the server", "The file stays where it is"),
        ("https://example.org/ink.safetensors", "URL", "The server downloads it into its models folder."),
        ("nobody/nothing:fp16", "Hugging Face repository", "downloads it from Hugging Face"),
    ],
)
def test_it_says_what_it_takes_the_source_for(form: Locator, typed: str, kind: str, says: str) -> None:
    source(form).fill(typed)
    expect(form.locator(".ivk-takenfor")).to_have_text(kind)
    expect(form.locator(".ivk-consequence")).to_contain_text(says)


def test_it_warns_before_a_file_is_moved(form: Locator) -> None:
    expect(form.get_by_label("Use it in place")).to_be_checked()
    source(form).fill("/models/ink.safetensors")
    form.get_by_label("Use it in place").uncheck()
    expect(form.locator(".ivk-consequence")).to_have_text(
        "InvokeAI MOVES the file out of its place into its models folder."
    )


def test_an_empty_source_is_refused_in_the_browser(form: Locator, client: InvokeAIClient) -> None:
    for typed in ("", "   ", '""'):
        source(form).fill(typed)
        install(form)
        expect(form.get_by_role("alert")).to_contain_text("The source is empty.")
        expect(source(form)).to_be_focused()
    assert client.dnn_model_repo.list_install_jobs() == []


def test_enter_installs_a_url_and_its_bar_moves_to_the_end(
    form: Locator, tmp_path: Path, file_server: FileServer, client: InvokeAIClient
) -> None:
    address = file_server.add(NAME, write_lora(tmp_path / NAME, mib=4), rate=4_000_000)
    source(form).fill(address)
    form.get_by_label("Name").fill("Ink")
    source(form).press("Enter")
    expect(form.locator(".ivk-job .ivk-jobname")).to_have_text(address)
    expect(form.locator(".ivk-job")).to_contain_text("Installed · SD 1 LoRA")
    expect(source(form)).to_have_value("")
    expect(source(form)).to_be_focused()
    assert "Ink" in [model.name for model in client.dnn_model_repo.list_models()]
    source(form).fill(address)
    expect(form.locator(".ivk-known")).to_contain_text("Already installed as “Ink”.")


def test_what_the_server_refuses_is_said_in_the_form(form: Locator) -> None:
    source(form).fill("/nowhere/ink.safetensors")
    install(form)
    expect(form.get_by_role("alert")).to_contain_text("/nowhere/ink.safetensors")
    expect(source(form)).to_have_value("/nowhere/ink.safetensors")


def test_a_repository_of_several_checkpoints_has_them_ticked(form: Locator, client: InvokeAIClient) -> None:
    found = client.dnn_model_repo.lookup_huggingface("quillwort/inkwell")
    assert found.urls
    source(form).fill("quillwort/inkwell")
    expect(form.locator(".ivk-repo input")).to_have_count(len(found.urls))
    form.locator(".ivk-repo input").first.uncheck()
    install(form)
    expect(form.get_by_role("alert")).to_contain_text("Nothing is ticked.")
    form.locator(".ivk-repo input").first.check()
    expect(form.locator(".ivk-consequence")).to_contain_text("The server downloads 1 file")
    install(form)
    expect(form.locator(".ivk-job .ivk-jobname")).to_have_text(found.urls[0])
    (handle,) = client.dnn_model_repo.list_install_jobs()
    handle.cancel()


def test_the_token_reaches_the_server_and_nothing_else(
    page: NotebookPage, form: Locator, tmp_path: Path, file_server: FileServer, jupyter: JupyterServer
) -> None:
    address = file_server.add(NAME, write_lora(tmp_path / NAME), token=TOKEN)
    source(form).fill(address)
    form.get_by_text("More", exact=True).click()
    field = form.get_by_label("Access token")
    expect(field).to_have_attribute("type", "password")
    field.fill(TOKEN)
    install(form)
    expect(form.locator(".ivk-job")).to_contain_text("Installed · SD 1 LoRA")
    expect(field).to_have_value("")
    assert [asked["token"] for asked in file_server.asked(NAME)] == [TOKEN]
    assert page.wire.contains(TOKEN, "sent")
    assert not page.wire.contains(TOKEN, "received")
    assert TOKEN not in page.run_source(1, "form.get_state(), form.connection.snapshot, vars(form)")
    page.save()
    assert TOKEN not in page.path.read_text()
    assert TOKEN not in jupyter.log.read_text()


def test_read_only_installs_nothing(notebook: OpenNotebook, url: str) -> None:
    page = notebook([FORM.format(url=url).replace("')", "', read_only=True)")])
    page.run(0)
    form = page.widget(0).locator(".ivk-install")
    expect(form.get_by_role("button", name=re.compile("Install"))).to_be_disabled()
    expect(source(form)).to_be_disabled()
