"""The queue and the bar of a job, seen from the browser's side, against the embedded server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets import AsyncInvokeAIClient, InstallForm, InstallQueue, InvokeAIClient, JobProgress
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.demo.server import DemoServer
from invokeai_widgets.widgets.job_rows import JobRows
from tests.conftest import Begin
from tests.support.fileserver import FileServer
from tests.support.panels import BrowserSide
from tests.support.tiny_models import write_lora

from .conftest import Show

HALF = 1_000_000
SECRET = "s3cret-of-a-job"


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    return begin()


@pytest.fixture
def client(server: DemoServer) -> Iterator[InvokeAIClient]:
    with InvokeAIClient.from_url(server.url) as opened:
        yield opened


@pytest.fixture
def held(tmp_path: Path, file_server: FileServer) -> str:
    """The address of a file whose download stops half way until it is released."""
    return file_server.add("held.safetensors", write_lora(tmp_path / "held.safetensors", mib=2), hold_at=HALF)


def row(side: BrowserSide, place: int = 0) -> dict[str, Any]:
    jobs: list[dict[str, Any]] = side.panel.jobs
    return jobs[place]


def half_way(side: BrowserSide) -> int:
    """Until the download stands still half way; the job's number."""
    side.wait(lambda: side.panel.jobs and "1.0 of 2.1 MB" in row(side)["what"], "half of the file")
    return int(row(side)["id"])


def test_a_download_is_paused_resumed_and_cleared(
    server: DemoServer, client: InvokeAIClient, show: Show, held: str, file_server: FileServer
) -> None:
    queue = show(InstallQueue, server.url)
    handle = client.dnn_model_repo.install_model(held)
    number = half_way(queue)
    assert queue.result("pause", jobs=[number])[0]["ok"]
    queue.wait(lambda: row(queue)["look"] == "paused")
    assert row(queue)["actions"] == ["resume", "cancel"]
    file_server.release("held.safetensors")
    assert queue.result("resume", jobs=[number])[0]["ok"]
    handle.wait_until(timeout=20)
    queue.wait(lambda: row(queue)["what"].startswith("Installed"))
    queue.result("prune")
    queue.wait(lambda: queue.panel.jobs == [])
    assert queue.panel.overall["text"] == "Nothing to do"


def test_cancelled_and_installed_again_as_it_was_asked_for(
    server: DemoServer, client: InvokeAIClient, show: Show, held: str, file_server: FileServer
) -> None:
    file_server.change("held.safetensors", token=SECRET)
    queue = show(InstallQueue, server.url)
    client.dnn_model_repo.install_model(held, config={"name": "Held"}, access_token=SECRET)
    number = half_way(queue)
    assert queue.result("cancel", jobs=[number])[0]["ok"]
    queue.wait(lambda: row(queue)["look"] == "off")
    file_server.release("held.safetensors")
    outcome = queue.result("again", jobs=[number])[0]
    assert outcome["ok"], outcome
    queue.wait(lambda: row(queue)["what"].startswith("Installed"))
    assert str(row(queue)["id"]) == outcome["new_key"] != str(number)
    assert [model.name for model in client.dnn_model_repo.list_models()] == ["Held"]
    assert SECRET not in json.dumps([queue.sent, queue.panel.get_state(["jobs", "overall"])])


def test_each_job_has_its_own_outcome(server: DemoServer, show: Show) -> None:
    queue = show(InstallQueue, server.url)
    (outcome,) = queue.result("cancel", jobs=[77])
    assert (outcome["key"], outcome["ok"]) == ("77", False)
    assert queue.error("cancel", jobs=["0"])["kind"] == "InvalidInput"


def test_read_only_sends_nothing(server: DemoServer, client: InvokeAIClient, show: Show, held: str) -> None:
    queue = show(InstallQueue, server.url, read_only=True)
    handle = client.dnn_model_repo.install_model(held)
    number = half_way(queue)
    for verb in ("cancel", "pause", "resume", "again"):
        assert queue.error(verb, jobs=[number])["kind"] == "ReadOnly"
    assert queue.error("prune")["kind"] == "ReadOnly"
    assert handle.refresh().status == "downloading"


def test_of_a_long_queue_only_what_changed_is_sent(
    server: DemoServer, client: InvokeAIClient, show: Show, tmp_path: Path
) -> None:
    queue = show(InstallQueue, server.url)
    synced: list[int] = []
    send_state = queue.panel.send_state

    def watched(key: Any = None) -> None:
        if key == "jobs":
            synced.append(len(queue.panel.jobs))
        send_state(key)

    queue.panel.send_state = watched
    for number in range(60):
        path = write_lora(tmp_path / f"{number}.safetensors")
        client.dnn_model_repo.install_model(str(path), inplace=True)
    queue.wait(lambda: queue.panel.overall["text"] == "60 done")
    changes = [each for each in queue.sent if each.get("kind") == "jobs"]
    assert changes
    assert max(len(each["put"]) for each in changes) < 60
    assert all(length <= 30 for length in synced)
    # Whoever opens the page later reads the whole.
    assert len(queue.panel.get_state("jobs")["jobs"]) == 60
    queue.result("prune")
    queue.wait(lambda: queue.panel.jobs == [])


