"""Telling jobs apart and finding them again, when a server begins its numbers at 0. Pure; times are ours."""

from __future__ import annotations

from typing import Any

from invokeai_widgets.client.book import JobBook
from invokeai_widgets.client.events import JobEvent
from invokeai_widgets.client.schema import ModelInstJobInfo, ModelRecord
from invokeai_widgets.client.track import Track

RECORD = ModelRecord(key="k", name="a")


def job(number: int, source: str, status: str = "downloading", **more: Any) -> ModelInstJobInfo:
    return ModelInstJobInfo(job_id=number, source=source, status=status, **more)


def book_of(*jobs: ModelInstJobInfo) -> tuple[JobBook, list[Track]]:
    book = JobBook()
    return book, [book.put(info, asked_at=0, now=1) for info in jobs]


def listed(book: JobBook, *jobs: ModelInstJobInfo, at: float = 2, restarted: bool = True) -> None:
    book.put_list(jobs, asked_at=at, now=at + 1, restarted=restarted)


def seen(*tracks: Track) -> list[tuple[int, str]]:
    return [(track.info.job_id, track.info.status) for track in tracks]


def test_a_job_under_a_new_number_is_the_same_job() -> None:
    book, (track,) = book_of(job(7, "/a"))
    listed(book, job(0, "/a", bytes=5))
    assert seen(track) == [(0, "downloading")]
    assert dict(book.jobs) == {0: track.info}


# An event told of the new number before the list was read; the handle of the old number ended as lost.
def test_a_job_that_is_read_under_a_new_number_before_the_list() -> None:
    book, (ended, track) = book_of(job(0, "/b", "completed", config_out=RECORD), job(1, "/a", bytes=5))
    assert book.put(job(0, "/a", bytes=7), asked_at=2, now=3) is track
    listed(book, job(0, "/a", bytes=8), at=4)
    assert seen(ended, track) == [(0, "completed"), (0, "downloading")]
    assert dict(book.jobs) == {0: track.info}
    late = book.put(job(1, "/a", bytes=6), asked_at=1, now=6)  # asked for before the restart
    assert late is not track


def test_another_job_of_the_same_source_is_not_taken_for_the_one_that_ended_unheard() -> None:
    """A paused job that is cancelled tells no event, and addresses that differ in a token look alike."""
    book, (mine,) = book_of(job(0, "/a", "paused"))
    new = job(1, "/a")
    assert book.is_unclear(new)
    assert not book.is_unclear(job(0, "/a"))
    assert not book.is_unclear(job(1, "/b"))
    listed(book, job(0, "/a", "cancelled"), new, restarted=False)
    assert seen(mine) == [(0, "cancelled")]
    assert not book.is_unclear(job(2, "/a", "completed"))
    listed(book, job(0, "/a", "cancelled"), job(1, "/a"), job(2, "/a"), at=4, restarted=False)
    assert {number: info.status for number, info in book.jobs.items()} == {
        0: "cancelled",
        1: "downloading",
        2: "downloading",
    }


def test_what_had_nothing_to_do_is_an_end_of_its_own() -> None:
    book, _ = book_of(job(4, "/b", "error"))
    first = book.attach(job(-1, "/a", "completed", model_key="k1"), 1)
    second = book.attach(job(-1, "/a", "completed", model_key="k2"), 2)
    third = book.attach(job(-1, "/b", "completed"), 3)
    assert [track.info.model_key for track in (first, second)] == ["k1", "k2"]
    assert third.info.status == "completed"


def test_two_jobs_that_change_their_numbers() -> None:
    book, (a, b) = book_of(job(0, "/a"), job(1, "/b"))
    listed(book, job(0, "/b"), job(1, "/a"))
    assert seen(a, b) == [(1, "downloading"), (0, "downloading")]


def test_a_job_that_is_nowhere_is_lost_and_stays_to_be_seen() -> None:
    book, (a, b) = book_of(job(0, "/a"), job(1, "/b"))
    listed(book, job(0, "/b"))
    assert seen(a, b) == [(0, "lost"), (0, "downloading")]
    assert dict(book.jobs) == {0: b.info}  # its number is taken
    listed(book, at=5)
    assert dict(book.jobs) == {0: b.info}
    assert b.info.status == "lost"
    assert b.info.advice is not None


