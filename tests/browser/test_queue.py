"""The queue and the bar of a job, as a person sees and uses them, against the embedded server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from invokeai_widgets import InvokeAIClient, demo
from tests.conftest import Begin
from tests.support.fileserver import FileServer
from tests.support.jupyter import NotebookPage
from tests.support.tiny_models import write_lora

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

NAME = "ink-wash.safetensors"
HALF = 10_000_000  # bytes of a file of 20 MiB

QUEUE = "from invokeai_widgets import InstallQueue\nInstallQueue({url!r})"
INSTALL = """
from invokeai_widgets import InvokeAIClient
client = InvokeAIClient.from_url({url!r})
handle = client.dnn_model_repo.install_model({source!r})
handle
"""

# Every width that the bar is given, as it is given.
WATCH_BAR = """(bar) => {
  window.seen = [];
  const note = () => window.seen.push(Number(bar.getAttribute("aria-valuenow")));
  new MutationObserver(note).observe(bar, { attributes: true, attributeFilter: ["aria-valuenow"] });
  note();
}"""


@pytest.fixture
def url() -> Iterator[str]:
    with demo.serve(models=3) as running:
        yield running


@pytest.fixture
def client(url: str) -> Iterator[InvokeAIClient]:
    with InvokeAIClient.from_url(url) as opened:
        yield opened


@pytest.fixture
def source(tmp_path: Path, file_server: FileServer) -> str:
    """The address of a file of 20 MiB that takes four seconds."""
    return file_server.add(NAME, write_lora(tmp_path / NAME, mib=20), rate=5_000_000)


def job(page: NotebookPage, index: int = 0) -> Locator:
    """The first job that a cell shows."""
    return page.widget(index).locator(".ivk-job").first


def test_the_bar_moves_while_the_next_cell_waits_and_stays_right(
    notebook: OpenNotebook, front_end: str, url: str, source: str, file_server: FileServer
) -> None:
    cells = [INSTALL.format(url=url, source=source), "print(handle.wait_until(timeout=None).status)"]
    file_server.change(NAME, hold_at=200_000)
    page = notebook(cells, front_end)
    page.run(0)
    job(page).get_by_role("progressbar").evaluate(WATCH_BAR)
    file_server.release(NAME)
    assert page.run(1) == "completed\n"
    expect(job(page)).to_contain_text("Installed · SD 1 LoRA · 21 MB")
    seen = page.page.evaluate("() => window.seen")
    assert len(set(seen)) >= 5
    assert seen == sorted(seen)
    assert seen[-1] == 100
    # The server forgets the job; the cell's bar does not.
    page.run_source(1, "client.dnn_model_repo.prune_install_jobs()")
    expect(job(page)).to_contain_text("Installed")


def test_pause_and_resume(
    notebook: OpenNotebook, url: str, source: str, client: InvokeAIClient, file_server: FileServer
) -> None:
    file_server.change(NAME, hold_at=HALF)
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    expect(page.widget(0)).to_contain_text("Nothing is being installed.")
    handle = client.dnn_model_repo.install_model(source)
    expect(job(page)).to_contain_text("of 21 MB")  # the size is known
    job(page).get_by_role("button", name="Pause").click()
    expect(job(page)).to_contain_text(re.compile(r"^.*Paused · \d+ of 21 MB"))
    file_server.release(NAME)
    job(page).get_by_role("button", name="Resume").click()
    assert handle.wait_until(timeout=30).status == "completed"
    expect(job(page)).to_contain_text("Installed")
    expect(job(page).get_by_role("button")).to_have_count(0)
    page.widget(0).get_by_role("button", name="Clear finished").click()
    expect(page.widget(0)).to_contain_text("Nothing is being installed.")


def test_a_failure_says_why_and_its_button_installs_again(
    notebook: OpenNotebook, url: str, source: str, file_server: FileServer
) -> None:
    file_server.change(NAME, status=404, rate=0)
    page = notebook([INSTALL.format(url=url, source=source)])
    page.run(0)
    expect(job(page)).to_contain_text("Failed")
    expect(job(page)).to_contain_text("Not Found. There is no such file at the address.")
    file_server.change(NAME, status=200)
    job(page).get_by_role("button", name="Install again").click()
    expect(job(page)).to_contain_text("Installed · SD 1 LoRA")
    expect(page.widget(0).locator(".ivk-job")).to_have_count(1)


def test_the_focus_stays_where_one_works(
    notebook: OpenNotebook, url: str, source: str, client: InvokeAIClient, file_server: FileServer
) -> None:
    file_server.change(NAME, hold_at=HALF)
    other = file_server.add("other.safetensors", b"x" * HALF, hold_at=1000)
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    for each in (source, other):
        client.dnn_model_repo.install_model(each)
    widget = page.widget(0)
    newest = widget.locator(".ivk-job").first
    at_work = widget.locator("[aria-busy=true]")  # it is deaf
    expect(widget.locator(".ivk-job").get_by_role("button", name="Pause")).to_have_count(2)
    newest.get_by_role("button", name="Pause").press("Enter")
    expect(newest.get_by_role("button", name="Resume")).to_be_focused()
    expect(at_work).to_have_count(0)
    newest.get_by_role("button", name="Resume").press("Enter")
    expect(newest.get_by_role("button", name="Pause")).to_be_focused()
    for verb, then in (("Pause", "Resume"), ("Resume", "Pause")):
        expect(at_work).to_have_count(0)
        widget.get_by_role("button", name=f"{verb} all").press("Enter")
        expect(widget.get_by_role("button", name=f"{then} all")).to_be_focused()
    expect(at_work).to_have_count(0)
    newest.get_by_role("button", name="Cancel").press("Enter")
    expect(newest).to_contain_text("Cancelled")
    expect(newest.get_by_role("button", name="Install again")).to_be_focused()
    clear = widget.get_by_role("button", name="Clear finished")
    clear.dispatch_event("click")  # as another view of it does: the focus stays in the row, which goes
    expect(widget.locator(".ivk-job")).to_have_count(1)
    expect(widget.locator(".ivk-job").get_by_role("button", name="Pause")).to_be_focused()
    widget.get_by_role("button", name="Cancel", exact=True).press("Enter")
    clear.press("Enter")
    expect(widget).to_contain_text("Nothing is being installed.")
    expect(widget.locator(".ivk-joblist")).to_be_focused()
    file_server.release(NAME)
    file_server.release("other.safetensors")


def test_the_focus_goes_to_the_jobs_when_a_refusal_is_dismissed(
    notebook: OpenNotebook, begin: Begin, source: str, file_server: FileServer
) -> None:
    file_server.change(NAME, hold_at=HALF)
    server = begin(models=0)
    server.faults.add(path="*/pause", instead=500)
    page = notebook([QUEUE.format(url=server.url)])
    page.run(0)
    with InvokeAIClient.from_url(server.url) as client:
        client.dnn_model_repo.install_model(source)
        job(page).get_by_role("button", name="Pause").click()
        dismiss = page.widget(0).get_by_role("button", name="Dismiss").first
        dismiss.press("Enter")
        expect(page.widget(0).locator(".ivk-joblist")).to_be_focused()


def test_a_button_is_deaf_while_its_verb_is_at_work(
    notebook: OpenNotebook, url: str, source: str, client: InvokeAIClient, file_server: FileServer
) -> None:
    file_server.change(NAME, hold_at=HALF)
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    client.dnn_model_repo.install_model(source)
    pause = job(page).get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    twice = """(button) => {
      button.focus();
      button.click();
      button.click();
      return [button.ariaDisabled, document.activeElement === button];
    }"""
    assert pause.evaluate(twice) == ["true", True]
    expect(job(page).get_by_role("button", name="Resume")).to_be_focused()
    asked = [frame for frame in page.wire.frames if frame.way == "sent" and b'"pause"' in frame.data]
    assert len(asked) == 1
    file_server.release(NAME)


def test_cancel_all_asks_first_and_names_what_goes(
    notebook: OpenNotebook, url: str, source: str, client: InvokeAIClient, file_server: FileServer
) -> None:
    file_server.change(NAME, hold_at=HALF)
    other = file_server.add("other.safetensors", b"x" * HALF, hold_at=1000)
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    handles = [client.dnn_model_repo.install_model(each) for each in (source, other)]
    page.widget(0).get_by_role("button", name="Cancel all…").click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text("What has been downloaded of them is deleted.")
    expect(dialog.get_by_role("listitem")).to_have_text([other, source])
    expect(dialog.get_by_role("button", name="Keep going")).to_be_focused()
    dialog.get_by_role("button", name="Cancel 2 installs").click()
    expect(page.widget(0).locator(".ivk-jobwhat")).to_have_text(["Cancelled", "Cancelled"])
    assert [handle.refresh().status for handle in handles] == ["cancelled", "cancelled"]
    file_server.release(NAME)
    file_server.release("other.safetensors")


def test_the_files_of_a_job_unfold(notebook: OpenNotebook, url: str, client: InvokeAIClient) -> None:
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    handle = client.dnn_model_repo.install_model("larkspur/heron-xl")
    unfold = job(page).get_by_role("button", name=re.compile(r"\d of 6 files"))
    expect(unfold).to_have_attribute("aria-expanded", "false")
    unfold.click()
    expect(job(page).locator(".ivk-file")).to_have_count(6)
    unfold.click()
    expect(job(page).locator(".ivk-file")).to_have_count(0)
    handle.cancel()


def test_only_starts_and_ends_are_announced(
    notebook: OpenNotebook, url: str, source: str, client: InvokeAIClient
) -> None:
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    region = page.widget(0).locator("[aria-live=polite]")
    region.evaluate(
        """(region) => {
          window.said = [];
          const note = () => region.textContent && window.said.push(region.textContent);
          new MutationObserver(note).observe(region, { childList: true });
        }"""
    )
    client.dnn_model_repo.install_model(source).wait_until(timeout=30)
    expect(region).to_have_text(f"{source}: Installed · SD 1 LoRA · 21 MB.")
    assert page.page.evaluate("() => window.said") == [
        f"Installing {source}.",
        f"{source}: Installed · SD 1 LoRA · 21 MB.",
    ]


def test_hundreds_of_jobs(notebook: OpenNotebook, url: str, tmp_path: Path, client: InvokeAIClient) -> None:
    paths = [write_lora(tmp_path / f"lora-{number:03}.safetensors") for number in range(300)]
    page = notebook([QUEUE.format(url=url)])
    page.run(0)
    handles = [client.dnn_model_repo.install_model(str(path), inplace=True) for path in paths]
    for handle in handles:
        handle.wait_until(timeout=60)
    widget = page.widget(0)
    expect(widget.locator(".ivk-sums")).to_have_text("300 done")
    expect(widget.locator(".ivk-job")).to_have_count(100)
    expect(widget.locator(".ivk-job .ivk-jobname").first).to_have_text(str(paths[-1]))
    widget.get_by_role("button", name="Show 100 more installs").click()
    expect(widget.locator(".ivk-job")).to_have_count(200)
    expect(widget.locator(".ivk-job[data-look=done]")).to_have_count(200)


def test_dd_in_the_queue_deletes_no_cell(
    notebook: OpenNotebook, front_end: str, url: str, source: str, client: InvokeAIClient
) -> None:
    page = notebook([QUEUE.format(url=url), "'another cell'"], front_end)
    page.run(0)
    client.dnn_model_repo.install_model(source).wait_until(timeout=30)
    clear = page.widget(0).get_by_role("button", name="Clear finished")
    expect(clear).to_be_visible()
    clear.focus()
    expect(clear).to_be_focused()
    page.page.keyboard.type("dd")
    assert page.run(1) == "'another cell'"
    assert page.cell_count == 2