def test_the_bar_keeps_the_last_state_when_the_server_forgets_the_job(
    client: InvokeAIClient, show: Show, tmp_path: Path
) -> None:
    handle = client.dnn_model_repo.install_model(str(write_lora(tmp_path / "ink.safetensors")), inplace=True)
    bar = show(JobProgress, handle)
    bar.wait(lambda: row(bar)["what"].startswith("Installed · SD 1 LoRA"))
    client.dnn_model_repo.prune_install_jobs()
    bar.result("refresh")
    assert row(bar)["what"].startswith("Installed · SD 1 LoRA")
    assert repr(bar.panel) == bar.panel.plain_text() == f"{handle.info.source}: {row(bar)['what']}"


def test_the_bar_of_a_failure_goes_on_with_the_new_install(
    client: InvokeAIClient, show: Show, held: str, file_server: FileServer
) -> None:
    file_server.change("held.safetensors", status=404, hold_at=None)
    bar = show(JobProgress, client.dnn_model_repo.install_model(held))
    bar.wait(lambda: row(bar)["look"] == "failed")
    assert row(bar)["note"] == "Not Found"
    assert row(bar)["advice"]
    file_server.change("held.safetensors", status=200)
    assert bar.result("again", jobs=[row(bar)["id"]])[0]["ok"]
    bar.wait(lambda: row(bar)["what"].startswith("Installed"))
    assert len(bar.panel.jobs) == 1


def test_the_form_follows_what_was_installed_again(
    server: DemoServer, show: Show, held: str, file_server: FileServer
) -> None:
    file_server.change("held.safetensors", status=404, hold_at=None)
    form = show(InstallForm, server.url)
    form.result("install", sources=[held])
    form.wait(lambda: form.panel.jobs and row(form)["look"] == "failed")
    file_server.change("held.safetensors", status=200)
    assert form.result("again", jobs=[row(form)["id"]], sources=[row(form)["source"]])[0]["ok"]
    form.wait(lambda: row(form)["what"].startswith("Installed"))
    assert len(form.panel.jobs) == len(form.panel.started) == 1


def test_a_number_that_is_another_jobs_now_is_not_acted_on(
    server: DemoServer, client: InvokeAIClient, show: Show, held: str
) -> None:
    """As after a restart of the server, which counts anew: what was seen in the row is another job."""
    queue = show(InstallQueue, server.url)
    client.dnn_model_repo.install_model(held)
    number = half_way(queue)
    (refused,) = queue.result("cancel", jobs=[number], sources=["/models/other.safetensors"])
    assert not refused["ok"]
    assert "another job" in refused["message"]
    assert row(queue)["look"] == "moving"
    assert queue.result("cancel", jobs=[number], sources=[row(queue)["source"]])[0]["ok"]


def test_two_jobs_of_one_number_are_two_rows(client: InvokeAIClient, tmp_path: Path) -> None:
    handle = client.dnn_model_repo.install_model(str(write_lora(tmp_path / "a.safetensors")))
    old, new = handle.info, handle.info.replaced(source="/b.safetensors")
    rows = JobRows()
    made = rows.of([old, new])
    assert sorted(each["source"] for each in made) == sorted([old.source, "/b.safetensors"])
    assert [one is two for one, two in zip(made, rows.of([old, new]), strict=True)] == [True, True]


def test_jobs_of_two_servers_are_not_one_bar(client: InvokeAIClient, begin: Begin, tmp_path: Path) -> None:
    path = str(write_lora(tmp_path / "ink.safetensors"))
    with InvokeAIClient.from_url(begin().url) as other:
        handles = [each.dnn_model_repo.install_model(path) for each in (client, other)]
        with pytest.raises(InvalidInput, match="several servers"):
            JobProgress(handles)


@pytest.mark.parametrize("junk", ["abc", [1], 5, None])
def test_what_is_no_handle_is_refused_in_words(junk: Any) -> None:
    with pytest.raises(InvalidInput, match="no install job"):
        JobProgress(junk)


def test_one_bar_over_several_handles(client: InvokeAIClient, show: Show, tmp_path: Path) -> None:
    handles = [
        client.dnn_model_repo.install_model(str(write_lora(tmp_path / f"{n}.safetensors")), inplace=True)
        for n in range(3)
    ]
    bar = show(JobProgress, handles)
    bar.wait(lambda: bar.panel.overall["text"] == "3 done")
    assert len(bar.panel.jobs) == 3
    with pytest.raises(InvalidInput, match="no install job"):
        JobProgress([])


@pytest.mark.anyio
async def test_the_bar_of_an_awaited_handle(
    server: DemoServer, show: Show, held: str, file_server: FileServer
) -> None:
    """Its client lives on this loop, which the test blocks; the bar moves on the widgets' own."""
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        handle = await client.dnn_model_repo.install_model(held)
        bar = show(JobProgress, handle)
        half_way(bar)
        file_server.release("held.safetensors")
        bar.wait(lambda: row(bar)["what"].startswith("Installed"))
        assert (await handle).status == "completed"


def test_the_plain_faces(server: DemoServer, client: InvokeAIClient, show: Show) -> None:
    client.dnn_model_repo.install_model("https://hub.invalid/<b>/x.safetensors")
    queue = show(InstallQueue, server.url)
    queue.wait(lambda: queue.panel.jobs and row(queue)["look"] == "failed")
    assert queue.panel.plain_text().splitlines()[0] == f"Installs at {server.url}/: 1 failed"
    html = queue.panel.plain_html()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html or "%3Cb%3E" in html
