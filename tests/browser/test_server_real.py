"""The smaller panels against a real InvokeAI, with a stand-in for the Hugging Face hub."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import InvokeAIClient
from tests.conftest import RealInvokeAI
from tests.support.fileserver import FileServer
from tests.support.hub import Hub
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.invokeai, pytest.mark.timeout(400)]

CELLS = [
    "from invokeai_widgets import FolderScan, HuggingFace, ServerPanel, StarterModels\nFolderScan({url!r})",
    "StarterModels({url!r})",
    "HuggingFace({url!r})",
    "ServerPanel({url!r})",
    "from invokeai_widgets import InstallQueue\nInstallQueue({url!r})",
]


def scan_and_install(scan: Locator, folder: Path) -> None:
    scan.get_by_label("Folder on the server").fill(str(folder))
    scan.get_by_role("button", name="Scan").click()
    expect(scan.get_by_role("row")).to_have_count(2)
    scan.get_by_role("button", name="Install all 2").click()
    expect(scan.get_by_text("2 models · 0 not installed")).to_be_visible(timeout=30_000)
    assert sorted(path.name for path in folder.iterdir()) == ["ink.safetensors", "oil.safetensors"]


def move_in(scan: Locator, folder: Path) -> None:
    """What is asked about first, and then is no longer where it was."""
    write_lora(folder / "chalk.safetensors")
    scan.get_by_role("button", name="Scan").click()
    expect(scan.get_by_text("3 models · 1 not installed")).to_be_visible(timeout=30_000)
    scan.get_by_label("What happens to the files").select_option("Files are moved")
    scan.get_by_role("row").filter(has_text="chalk").get_by_role("button").click()
    dialog = scan.get_by_role("dialog")
    expect(dialog).to_contain_text("MOVES")
    dialog.get_by_role("button", name="Move and install 1").click()
    expect(scan.get_by_text("1 install started.")).to_be_visible()
    expect(scan.get_by_role("row").filter(has_text="chalk").get_by_text("Installed")).to_be_visible(
        timeout=30_000
    )
    assert not (folder / "chalk.safetensors").exists()


def steer_the_queue(panel: Locator, url: str, files: FileServer, model: Path) -> None:
    """Pause and resume one in the middle, and install one again that has failed."""
    held = files.add("held.safetensors", model, hold_at=1_000_000)
    refused = files.add("refused.safetensors", model, status=404)
    with InvokeAIClient.from_url(url) as client:
        for source in (held, refused):
            client.dnn_model_repo.install_model(source)
    job = panel.get_by_role("listitem").filter(has_text="held")
    expect(job.get_by_text("47 %")).to_be_visible(timeout=30_000)
    job.get_by_role("button", name="Pause").click()
    expect(job.get_by_text("Paused")).to_be_visible(timeout=30_000)
    files.hang_up("held.safetensors")
    job.get_by_role("button", name="Resume").click()
    expect(job.get_by_text("Installed")).to_be_visible(timeout=60_000)
    failed = panel.get_by_role("listitem").filter(has_text="refused")
    expect(failed.get_by_text("Not Found")).to_be_visible(timeout=30_000)
    files.change("refused.safetensors", status=200)
    failed.get_by_role("button", name="Install again").click()
    expect(failed.filter(has_text="Installed")).to_have_count(1, timeout=60_000)


def find_a_starter_that_cannot_be_fetched(starters: Locator) -> None:
    expect(starters.get_by_role("listitem").filter(has_text="SDXL").first).to_contain_text("installed")
    expect(starters.get_by_role("row").first).to_be_visible(timeout=20_000)
    starters.get_by_label("Search starter models").fill("cyberrealistic negative")
    starters.get_by_role("row").first.get_by_role("button").click()
    expect(starters.get_by_role("row").first.get_by_text("Failed")).to_be_visible(timeout=60_000)


def log_in(login: Locator) -> None:
    expect(login.get_by_text("The server has no Hugging Face token.")).to_be_visible(timeout=30_000)
    login.get_by_label("Access token").fill("hf_good")
    login.get_by_role("button", name="Log in").click()
    expect(login.get_by_text("Logged in to Hugging Face.").first).to_be_visible(timeout=30_000)


def delete_an_orphan_and_empty_the_cache(panel: Locator, left: Path) -> None:
    panel.get_by_role("checkbox", name=left.name).check(timeout=30_000)
    panel.get_by_role("button", name="Delete…").click()
    panel.get_by_role("dialog").get_by_role("button", name="Delete 1 folder").click()
    expect(panel.get_by_text("Every folder in the models folder belongs to a model.")).to_be_visible()
    assert not left.exists()
    panel.get_by_role("button", name="Empty the cache").click()
    expect(panel.get_by_role("alert")).to_have_count(0)


def drop_a_record(panel: Locator, folder: Path) -> None:
    (folder / "oil.safetensors").rename(folder / "elsewhere.safetensors")
    panel.get_by_role("button", name="Refresh").click()
    panel.get_by_role("button", name="Drop record… oil").click()
    panel.get_by_role("dialog").get_by_role("button", name="Drop 1 record").click()
    expect(panel.get_by_text("The server finds the files of all its models.")).to_be_visible()
    assert (folder / "elsewhere.safetensors").exists()


def test_all_of_them(
    notebook: OpenNotebook,
    fresh_invokeai: Callable[..., RealInvokeAI],
    hub: Hub,
    file_server: FileServer,
    tmp_path: Path,
) -> None:
    """One test, because the server takes half a minute to start."""
    server = fresh_invokeai(hf_endpoint=hub.url)
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("ink", "oil"):
        write_lora(folder / f"{name}.safetensors")
    left = server.root / "models" / "left-behind"
    left.mkdir(parents=True)
    shutil.copy(folder / "ink.safetensors", left / "left.safetensors")
    page = notebook([cell.format(url=server.url) for cell in CELLS], height=3000)
    for index in range(len(CELLS)):
        page.run(index)
    scan_and_install(page.widget(0).locator(".ivk-scan"), folder)
    move_in(page.widget(0).locator(".ivk-scan"), folder)
    find_a_starter_that_cannot_be_fetched(page.widget(1).locator(".ivk-starters"))
    log_in(page.widget(2).locator(".ivk-hub"))
    panel = page.widget(3).locator(".ivk-server")
    delete_an_orphan_and_empty_the_cache(panel, left)
    drop_a_record(panel, folder)
    model = write_lora(tmp_path / "two.safetensors", mib=2)
    steer_the_queue(page.widget(4).locator(".ivk-queue"), server.url, file_server, model)
