"""`ServerPanel` as a person uses it: the cache, missing models, orphaned folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import InvokeAIClient
from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

STATS = {
    "hits": 3,
    "misses": 1,
    "high_watermark": 7_000_000_000,
    "in_cache": 2,
    "cleared": 0,
    "cache_size": 10_000_000_000,
    "loaded_model_sizes": {"sdxl:main:Heron XL:unet": 5_000_000_000},
}


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


def orphan(server: DemoServer, name: str) -> Path:
    folder = server.root / "models" / name
    folder.mkdir(parents=True)
    write_lora(folder / "left.safetensors")
    return folder


def shown(notebook: OpenNotebook, server: DemoServer, more: str = "") -> Locator:
    page = notebook(
        [f"from invokeai_widgets import ServerPanel\nServerPanel({server.url!r}{more})"], height=1400
    )
    page.run(0)
    panel = page.widget(0).locator(".ivk-server")
    panel.click(position={"x": 2, "y": 2})  # as a person does: until then the notebook has the focus
    expect(panel.get_by_text("InvokeAI 6.14.2+embedded")).to_be_visible()
    return panel


def test_the_cache_over_time(notebook: OpenNotebook, server: DemoServer) -> None:
    panel = shown(notebook, server)
    expect(panel.get_by_text("Nothing has run since")).to_be_visible()
    server.backend.cache_stats = dict(STATS)
    expect(panel.get_by_text("Heron XL")).to_be_visible(
        timeout=15_000
    )  # nobody asked: the panel looks itself
    expect(panel.get_by_role("img", name="5.00 GB loaded now, 7.00 GB used at most")).to_be_visible()
    expect(panel.get_by_text("7.00 GB of 10.00 GB")).to_be_visible()
    panel.get_by_role("button", name="Empty the cache").click()
    expect(panel.get_by_text("0 models").first).to_be_visible()


def test_deleting_orphaned_folders(notebook: OpenNotebook, server: DemoServer) -> None:
    first, second = orphan(server, "first"), orphan(server, "second")
    panel = shown(notebook, server)
    boxes = panel.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    assert not any(box.is_checked() for box in boxes.all())
    delete = panel.get_by_role("button", name="Delete…")
    expect(delete).to_be_disabled()
    panel.get_by_role("checkbox", name="first").check()
    delete.click()
    dialog = panel.get_by_role("dialog")
    expect(dialog).to_contain_text(str(first))
    expect(dialog).to_contain_text("left.safetensors")
    expect(dialog).not_to_contain_text(str(second))
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    panel.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert first.exists()
    delete.click()
    dialog.get_by_role("button", name="Delete 1 folder").click()
    expect(boxes).to_have_count(1)
    assert not first.exists()
    assert second.exists()


def test_a_missing_model_and_its_three_ways_out(
    notebook: OpenNotebook, server: DemoServer, tmp_path: Path
) -> None:
    files = [write_lora(tmp_path / f"{name}.safetensors") for name in ("back", "moved", "lost")]
    with InvokeAIClient.from_url(server.url) as client:
        for file in files:
            client.dnn_model_repo.install_model(str(file)).wait_until(timeout=30)
    for file in files:
        file.rename(tmp_path / f"away-{file.name}")
    panel = shown(notebook, server)
    (tmp_path / "away-back.safetensors").rename(files[0])
    panel.get_by_role("button", name="Identify again back").click()
    expect(panel.get_by_role("button", name="Identify again back")).to_have_count(0)

    panel.get_by_role("button", name="Change path… moved").click()
    field = panel.get_by_label("Where moved is now, on the server")
    expect(field).to_be_focused()
    field.fill(str(tmp_path / "away-moved.safetensors"))
    field.press("Enter")
    expect(panel.get_by_text("The server finds it there.").first).to_be_visible()
    expect(field).to_have_count(0)

    panel.get_by_role("button", name="Drop record… lost").click()
    dialog = panel.get_by_role("dialog")
    expect(dialog).to_contain_text(str(files[2]))
    dialog.get_by_role("button", name="Drop 1 record").click()
    expect(panel.get_by_text("The server finds the files of all its models.")).to_be_visible()
    assert (tmp_path / "away-lost.safetensors").exists()


def test_an_old_server_says_what_it_cannot(notebook: OpenNotebook, begin: Begin) -> None:
    page = notebook(
        [f"from invokeai_widgets import ServerPanel\nServerPanel({begin(version='6.8.1').url!r})"]
    )
    page.run(0)
    panel = page.widget(0).locator(".ivk-server")
    expect(panel.get_by_label("Missing models").get_by_text("6.13")).to_be_visible()
    expect(panel.get_by_label("Orphaned folders").get_by_text("6.13")).to_be_visible()


def test_read_only_changes_nothing(notebook: OpenNotebook, server: DemoServer) -> None:
    orphan(server, "first")
    panel = shown(notebook, server, ", read_only=True")
    expect(panel.get_by_role("checkbox", name="first")).to_be_disabled()
    expect(panel.get_by_role("button", name="Empty the cache")).to_be_disabled()
