"""What a real server was asked and answered, asked of the embedded one: it answers alike."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.fileserver import FileServer
from tests.support.tiny_models import write_lora, write_tiny_models
from tests.support.transcripts import Exchange, ask, fill_in, recorded, recorded_events, unlike
from tests.support.watched import INSTALL, MODELS, Watched

from .conftest import Start

# Not asked again, by label: what needs a file server, or the folder in which the server was started.
LEFT_OUT = {
    "relative": "is about the folder the server was started in",
    "the server's own working directory": "the same",
    "while a download runs": "needs a file server",
    "during a download": "the same",
    "convert a checkpoint that cannot load": "asks the real hub",
}
UNKNOWN_PATHS = ("/api/v1/app/runtime_config",)  # not of the model manager


class Replay:
    """One topic on one server."""

    def __init__(self, server: Watched, folder: Path) -> None:
        self.server, self.folder = server, folder
        self._keys: dict[tuple[str, bool], str] = {}

    def run(self, exchange: Exchange) -> list[str]:
        """Ask again; what is not alike."""
        places = {"<models>": str(self.folder), "<root>": str(self.server.server.root)}
        request = fill_in(exchange["request"], places, self.known)
        answer = ask(self.server.api, request)
        if request["path"].endswith("/install") and answer.status_code == 201:
            self.server.until(answer.json())
        body = fill_in(exchange["body"], places, self.known)
        got = answer.json() if exchange["content_type"] == "application/json" and answer.content else None
        found = []
        if answer.status_code != exchange["status"]:
            return [f"{exchange['status']} became {answer.status_code}: {answer.text[:200]}"]
        if answer.headers.get("content-type") != exchange["content_type"] and answer.content:
            found.append(f"{exchange['content_type']} became {answer.headers.get('content-type')}")
        return found + (refusal_unlike(body, got) if answer.status_code >= 400 else unlike(body, got))

    def known(self, mark: str, name: str) -> str:
        """What a mark in a transcript means here."""
        if mark == "hash of":
            found = [each["hash"] for each in self.server.models() if Path(each["path"]).name == name]
            return found[0] if found else "none"
        return self.key(name, mark == "in place")

    def key(self, name: str, in_place: bool) -> str:
        """The key of a file's record, which is made when it is asked for first."""
        if name == "gpt-image-1":
            return self._external()
        if (name, in_place) not in self._keys:
            source = self.folder / name
            there = (each for each in self.server.models() if Path(each["path"]).name == name)
            known = next((each for each in there if Path(each["path"]).is_absolute() == in_place), None)
            if known is None and not source.exists():
                return "gone"
            record = known or self.server.record(source, inplace=in_place)
            self._keys[name, in_place] = record["key"]
        return self._keys[name, in_place]

    def _external(self) -> str:
        if ("external", True) not in self._keys:
            self._keys["external", True] = self.server.record("external://openai/gpt-image-1")["key"]
        return self._keys["external", True]


def refusal_unlike(expected: Any, got: Any) -> list[str]:
    """Refusals are compared by their words, but for those that name 128 classes."""
    if expected is None or "validation error" in str(expected) or str(expected).endswith("...'}"):
        return unlike(expected, got)
    detail, ours = expected["detail"], (got or {}).get("detail")
    if isinstance(detail, str):
        return [] if detail == ours else [f"{detail!r} became {ours!r}"]
    told = [(each["type"], each["loc"], each["msg"]) for each in detail if not each["msg"].endswith("...")]
    ours_told = [(each["type"], each["loc"], each["msg"]) for each in ours or ()]
    return [f"{each} is lacking in {ours_told}" for each in told if each not in ours_told]


def flux_redux_goes(replay: Replay) -> None:
    replay.key("flux_redux.safetensors", True)
    (replay.folder / "flux_redux.safetensors").unlink(missing_ok=True)


def something_is_left_behind(replay: Replay) -> None:
    folder = replay.server.server.root / "models" / "left-behind"
    folder.mkdir()
    write_lora(folder / "a.safetensors")


def lora_flux_is_there(replay: Replay) -> None:
    replay.key("lora_flux.safetensors", True)


def the_library_is_full(replay: Replay) -> None:
    for path in sorted(replay.folder.iterdir()):
        if path.suffix == ".safetensors" and not path.name.startswith("truncated"):
            replay.key(path.name, True)


def the_lora_was_made_a_vae(replay: Replay) -> None:
    key = replay.key("lora_sd1.safetensors", False)
    assert replay.server.api.patch(f"{MODELS}/i/{key}", json={"type": "vae"}).status_code == 200


