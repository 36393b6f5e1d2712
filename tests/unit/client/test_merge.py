"""What is known of a job after news in any order: pure, without a server."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, strategies as st

from invokeai_widgets.client.events import JobEvent
from invokeai_widgets.client.merge import apply_event, merge_job, same_job
from invokeai_widgets.client.schema import DownloadPart, ModelInstJobInfo, ModelRecord

URL = "http://models.example/a.safetensors"
TOTAL = 1000
RECORD = ModelRecord(key="k1", name="a")
DONE = {"config_out": RECORD, "model_key": "k1"}


def job(status: str, count: int = 0, **more: Any) -> ModelInstJobInfo:
    return ModelInstJobInfo(job_id=1, source=URL, status=status, bytes=count, total_bytes=TOTAL, **more)


def event(kind: str, **payload: Any) -> JobEvent:
    return JobEvent(kind, 1, URL, payload)


def progress(count: int, total: int = TOTAL) -> JobEvent:
    return event("download_progress", bytes=count, total_bytes=total)


def after(known: ModelInstJobInfo, *events: JobEvent) -> ModelInstJobInfo:
    for each in events:
        news = apply_event(known, each)
        assert news is not None
        known = news
    return known


# --- events ---


def test_a_download_from_events_alone() -> None:
    done = after(
        job("waiting"),
        progress(100),
        progress(1000),
        event("downloads_complete"),
        event("started"),
        event("complete", key="k1", total_bytes=TOTAL, config={"key": "k1", "name": "a", "type": "lora"}),
    )
    assert (done.status, done.model_key, done.progress) == ("completed", "k1", 1.0)
    assert done.config_out is not None
    assert done.config_out.type == "lora"


def test_an_event_that_comes_twice_changes_nothing() -> None:
    once = after(job("waiting"), progress(100))
    assert after(once, progress(100)) is once
    running = after(once, event("started"))
    assert after(running, event("started")) is running


def test_bytes_of_late_events_do_not_run_backwards() -> None:
    assert after(job("waiting"), progress(500), progress(300)).bytes == 500


@pytest.mark.parametrize("status", ["downloads_done", "running"])
def test_late_progress_does_not_take_a_state_back(status: str) -> None:
    known = job(status, 1000)
    assert after(known, progress(300)) is known


def test_progress_of_a_paused_download_is_late_or_tells_that_somebody_else_resumed_it() -> None:
    paused = job("paused", 500)
    assert after(paused, progress(500)) is paused
    assert apply_event(paused, progress(501)) is None


@pytest.mark.parametrize("status", ["completed", "error", "cancelled", "lost"])
def test_after_the_end_an_event_only_makes_us_read_the_job(status: str) -> None:
    assert apply_event(job(status, 1000), progress(300)) is None


def test_the_end_told_twice_is_no_news() -> None:
    done = job("completed", 1000, **DONE)
    assert apply_event(done, event("complete", config={"key": "k1"})) is done


def test_a_completion_without_record_makes_us_read_the_job() -> None:
    assert apply_event(job("running", 1000), event("complete", key="k1")) is None


def test_an_unknown_event_makes_us_read_the_job() -> None:
    assert apply_event(job("running", 1000), event("melted")) is None


def test_an_error_keeps_the_words_of_the_server() -> None:
    failed = after(job("running"), event("error", error_type="ValueError", error="no"))
    assert (failed.status, failed.error_reason, failed.error) == ("error", "ValueError", "no")


def test_files_get_their_bytes_and_keep_their_order() -> None:
    parts = tuple(DownloadPart(url=f"{URL}/{name}") for name in "ab")
    told = [
        {"url": f"{URL}/b", "bytes": 5, "total_bytes": 5, "local_path": "/x/b"},
        {"url": f"{URL}/a", "bytes": 0, "total_bytes": 0, "local_path": "None"},
    ]
    known = after(job("waiting", parts=parts), event("download_progress", bytes=5, total_bytes=9, parts=told))
    assert [(part.url[-1], part.status, part.bytes, part.local_path) for part in known.parts] == [
        ("a", "waiting", 0, None),
        ("b", "completed", 5, "/x/b"),
    ]


# `handle.info.parts[0]` is what one fetches again; a failure heard of before the first body had none.
def test_a_download_that_failed_before_its_files_were_told_is_read() -> None:
    remote = {"source": {"type": "url", "url": URL}}
    failed = event("error", error="cut", error_type="ChunkedEncodingError")
    assert apply_event(job("downloading", extra=remote), failed) is None
    known = after(job("downloading", extra=remote, parts=(DownloadPart(url=URL),)), failed)
    assert (known.status, known.error, [part.url for part in known.parts]) == ("error", "cut", [URL])
    assert after(job("running"), failed).error == "cut"


def test_the_files_of_an_ended_job_are_taken_in_later() -> None:
    part = DownloadPart(url=URL, status="completed")
    ended = job("completed", TOTAL, **DONE)
    known = merge_job(ended, ended.replaced(parts=(part,)))
    assert (known.parts, known.model_key) == ((part,), "k1")
    assert merge_job(known, ended) is known


@pytest.mark.parametrize("payload", [{}, {"bytes": "7"}, {"bytes": None, "parts": {"a": 1}}, {"parts": [1]}])
def test_odd_payloads_do_no_harm(payload: dict[str, Any]) -> None:
    assert after(job("downloading", 5), event("download_progress", **payload)).bytes == 5


# --- bodies ---


def test_a_body_says_how_it_is() -> None:
    assert merge_job(job("downloading", 500), job("paused", 600)).status == "paused"
    assert merge_job(job("paused", 600), job("waiting", 0)).bytes == 600


def test_the_same_news_gives_the_same_object() -> None:
    known = job("downloading", 500)
    assert merge_job(known, job("downloading", 500)) is known


def test_a_body_asked_for_before_an_event_takes_nothing_back() -> None:
    known = job("running", 1000)
    assert merge_job(known, job("downloading", 400), stale=True) is known
    paused = job("paused", 400)
    assert merge_job(paused, job("downloading", 400), stale=True) is paused


def test_a_total_once_known_stays_known() -> None:
    resumed = ModelInstJobInfo(job_id=1, source=URL, status="waiting", bytes=500, total_bytes=0)
    assert merge_job(job("paused", 500), resumed).total_bytes == TOTAL


def test_a_new_run_counts_from_where_it_says() -> None:
    assert merge_job(job("downloading", 900), job("downloading", 100), anew=True).bytes == 100
    assert merge_job(job("downloading", 900), job("downloading", 100)).bytes == 100  # surely newer
    assert merge_job(job("downloading", 900), job("downloading", 100), stale=True).bytes == 900


def test_a_server_that_starts_again_says_0_until_it_downloads() -> None:
    assert merge_job(job("downloading", 900), job("waiting", 0), anew=True).bytes == 900


# --- ends ---


def test_a_cancel_of_a_completed_job_leaves_the_model() -> None:
    known = job("completed", 1000, **DONE)
    assert merge_job(known, job("cancelled", 1000, **DONE)) is known


def test_a_job_cancelled_while_it_ran_completes_after_all() -> None:
    assert merge_job(job("cancelled"), job("completed", 1000, **DONE)).model_key == "k1"


@pytest.mark.parametrize("status", ["error", "cancelled"])
def test_a_failed_job_is_reopened_by_the_server_only(status: str) -> None:
    known = job(status, 900)
    reopened = merge_job(known, job("waiting", 0))
    assert (reopened.status, reopened.bytes) == ("waiting", 0)
    assert merge_job(known, job("downloading", 100), stale=True) is known


def test_a_completed_job_is_reopened_with_its_record() -> None:
    known = job("completed", 1000, **DONE)
    again = job("downloading", 10, **DONE)
    assert same_job(known, again)
    assert merge_job(known, again).status == "downloading"


# The server was restarted, and the first job it was given is of the same source again.
def test_a_new_job_of_the_same_number_and_source_is_another_one() -> None:
    assert not same_job(job("completed", 1000, **DONE), job("downloading", 10))


def test_another_source_is_another_job() -> None:
    other = ModelInstJobInfo(job_id=1, source="/elsewhere")
    assert not same_job(job("downloading"), other)


# --- any order ---

STORY = [progress(100), progress(550), progress(1000), event("downloads_complete"), event("started")]
ORDER = ["waiting", "downloading", "downloads_done", "running"]


@given(st.lists(st.sampled_from(range(len(STORY))), max_size=12))
def test_whatever_the_order_nothing_runs_backwards(picked: list[int]) -> None:
    states = [job("waiting")]
    for number in picked:
        states.append(after(states[-1], STORY[number]))
    for before, later in itertools.pairwise(states):
        assert later.bytes >= before.bytes
        assert ORDER.index(later.status) >= ORDER.index(before.status)
    assert states[-1].status == after(job("waiting"), *(STORY[number] for number in sorted(picked))).status