def test_what_is_lost_is_forgotten_with_the_ended_ones() -> None:
    book, (track,) = book_of(job(0, "/a"))
    listed(book)
    book.forget_unlisted()
    assert dict(book.jobs) == {}
    assert track.info.status == "lost"


def test_an_ended_job_that_is_cleared_away_stays_what_it_was() -> None:
    book, (done, failed) = book_of(job(0, "/a", "completed", config_out=RECORD), job(1, "/b", "error"))
    listed(book)
    assert seen(done, failed) == [(0, "completed"), (1, "error")]
    assert dict(book.jobs) == {}


# The new process gave number 0 to another job: the handle of the old one showed that one's progress.
def test_another_job_under_the_old_number() -> None:
    book, (done,) = book_of(job(0, "/a", "completed", config_out=RECORD))
    other = book.put(job(0, "/b", "waiting"), asked_at=2, now=3)
    assert seen(done, other) == [(0, "completed"), (0, "waiting")]
    assert dict(book.jobs) == {0: other.info}


# The answer to an install came quickly after news of the job that had its number before the restart.
def test_another_job_under_the_old_number_a_moment_later() -> None:
    book, (track,) = book_of(job(0, "/a"))
    other = book.put(job(0, "/b", "waiting"), asked_at=0, now=2)
    assert seen(track, other) == [(0, "downloading"), (0, "waiting")]
    listed(book, job(0, "/b", "waiting"), job(1, "/a"))
    assert seen(track, other) == [(1, "downloading"), (0, "waiting")]


def test_an_old_body_is_not_taken_for_a_new_job() -> None:
    book, (done,) = book_of(job(0, "/a", "completed", config_out=RECORD))
    assert book.put(job(0, "/a", "running"), asked_at=0.5, now=2) is done
    assert seen(done) == [(0, "completed")]


def test_the_same_source_installed_again_under_the_same_number() -> None:
    book, (done,) = book_of(job(0, "/a", "completed", config_out=RECORD))
    again = book.put(job(0, "/a", "waiting"), asked_at=2, now=3)
    assert again is not done
    assert seen(done, again) == [(0, "completed"), (0, "waiting")]


def test_a_job_that_goes_on_is_preferred_to_an_ended_one_of_the_same_source() -> None:
    book, (track,) = book_of(job(7, "/a"))
    listed(book, job(0, "/a", "error"), job(1, "/a", "paused"))
    assert seen(track) == [(1, "paused")]
    assert sorted(book.jobs) == [0, 1]


def test_a_job_that_ended_while_nobody_looked() -> None:
    book, (track,) = book_of(job(7, "/a"))
    listed(book, job(0, "/a", "completed", config_out=RECORD))
    assert seen(track) == [(0, "completed")]


# A list asked for before the install was started does not have it.
def test_a_list_that_is_older_than_the_job_does_not_lose_it() -> None:
    book, (track,) = book_of(job(0, "/a"))
    listed(book, at=0.5)
    assert seen(track) == [(0, "downloading")]


def test_events_of_another_job_of_that_number_are_not_applied() -> None:
    book, (track,) = book_of(job(0, "/a", bytes=5))
    assert not book.hear(JobEvent("complete", 0, "/b", {"config": {"key": "x"}}), 2)
    assert not book.hear(JobEvent("started", 3, "/a", {}), 2)
    assert seen(track) == [(0, "downloading")]


def test_an_answer_of_ones_own_settles_the_state() -> None:
    book, (track,) = book_of(job(0, "/a", "waiting"))
    assert book.hear(JobEvent("download_progress", 0, "/a", {"bytes": 9}), 5)
    assert seen(track) == [(0, "downloading")]
    book.put(job(0, "/a", "paused", bytes=9), asked_at=4, now=6, own=True)
    assert seen(track) == [(0, "paused")]