# What was done before an exchange, or the first of a topic.
BEFORE: dict[str, Callable[[Replay], None]] = {
    "after the file of an in-place model went away": flux_redux_goes,
    "its file is gone": flux_redux_goes,
    "one folder": something_is_left_behind,
    "the path of another record": lora_flux_is_there,
    "reidentify": the_lora_was_made_a_vae,
    "records": the_library_is_full,
}


@pytest.mark.parametrize(
    "topic",
    [
        "install_local_failure",
        "jobs",
        "records",
        "patch",
        "reidentify",
        "cover_image",
        "scan_and_orphans",
        "delete",
        "misc",
    ],
)
def test_answers(begin: Start, tmp_path: Path, topic: str) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    write_tiny_models(folder)
    shutil.copy(folder / "lora_sd1.safetensors", folder / "lora_big.safetensors")
    replay = Replay(begin(), folder)
    exchanges = recorded(topic)
    if topic == "jobs":
        replay.server.record(folder / "lora_sd1.safetensors")
    BEFORE.get(topic, lambda _: None)(replay)
    found, asked = {}, 0
    for exchange in exchanges:
        label, request = exchange["label"], exchange["request"]
        if label in LEFT_OUT or request["path"] in UNKNOWN_PATHS or request.get("params") == {"source": ""}:
            continue
        BEFORE.get(label, lambda _: None)(replay)
        asked += 1
        complaints = replay.run(exchange)
        if complaints:
            found[f"{label} {request}"] = complaints
    assert found == {}
    assert asked >= len(exchanges) - 4


def test_setup_of_users(begin: Start, tmp_path: Path) -> None:
    replay = Replay(begin(multiuser=True), tmp_path)
    found = {each["label"]: replay.run(each) for each in recorded("auth_setup")}
    assert {label: complaints for label, complaints in found.items() if complaints} == {}


def test_rights(begin: Start, tmp_path: Path) -> None:
    """Who may ask what: each route as a user without rights, and as nobody."""
    server = begin(multiuser=True)
    server.server.add_user("plain@example.org", "x")
    login = {"email": "plain@example.org", "password": "x"}
    token = server.api.post("/api/v1/auth/login", json=login).json()["token"]
    found = {}
    for row in recorded("rights"):
        method, path = row["request"].split(" ", 1)
        path = path.replace("{key}", "nope")
        # As a user 404, for the model that was there when this was recorded is not.
        expected = {row["user"], 404} if "{key}" in row["request"] and row["user"] == 200 else {row["user"]}
        expected |= {422, 404} if row["user"] in (200, 404) else set()
        for headers, wanted in (({"Authorization": f"Bearer {token}"}, expected), ({}, {row["nobody"]})):
            status = server.api.request(method, path, headers=headers).status_code
            if status not in wanted:
                found[row["request"], bool(headers)] = (wanted, status)
    assert found == {}


@pytest.mark.parametrize("scenario", list(recorded_events()))
def test_orders_of_events(
    server: Watched, file_server: FileServer, lora: Path, tmp_path: Path, scenario: str
) -> None:
    big = lora.read_bytes() + bytes(6_000_000)
    held: dict[str, Any] = {"content": big, "hold_at": 1_000_000}
    sources: dict[str, Callable[[], object]] = {
        "local": lambda: lora,
        "installed twice": lambda: lora,
        "url": lambda: file_server.add("x.safetensors", big),
        "not found": lambda: file_server.add("x.safetensors", b"", status=404),
        "a web page": lambda: file_server.add("x.safetensors", b"<html>"),
        "no model": lambda: file_server.add("notes.txt", b"no model"),
        "cut": lambda: file_server.add("x.safetensors", big, cut_after=3_000_000),
        "nobody there": lambda: "http://127.0.0.1:9/x.safetensors",
        "paused and resumed": lambda: file_server.add("x.safetensors", **held),
        "cancelled": lambda: file_server.add("x.safetensors", **held),
    }
    if scenario == "installed twice":
        server.record(lora)
    server.listen()
    job = server.install(sources[scenario]())
    path = f"{INSTALL}/{job['id']}"
    if scenario in ("paused and resumed", "cancelled"):
        server.until_bytes(job, 500_000)
    if scenario == "paused and resumed":
        server.api.post(f"{path}/pause")
        server.api.post(f"{path}/resume")
        file_server.release("x.safetensors")
    if scenario == "cancelled":
        server.api.delete(path)
    server.until(job)
    server.hears(*recorded_events()[scenario])
