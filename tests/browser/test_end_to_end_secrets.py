"""A token given to an install leaves no trace: in no saved notebook, page, log, exception or repr."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import FilledInvokeAI
from tests.support.fileserver import FileServer
from tests.support.jupyter import JupyterServer
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.invokeai, pytest.mark.timeout(300)]

TYPED, GIVEN = "tok-typed-4f1d8a", "tok-given-93b7c2"
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:plugin"

# Everything is logged into a file, and the token comes from one: only what we do with it is tried.
PREPARE = """
import logging, pathlib
logging.basicConfig(filename="everything.log", level=logging.DEBUG, force=True)
given = pathlib.Path({given!r}).read_text()
from invokeai_widgets import *
client = InvokeAIClient.from_url({server!r})
manager = ModelManager(client)
manager
"""
INSTALL = """
handle = client.dnn_model_repo.install_model({good!r}, access_token=given)
info = handle.wait_until(timeout=60)
print(handle, repr(handle), info, repr(info), info.to_wire(), vars(handle.aio))
print(manager, repr(manager), manager.get_state(), manager.plain_html())
handle
"""
REFUSED = """
import traceback
refused = client.dnn_model_repo.install_model({refused!r}, access_token=given)
try:
    refused.wait_until(timeout=60)
except ModelInstallJobFailed as error:
    print(repr(error), error, error.info, traceback.format_exc(), vars(error))
refused
"""
RAISED = "%tb\nrefused.raise_if_failed()"


@pytest.fixture
def saving_state(jupyter: JupyterServer) -> Iterator[None]:
    """Notebooks are saved with the state of their widgets."""
    jupyter.set_setting(SAVE_STATE, {"saveState": True})
    yield
    jupyter.set_setting(SAVE_STATE, {"saveState": False})


@pytest.mark.usefixtures("saving_state")
def test_no_token_is_anywhere_but_in_the_one_request(
    notebook: OpenNotebook,
    front_end: str,
    restored_invokeai: FilledInvokeAI,
    file_server: FileServer,
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text(GIVEN)
    file = write_lora(tmp_path / "lora.safetensors")
    good = file_server.add("given.safetensors", file, token=GIVEN)
    refused = file_server.add("refused.safetensors", file, token="another")
    typed = file_server.add("typed.safetensors", write_lora(tmp_path / "typed.safetensors"), token=TYPED)
    cells = [
        PREPARE.format(given=str(tmp_path / "token"), server=restored_invokeai.url),
        INSTALL.format(good=good),
        REFUSED.format(refused=refused),
        RAISED,
    ]
    page = notebook(cells, front_end)
    written = "".join(page.run(index) for index in range(3))
    page.start(3)
    page.wait_done()
    written += page.text(3)
    assert "completed" in written
    assert "ModelInstallJobFailed" in written

    manager = page.widget(0)
    manager.get_by_role("tab", name="Add models").click()
    manager.get_by_label("Source").fill(typed)
    manager.get_by_text("More", exact=True).click()
    manager.get_by_label("Access token").fill(TYPED)
    manager.get_by_role("button", name="Install", exact=True).click()
    job = manager.get_by_role("listitem").filter(has_text=typed)
    expect(job.locator("visible=true").get_by_text("Installed").first).to_be_visible(timeout=60_000)
    assert {request["token"] for request in file_server.asked("typed.safetensors")} == {TYPED}
    assert {request["token"] for request in file_server.asked("given.safetensors")} == {GIVEN}

    saved = json.dumps(page.save())
    assert typed in saved, "the widgets' state was not saved, so nothing was tried"
    fields = page.page.evaluate("[...document.querySelectorAll('input, textarea')].map(each => each.value)")
    places = {
        "the saved notebook": saved,
        "what the cells wrote": written,
        "the log": (page.path.parent / "everything.log").read_text(),
        "the page": page.page.content(),
        "the fields": "\n".join(fields),
        "the console": "\n".join(page.console),
    }
    for token in (TYPED, GIVEN):
        assert [where for where, text in places.items() if token in text] == []
        assert not page.wire.contains(token, "received"), "the kernel sent it to the browser"
    assert page.wire.contains(TYPED, "sent")