def test_unchanged_jobs_keep_their_identity() -> None:
    book, (a, _) = book_of(job(0, "/a"), job(1, "/b"))
    before, kept = book.jobs, a.info
    listed(book, job(0, "/a"), job(1, "/b", bytes=5), restarted=False)
    assert book.jobs is not before
    assert book.jobs[0] is kept
    unchanged = book.jobs
    listed(book, job(0, "/a"), job(1, "/b", bytes=5), at=5, restarted=False)
    assert book.jobs is unchanged


def test_an_end_is_shown_when_our_work_for_it_is_done() -> None:
    book, (track,) = book_of(job(0, "/a", "running"))
    book.hold_end(track)
    book.ended.clear()
    listed(book, job(0, "/a", "completed", config_out=RECORD))
    assert seen(track) == [(0, "running")]
    assert book.ended == [track]
    assert book.has_open
    book.settle(track, track.truth.replaced(warning="look"), 9)
    assert seen(track) == [(0, "completed")]
    assert track.info.warning == "look"
    listed(book, job(0, "/a", "completed", config_out=RECORD), at=20)
    assert track.info.warning == "look"


def test_the_work_is_due_again_after_the_job_was_reopened() -> None:
    book, (track,) = book_of(job(0, "/a", "running"))
    book.hold_end(track)
    listed(book, job(0, "/a", "error"))
    book.settle(track, track.truth, 4)
    assert seen(track) == [(0, "error")]
    listed(book, job(0, "/a", "waiting"), at=5)
    listed(book, job(0, "/a", "completed", config_out=RECORD), at=7)
    assert seen(track) == [(0, "waiting")]
    assert track.is_held


def test_a_cancel_that_came_too_late_is_said() -> None:
    book, (track,) = book_of(job(0, "/a", "waiting"))
    track.cancel_asked = True
    book.renew(track, 2)
    assert track.info.warning is None
    listed(book, job(0, "/a", "cancelled"))
    assert track.info.warning is None
    listed(book, job(0, "/a", "completed", config_out=RECORD), at=5)
    assert track.info.warning is not None
    assert "delete_model('k')" in track.info.warning


def test_a_stalled_download_says_so() -> None:
    book, (track,) = book_of(job(0, "/a", bytes=0))
    book.put(job(0, "/a", bytes=100), asked_at=2, now=3)
    book.changed.clear()
    book.renew_stalled(4)
    assert not book.changed
    book.renew_stalled(60)
    assert book.changed == {0}
    assert track.info.speed == 0


# Neither an event nor the files in the body tell of it.
def test_a_download_that_cannot_go_on_says_what_to_do() -> None:
    book, (track,) = book_of(job(0, "/a", "paused", bytes=5))
    assert track.info.advice is None
    track.resumed_at = 5
    listed(book, job(0, "/a", "waiting"), restarted=False)
    assert track.info.advice is None
    listed(book, job(0, "/a", "paused", bytes=5), at=5, restarted=False)
    assert "start it again" in (track.info.advice or "")
    listed(book, job(0, "/a", "paused", bytes=6), at=8, restarted=False)
    assert track.info.advice is None


def test_a_download_that_was_cancelled_after_it_was_resumed_says_why() -> None:
    book, (track,) = book_of(job(0, "/a", "downloading", bytes=5))
    track.resumed_at = 5
    listed(book, job(0, "/a", "cancelled", bytes=5), at=5, restarted=False)
    assert "If nobody cancelled it" in (track.info.advice or "")
    track.cancel_asked = True
    book.renew(track, 6)
    assert track.info.advice == "Install it again if you want the model after all."


# A bar in a notebook holds the state that a handle had when nobody watched it.
def test_an_old_state_is_only_good_to_find_the_job() -> None:
    book, (done, other) = book_of(job(0, "/a", "completed", config_out=RECORD), job(1, "/b"))
    assert book.attach(job(0, "/a", "waiting"), 9) is done
    assert book.attach(job(7, "/c", "waiting"), 9) is book.get(7)
    assert book.attach(job(0, "/b", "waiting"), 9) is other
    lost = book.attach(job(0, "/d", "waiting"), 9)
    assert seen(done, other, lost) == [(0, "completed"), (1, "downloading"), (0, "waiting")]
    listed(book, job(0, "/a", "completed", config_out=RECORD), job(1, "/b"), at=10)
    assert lost.info.status == "lost"
