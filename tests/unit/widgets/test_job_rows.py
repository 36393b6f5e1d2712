"""Jobs in words, what may be done to them, and the sums over them."""

from __future__ import annotations

from typing import Any

import pytest

from invokeai_widgets.client.schema import ModelInstJobInfo
from invokeai_widgets.widgets.job_rows import JobRows, job_row
from invokeai_widgets.widgets.job_sums import summary

GB = 1_000_000_000
MB = 1_000_000


def job(
    job_id: int = 0, status: str = "downloading", *, local: bool = False, **known: Any
) -> ModelInstJobInfo:
    source = {"type": "local" if local else "url"}
    info = ModelInstJobInfo.from_wire({"id": job_id, "status": status, "source": source})
    return info.replaced(**{"source": f"source-{job_id}", **known})


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (
            job(bytes=9 * GB, total_bytes=int(23.8 * GB), speed=62e6, eta=240.0),
            "37 % · 9.0 of 23.8 GB · 62 MB/s · 4 min left",
        ),
        (job(bytes=104 * MB), "Downloading · 104 MB"),
        (job(bytes=104 * MB, total_bytes=170 * MB, speed=0.0), "61 % · 104 of 170 MB · no data for a while"),
        (job(status="paused", bytes=104 * MB, total_bytes=170 * MB), "Paused · 104 of 170 MB"),
        (job(status="waiting"), "Waiting"),
        (job(status="running"), "Taking it in"),
        (job(status="completed", extra={"reason": "already_installed"}), "Was already installed"),
        (job(status="defragmenting"), "defragmenting"),
    ],
)
def test_the_state_in_words(info: ModelInstJobInfo, words: str) -> None:
    assert job_row(info)["what"] == words


@pytest.mark.parametrize(
    ("info", "verbs"),
    [
        (job(status="waiting"), ["pause", "cancel"]),
        # Paused, a local job would be dropped by the server and hang for ever.
        (job(status="waiting", local=True), ["cancel"]),
        # What is being taken in cannot be stopped, and a download would end as a broken model.
        (job(status="running"), []),
        (job(status="running", local=True), []),
        (job(status="paused"), ["resume", "cancel"]),
        (job(status="completed"), []),
        (job(status="error"), ["again"]),
        (job(status="lost"), ["again"]),
        (job(status="cancelled"), ["again"]),
        (job(status="defragmenting"), ["cancel"]),
    ],
)
def test_what_may_be_done_depends_on_the_state(info: ModelInstJobInfo, verbs: list[str]) -> None:
    assert job_row(info)["actions"] == verbs


def test_how_full_the_bar_is() -> None:
    assert job_row(job(bytes=1, total_bytes=4))["share"] == 0.25
    assert job_row(job(bytes=104))["share"] is None  # nobody knows how much there is
    assert job_row(job(status="waiting"))["share"] == 0
    assert job_row(job(status="error", bytes=1, total_bytes=4))["share"] == 1


def test_a_refused_repository_has_a_link_to_its_page() -> None:
    refused = job(status="error", source="nobody/gated:fp16", error_reason="HTTPError", error="Unauthorized")
    assert job_row(refused)["link"] == "https://huggingface.co/nobody/gated"
    elsewhere = refused.replaced(source="https://example.org/a/b.safetensors")
    assert job_row(elsewhere)["link"] is None


def test_the_newest_is_first_and_what_has_not_changed_is_the_same_row() -> None:
    rows = JobRows()
    one, two = job(1), job(2)
    before = rows.of([one, two])
    assert [row["id"] for row in before] == [2, 1]
    after = rows.of([one, two.replaced(status="paused")])
    assert after[1] is before[1]
    assert after[0] is not before[0]


def test_the_sums() -> None:
    jobs = [
        job(4, bytes=9 * GB, total_bytes=24 * GB, speed=60e6),
        job(3, "paused", bytes=100 * MB, total_bytes=200 * MB),
        job(2, "error"),
        job(1, "completed"),
    ]
    sums = summary(jobs)
    assert sums["text"] == "1 running, 1 paused, 1 failed, 1 done · 9.1 of 24.2 GB · 4 min left"
    assert (sums["open"], sums["ended"]) == (2, 2)
    assert (sums["pausable"], sums["resumable"], sums["cancellable"]) == ([4], [3], [4, 3])


def test_the_bar_over_all_leaves_out_what_had_ended_before_and_never_falls() -> None:
    old = [job(number, "completed") for number in range(5)]
    assert summary(old)["share"] is None
    batch = [job(10, bytes=MB, total_bytes=2 * MB), job(11, "waiting")]
    assert summary([*old, *batch], before=range(5))["share"] == 0.25
    ended = [job(10, "completed"), job(11, "waiting")]
    assert summary([*old, *ended], before=range(5))["share"] == 0.5


def test_the_bar_over_all_is_about_bytes_as_the_words_beside_it() -> None:
    large, small = job(1, bytes=100 * MB, total_bytes=900 * MB), job(2, bytes=50 * MB, total_bytes=100 * MB)
    assert summary([large, small])["share"] == 0.15
    assert summary([large, job(2, "completed", bytes=100 * MB, total_bytes=100 * MB)])["share"] == 0.2
    assert summary([large, job(2, "error", bytes=0, total_bytes=0)])["share"] == pytest.approx(1 / 9)
    late = summary([large, job(2, "cancelled", bytes=50 * MB, total_bytes=100 * MB)])["share"]
    assert late == pytest.approx(150 / 950), "no more of it will come"


def test_without_the_size_of_each_no_time_is_promised() -> None:
    jobs = [job(1, bytes=MB, total_bytes=2 * MB, speed=1e6), job(2, "waiting")]
    assert "left" not in summary(jobs)["text"]
