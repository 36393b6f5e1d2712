"""The start of an install, where the server answers as no good one can be made to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from invokeai_widgets.client import installing
from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.errors import (
    InvalidInput,
    ModelInstallStartError,
    NotAllowed,
    NotLoggedIn,
    RequestTimedOut,
    ServerFault,
    UnexpectedReply,
    Unreachable,
)
from invokeai_widgets.client.schema import ModelInstJobInfo
from tests.support.scripted import HANG_UP, VERSION, Answer, ScriptedServer, Seen

pytestmark = pytest.mark.anyio

FILE = "/models/x.safetensors"
RECORD = {
    "key": "k",
    "name": "x",
    "path": FILE,
    "source": FILE,
    "type": "lora",
    "base": "sd-1",
    "format": "lycoris",
}


def job(number: int = 3, status: str = "completed", path: str = FILE, **more: Any) -> dict[str, Any]:
    record = RECORD if status == "completed" else None
    source = {"type": "local", "path": path, "inplace": True}
    return {"id": number, "status": status, "source": source, "inplace": True, "config_out": record, **more}


class Server(ScriptedServer):
    """Knows `models` and `jobs`, and answers every start with `start`."""

    def __init__(
        self,
        start: Answer,
        models: list[dict[str, Any]] | None = None,
        jobs: Callable[[int], Any] = lambda _: [],
    ) -> None:
        super().__init__(self._answer)
        self._start, self._models, self._jobs = start, models or [], jobs
        self.looks = 0
        self.starts: list[Seen] = []

    def _answer(self, seen: Seen) -> Answer:
        if seen.method == "POST":
            self.starts.append(seen)
            return self._start
        if seen.path.endswith("/version"):
            return VERSION
        if seen.path.endswith("/install"):
            listed = self._jobs(self.looks)
            self.looks += 1
            return listed if isinstance(listed, Answer) else Answer(body=listed)
        if "/install/" in seen.path:
            listed = self._jobs(self.looks)
            number = int(seen.path.rpartition("/")[2])
            return next((Answer(body=each) for each in listed if each["id"] == number), Answer(404, {}))
        return Answer(body={"models": self._models})


async def start(server: Server, source: str = FILE, **how: Any) -> ModelInstJobInfo:
    async with AsyncInvokeAIClient.from_url(server.url) as client:
        handle = await client.dnn_model_repo.install_model(source, **how)
        return await handle.wait_until(5)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "_LOOKS", (0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    "detail", ["A model with path 'x' is already installed", "Duplicate model", "x already exists"]
)
async def test_a_start_refused_as_the_model_is_there(detail: str) -> None:
    with Server(Answer(409, {"detail": detail}), [RECORD]) as server:
        info = await start(server)
    assert (info.status, info.model_key, info.extra["reason"]) == ("completed", "k", "already_installed")
    assert info.job_id == installing.NO_JOB


async def test_what_the_model_that_is_there_does_not_have_is_said() -> None:
    with Server(Answer(409, {"detail": "x already exists"}), [RECORD]) as server:
        info = await start(server, config={"name": "x", "trigger_phrases": ["ink"]})
    assert "trigger_phrases of it were not changed: see update_model" in (info.warning or "")


@pytest.mark.parametrize(
    "detail", ["x is already installed", "Unsupported model source", "No downloadable files found"]
)
async def test_another_conflict_is_a_failed_start(detail: str) -> None:
    with (
        Server(Answer(409, {"detail": detail})) as server,
        pytest.raises(ModelInstallStartError, match=detail),
    ):
        await start(server)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, {"detail": "Authentication required"}), NotLoggedIn),
        (Answer(403, {"detail": "Admin privileges required"}), NotAllowed),
        (
            Answer(422, {"detail": [{"loc": ["body", "name"], "msg": "too short", "type": "x"}]}),
            ModelInstallStartError,
        ),
        (Answer(500, b"Internal Server Error", "text/plain"), ModelInstallStartError),
        (Answer(503, b"<html>", "text/html"), ServerFault),
        (HANG_UP, Unreachable),
        (Answer(201, b"half an ans"), UnexpectedReply),
    ],
)
async def test_refusals_by_cause(answer: Answer, kind: type[Exception]) -> None:
    with Server(answer) as server, pytest.raises(kind) as caught:
        await start(server)
    assert caught.type is kind
    assert "Could not start the install" in str(caught.value)
    assert len(server.starts) == 1


async def test_the_server_is_not_there() -> None:
    async with AsyncInvokeAIClient.from_url("http://127.0.0.1:9") as client:
        with pytest.raises(Unreachable) as caught:
            await client.dnn_model_repo.install_model(FILE)
    assert not caught.value.maybe_done


@pytest.mark.parametrize("lost", [HANG_UP, Answer(504, b"<html>", "text/html"), Answer(201, b"half an ans")])
async def test_a_lost_answer_is_found_when_the_job_appears(lost: Answer) -> None:
    def jobs(look: int) -> Any:
        # Ended before the start; then the server is away; then the new one is there.
        old = job(0, "error", error_reason="OSError")
        return [[old], [old], HANG_UP, [old, job(1)]][min(look, 3)]

    with Server(lost, jobs=jobs) as server:
        info = await start(server)
    assert (info.job_id, info.status) == (1, "completed")
    assert len(server.starts) == 1


async def test_a_job_of_a_server_that_restarted_meanwhile_is_found_too() -> None:
    def jobs(look: int) -> Any:
        return [job(0, path="/other")] if look == 0 else [job(0)]

    with Server(HANG_UP, jobs=jobs) as server:
        assert (await start(server)).job_id == 0


async def test_an_old_end_of_another_caller_is_not_taken_for_ours() -> None:
    """It began and ended while nobody watched: since then the list had not been read."""

    def jobs(look: int) -> Any:
        return [] if look == 0 else [job(1, "error", error_reason="OSError")]

    with Server(HANG_UP, jobs=jobs) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            await client.jobs.refresh()
            with pytest.raises(Unreachable, match="Could not start"):
                await client.dnn_model_repo.install_model(FILE)


async def test_an_end_counts_for_nothing_if_the_jobs_before_are_not_known() -> None:
    def jobs(look: int) -> Any:
        return Answer(503, b"", "text/plain") if look < 3 else [job(1)]

    with Server(HANG_UP, jobs=jobs) as server, pytest.raises(Unreachable, match="Could not start"):
        await start(server)


async def test_a_fault_of_a_proxy_during_the_look_is_waited_out() -> None:
    answers = [[], Answer(502, b"", "text/plain"), Answer(502, b"", "text/plain")]
    proxy = Answer(502, b"", "text/plain")

    def jobs(look: int) -> Any:
        return answers[look] if look < len(answers) else [job(1)]

    with Server(proxy, jobs=jobs) as server:
        assert (await start(server)).job_id == 1
        assert len(server.starts) == 1


async def test_no_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invokeai_widgets.client.endpoints.installs.SLOW", 0.2)
    with Server(Answer(hang=True), jobs=lambda look: [job(1)] if look else []) as server:
        assert (await start(server)).job_id == 1
    with Server(Answer(hang=True)) as server, pytest.raises(RequestTimedOut, match="look before"):
        await start(server)


# The server answers with the job under way, and drops what else was asked for.
async def test_a_job_under_way_that_moves_the_file_is_not_joined_in_place() -> None:
    moving = job(7, "waiting", inplace=False)
    with (
        Server(Answer(201, moving)) as server,
        pytest.raises(ModelInstallStartError, match=r"job 7 installs .* already, and moves the file"),
    ):
        await start(server)


async def test_what_is_sent() -> None:
    config = {"name": "X", "description": None, "trigger_phrases": {"a"}}
    with Server(Answer(201, job())) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            repo = client.dnn_model_repo
            await repo.install_model(" HTTP://h/x y.ckpt ", config=config, access_token=" t0ken ")
            await repo.install_model(FILE, config=config)
        remote, local = server.starts
    assert "source=http%3A%2F%2Fh%2Fx+y.ckpt" in remote.path
    assert "access_token=t0ken" in remote.path
    assert "access_token" not in local.path
    assert json.loads(remote.body) == {"name": "X"}  # phrases make the server fail in a download
    assert json.loads(local.body) == {"name": "X", "trigger_phrases": ["a"]}


@pytest.mark.parametrize("config", ["name", ["name"], 3])
async def test_overrides_have_names(config: Any) -> None:
    with Server(Answer(201, job())) as server:
        async with AsyncInvokeAIClient.from_url(server.url) as client:
            with pytest.raises(InvalidInput, match="fields by name"):
                await client.dnn_model_repo.install_model(FILE, config=config)
        assert not server.starts


@pytest.mark.parametrize("number", ["3", 1.0, None, True])
async def test_a_job_has_a_number(number: Any) -> None:
    async with AsyncInvokeAIClient.from_url("http://127.0.0.1:1") as client:
        with pytest.raises(InvalidInput, match="not the number of an install job"):
            await client.dnn_model_repo.get_install_job(number)
