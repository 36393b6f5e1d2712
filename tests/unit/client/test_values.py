"""Whatever a server sends is read, and nothing of it is lost on the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from invokeai_widgets.client.endpoints import hub, readers
from invokeai_widgets.client.events import _job_event as job_event
from invokeai_widgets.client.merge import apply_event
from invokeai_widgets.client.schema import (
    AuthStatus,
    CacheStats,
    FoundModel,
    HuggingFaceFiles,
    InstallStatus,
    ModelInstJobInfo,
    ModelRecord,
    OrphanedFolder,
    ServerVersion,
    User,
    Wire,
)
from invokeai_widgets.client.secrets import redact
from tests.support.schemas import ANYTHING, allowed, unheard_of

thorough = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@thorough
@given(allowed("Record"))
def test_a_record_is_read_and_goes_back_unchanged(raw: Any) -> None:
    record = ModelRecord.from_wire(raw)
    assert record.to_wire() == raw
    assert all(getattr(record, name) == value for name, value in raw.items())  # all of it is understood
    assert [each.to_wire() for each in readers.model_list(json.dumps({"models": [raw, raw]}).encode())] == [
        raw,
        raw,
    ]
    assert record == ModelRecord.from_wire(json.loads(json.dumps(raw)))
    assert record.name in str(record) or not record.name.isprintable() or "\\" in repr(record.name)


@thorough
@given(unheard_of("Record"))
def test_a_record_of_another_version_too(raw: Any) -> None:
    assert ModelRecord.from_wire(raw).to_wire() == raw


@thorough
@given(st.lists(unheard_of("Record") | ANYTHING, max_size=4))
def test_a_list_is_read_whatever_is_in_it(raw: list[Any]) -> None:
    body = json.dumps({"models": raw}).encode()
    assert [record.to_wire() for record in readers.model_list(body)] == [
        each for each in raw if isinstance(each, dict)
    ]


def lossless(info: ModelInstJobInfo, raw: dict[str, Any]) -> bool:
    """Whether all of the body is there again, but for its secrets."""
    return info.to_wire() == redact(raw)


@thorough
@given(allowed("Job"))
def test_a_job_is_read_and_nothing_is_lost(raw: Any) -> None:
    info = ModelInstJobInfo.from_wire(raw)
    assert (info.job_id, info.status) == (raw["id"], raw.get("status", "waiting"))
    assert lossless(info, raw)
    assert info.progress is None or 0 <= info.progress <= 1
    assert ModelInstJobInfo.from_wire(info.to_wire()).to_wire() == info.to_wire()


@thorough
@given(unheard_of("Job"))
def test_a_job_of_another_version_too(raw: Any) -> None:
    if type(raw.get("id")) is not int:
        with pytest.raises(ValueError, match="no id"):
            ModelInstJobInfo.from_wire(raw)
    else:
        assert lossless(ModelInstJobInfo.from_wire(raw), raw)


@thorough
@given(allowed("Job"), st.sampled_from(["hf_Secret_Token", "p4ssw0rd-of-mine"]))
def test_a_job_keeps_no_secret(raw: Any, secret: str) -> None:
    raw = {
        **raw,
        "source": {
            "type": "url",
            "url": f"https://me:{secret}@host/x?token={secret}",
            "access_token": secret,
        },
        "error": f"403 for {secret}",
        "download_parts": [{"source": f"https://host/x?api_key={secret}", "access_token": secret}],
    }
    info = ModelInstJobInfo.from_wire(raw)
    assert secret not in f"{info!r}{info}{info.extra}{info.to_wire()}"
    assert info.source == "https://host/x?token=***"


KINDS: dict[str, type[Wire]] = {
    "CacheStats": CacheStats,
    "FoundModel": FoundModel,
    "OrphanedModelInfo": OrphanedFolder,
    "UserDTO": User,
    "SetupStatusResponse": AuthStatus,
    "HuggingFaceModels": HuggingFaceFiles,
    "AppVersion": ServerVersion,
}


@pytest.mark.parametrize("root", KINDS)
@thorough
@given(st.data())
def test_other_values(root: str, data: st.DataObject) -> None:
    for raw in (data.draw(allowed(root)), data.draw(unheard_of(root))):
        assert KINDS[root].from_wire(raw).to_wire() == raw


@thorough
@given(allowed("StarterModelResponse"))
def test_suggestions(raw: Any) -> None:
    found = hub.starter_models().read(json.dumps(raw).encode())
    assert [model.to_wire() for model in found.models] == raw["starter_models"]
    assert {bundle.key for bundle in found.bundles} == set(raw["starter_bundles"])


EVENTS = {
    "download_progress": "ModelInstallDownloadProgressEvent",
    "downloads_complete": "ModelInstallDownloadsCompleteEvent",
    "started": "ModelInstallStartedEvent",
    "complete": "ModelInstallCompleteEvent",
    "error": "ModelInstallErrorEvent",
    "cancelled": "ModelInstallCancelledEvent",
}


@pytest.mark.parametrize("kind", EVENTS)
@thorough
@given(st.data())
def test_events(kind: str, data: st.DataObject) -> None:
    """Whatever an event holds, it is taken in, or the job is read instead; and nothing of it is lost."""
    known = ModelInstJobInfo.from_wire(data.draw(allowed("Job")))
    for raw in (data.draw(allowed(EVENTS[kind])), data.draw(unheard_of(EVENTS[kind]))):
        event = job_event(kind, {**raw, "id": known.job_id})
        assert event.payload == redact({**raw, "id": known.job_id})
        info = apply_event(known, event)
        assert info is None or (info.job_id, info.source) == (known.job_id, known.source)
        if info is not None and not known.is_final:
            assert info.bytes >= known.bytes


def test_a_change_in_a_field_unknown_here_is_a_change() -> None:
    body = b'{"models": [{"key": "k", "x": "a?b"}, {"key": "k", "x": "ab"}, {"key": "k", "x": "ab"}]}'
    one, other, same = readers.model_list(body)
    assert one != other
    assert other == same


def test_what_rich_shows_is_what_the_repr_shows() -> None:
    record = ModelRecord.from_wire({"key": "k", "source": "https://me:p4ss@host/x", "secret": 1})
    assert "p4ss" not in f"{record!r}{record.__rich_repr__()}"
    info = ModelInstJobInfo.from_wire({"id": 0, "config_in": {"name": "x"}})
    assert {name for name, _ in info.__rich_repr__()}.isdisjoint({"extra", "told_"})


def test_two_reads_of_a_record_are_equal() -> None:
    first = ModelRecord(key="a", cover_image="api/v2/models/i/a/image?1", trigger_phrases=["a", "b"])
    second = ModelRecord(key="a", cover_image="api/v2/models/i/a/image?2", trigger_phrases=["b", "a"])
    assert first == second
    assert hash(first) == hash(second)
    assert first != ModelRecord(key="a", cover_image=None, trigger_phrases=["a", "b"])
    assert first != ModelRecord(key="a", cover_image=first.cover_image, trigger_phrases=["a"])
    assert first != "a"


@pytest.mark.parametrize("kind", [ModelRecord, FoundModel])
@pytest.mark.parametrize(
    ("one", "other"), [({"path": 1}, {"path": 2}), ({"new": 1}, {"new": 2}), ({"path": []}, {})]
)
def test_records_that_were_sent_otherwise_are_not_equal(
    kind: type[Wire], one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert kind.from_wire(one) != kind.from_wire(other)
    assert kind.from_wire(one) == kind.from_wire(dict(one))


@pytest.mark.parametrize(
    ("path", "in_place"),
    [("/models/x.ckpt", True), ("C:\\models\\x.ckpt", True), ("key/x.ckpt", False), ("sd-1/lora/x", False)],
)
def test_in_place(path: str, in_place: bool) -> None:
    assert ModelRecord(path=path).in_place is in_place


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ({"type": "hf", "repo_id": "a/b", "variant": None, "subfolder": None}, "a/b"),
        ({"type": "hf", "repo_id": "a/b", "variant": "fp16", "subfolder": None}, "a/b:fp16"),
        ({"type": "hf", "repo_id": "a/b", "variant": None, "subfolder": "c"}, "a/b::c"),
        ({"type": "external", "provider_id": "p", "provider_model_id": "m"}, "external://p/m"),
        ({"type": "local", "path": "/x"}, "/x"),
        ({"type": "new", "what": 1}, ""),
    ],
)
def test_sources_as_they_are_typed(source: dict[str, Any], shown: str) -> None:
    info = ModelInstJobInfo.from_wire({"id": 0, "source": source})
    assert (info.source, info.source_type) == (shown, source["type"])


def test_the_end_of_a_job() -> None:
    ends = {status: ModelInstJobInfo(job_id=0, status=status) for status in InstallStatus.FINAL}
    assert all(info.is_final for info in ends.values())
    assert [info.is_failed for info in ends.values()].count(False) == 1
    assert not ModelInstJobInfo(job_id=0, status="dreaming").is_final
    assert ends["completed"].progress == 1
    assert ModelInstJobInfo(job_id=0, bytes=5, total_bytes=0).progress is None
    assert ModelInstJobInfo(job_id=0, bytes=5, total_bytes=4).progress == 1
