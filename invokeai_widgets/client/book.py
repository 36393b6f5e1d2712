"""All jobs of a server as far as they are known: told from each other, kept true, found again. No I/O.

The server's numbers begin at 0 again when it restarts, so a job is more than its number: each one is a
`Track`, which handles hold on to, and which may change its number, or outlive the server's memory of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .events import JobEvent
from .merge import apply_event, merge_job, same_job
from .schema import InstallStatus, ModelInstJobInfo
from .track import Track


class JobBook:
    """The tracks of one server. Times are seconds on one clock that never goes back."""

    def __init__(self) -> None:
        self._tracks: dict[int, Track] = {}
        self._strays: list[Track] = []  # unfinished, and their number is another job's now
        self._jobs: Mapping[int, ModelInstJobInfo] | None = None
        self.changed: set[int] = set()  # numbers; whoever tells others of them clears it
        self.ended: list[Track] = []  # whose `truth` has come to an end since it was looked at last
        self.has_new_model = False  # a job has completed since it was looked at last, not long before

    @property
    def jobs(self) -> Mapping[int, ModelInstJobInfo]:
        """All jobs by number; another object after each change."""
        if self._jobs is None:
            self._jobs = MappingProxyType(
                {number: track.info for number, track in sorted(self._tracks.items())}
            )
        return self._jobs

    @property
    def has_open(self) -> bool:
        """Whether any job has not come to its end."""
        return bool(self._strays) or any(not track.info.is_final for track in self._tracks.values())

    def get(self, job_id: int) -> Track | None:
        """The job that has this number now."""
        return self._tracks.get(job_id)

    def is_unclear(self, info: ModelInstJobInfo) -> bool:
        """Whether only the list tells if this is a new job, or an open one under another number."""
        if info.job_id in self._tracks or info.is_final:
            return False
        return any(t.truth.source == info.source and not t.truth.is_final for t in self._tracks.values())

    def put(
        self,
        info: ModelInstJobInfo,
        *,
        asked_at: float,
        now: float,
        anew: bool = False,
        own: bool = False,
        listed: bool = False,
    ) -> Track:
        """Take in a body about one job.

        `own`: the answer to what we asked of it, which settles its state. `listed`: with all others, so that
        those which are under their old numbers have not moved.
        """
        track = self._tracks.get(info.job_id)
        if track is not None and _is_other(track, info, float("-inf") if own else asked_at):
            self._displace(track)
            track = None
        if track is None:
            track = self._elsewhere(info, asked_at, listed)
            if track is None:
                self.has_new_model |= not listed and info.status == InstallStatus.COMPLETED
                return self._enter(info, now)
            return self._found_again(track, info, now)
        stale = not own and track.told_at > asked_at
        self._take(track, merge_job(track.truth, info, stale=stale, anew=anew), now)
        return track

    def attach(self, info: ModelInstJobInfo, now: float) -> Track:
        """The track of a job of which somebody holds a state, nobody knows how old."""
        track = self._tracks.get(info.job_id)
        if track is None or info.job_id < 0:  # there was nothing to do: each of these is an end of its own
            return self._enter(info, now)
        if track.truth.source == info.source:
            return track
        track = self.find(info.source)
        if track is None:
            track = Track(info, now)
            self.watch_out(track)
        return track

    def find(self, source: str) -> Track | None:
        """A job of that source, rather one that goes on."""
        tracks = [track for track in (*self._strays, *self._tracks.values()) if track.truth.source == source]
        return min(tracks, key=lambda track: track.truth.is_final, default=None)

    def put_list(
        self, infos: Iterable[ModelInstJobInfo], *, asked_at: float, now: float, restarted: bool = False
    ) -> None:
        """Take in the whole list: find jobs again by source under new numbers, and see which are gone.

        `restarted`: the server was away before; runs may have begun anew.
        """
        listed = {info.job_id: info for info in infos}
        for number, track in list(self._tracks.items()):
            if track.told_at <= asked_at and not _is(track, listed.get(number)):
                self._displace(track)
        for info in _open_ones_first(listed.values()):
            self.put(info, asked_at=asked_at, now=now, anew=restarted, listed=True)
        for track in [track for track in self._strays if track.told_at <= asked_at]:
            self._lose(track, now)

    def hear(self, event: JobEvent, now: float) -> bool:
        """Take in an event. False: it does not fit what is known, and the job must be read."""
        track = self._tracks.get(event.job_id)
        if track is None or track.truth.source != event.source:
            return False
        news = apply_event(track.truth, event)
        if news is None:
            return False
        track.told_at = now
        self._take(track, news, now)
        return True

    def hold_end(self, track: Track) -> bool:
        """Something of ours is to be done when this job ends; whether it has ended already."""
        track.has_work, track.finished = True, False
        if not track.is_held:
            return False
        track.info = track.truth.replaced(status=InstallStatus.RUNNING)
        self._note_change(track.truth.job_id)
        return True

    def watch_out(self, track: Track) -> None:
        """Look for this job in the next list, if it is not under its number."""
        is_known = self._tracks.get(track.truth.job_id) is track or track in self._strays
        if not is_known and not track.truth.is_final:
            self._strays.append(track)

    def settle(self, track: Track, info: ModelInstJobInfo, now: float) -> None:
        """The end of a job is this, now that our own work for it is done."""
        track.finished = True
        track.truth = info
        self.renew(track, now)

    def renew(self, track: Track, now: float) -> None:
        """Show a track anew, where something beside the server's word has changed."""
        if track.show(now):
            self._note_change(track.info.job_id)

    def renew_stalled(self, now: float) -> None:
        """Let downloads that stand still say so."""
        for track in self._tracks.values():
            if track.is_stalled(now):
                self.renew(track, now)

    def forget_unlisted(self) -> None:
        """Drop the jobs that no list has: the lost ones, and those that were not started."""
        for track in [track for track in self._tracks.values() if _is(track, None)]:
            self._leave(track)

    def _enter(self, info: ModelInstJobInfo, now: float) -> Track:
        track = self._tracks[info.job_id] = Track(info, now)
        self._note_change(info.job_id)
        if info.is_final:
            self.ended.append(track)
        return track

    def _take(self, track: Track, truth: ModelInstJobInfo, now: float) -> None:
        """Set what is known of a job."""
        track.told_at = now
        if truth is track.truth:
            return
        before, track.truth = track.truth, truth
        if not truth.is_final:
            track.finished = False
            track.cancel_asked = track.cancel_asked and not before.is_final
        elif truth.status != before.status:
            self.ended.append(track)
            self.has_new_model |= truth.status == InstallStatus.COMPLETED
        self.renew(track, now)

    def _elsewhere(self, info: ModelInstJobInfo, asked_at: float, listed: bool) -> Track | None:
        """The job of that source which a body under a new number is about, if it is known.

        It was displaced; or, where the list cannot be read, it is still under its old number: no server has
        two jobs of one source that go on.
        """
        stay = listed or info.is_final
        old = (track for track in self._tracks.values() if not stay and track.told_at <= asked_at)
        known = (*self._strays, *(track for track in old if not track.truth.is_final))
        return next((track for track in known if track.truth.source == info.source), None)

    def _found_again(self, track: Track, info: ModelInstJobInfo, now: float) -> Track:
        """A job that was known under another number is this one now."""
        if track in self._strays:
            self._strays.remove(track)
        else:
            self._leave(track)
        self._tracks[info.job_id] = track
        self._note_change(info.job_id)
        self._take(track, merge_job(track.truth, info, anew=True), now)
        return track

    def _displace(self, track: Track) -> None:
        """Its number is another job's, or nobody's. If it has not ended, it may be found again."""
        self._leave(track)
        if not track.truth.is_final:
            self._strays.append(track)

    def _lose(self, track: Track, now: float) -> None:
        """It is nowhere. It stays where it was, as lost, unless its number is taken."""
        self._strays.remove(track)
        number = track.truth.job_id
        if number not in self._tracks:
            self._tracks[number] = track
            self._note_change(number)
        self._take(track, track.truth.replaced(status=InstallStatus.LOST), now)

    def _leave(self, track: Track) -> None:
        self._tracks.pop(track.truth.job_id, None)
        self._note_change(track.truth.job_id)

    def _note_change(self, number: int) -> None:
        self._jobs = None
        self.changed.add(number)


def _is_other(track: Track, info: ModelInstJobInfo, asked_at: float) -> bool:
    """Whether a body is about another job, whose number this was. An old body is not taken for a new job."""
    if track.truth.source != info.source:
        return True
    return track.told_at <= asked_at and not same_job(track.truth, info)


def _is(track: Track, listed: ModelInstJobInfo | None) -> bool:
    """Whether a track is what the list has under its number.

    One that the server does not know stays until its number is taken: it is lost, or was not started at all
    (a number below 0), as the model was there.
    """
    if listed is None:
        return track.truth.job_id < 0 or track.truth.status == InstallStatus.LOST
    return same_job(track.truth, listed)


def _open_ones_first(infos: Iterable[ModelInstJobInfo]) -> list[ModelInstJobInfo]:
    """In an order in which an ended job of the same source is not taken for one that still goes on.

    Displaced jobs are matched by source in the order in which bodies are put: those in the list first that go
    on still, then those that have ended in the meantime.
    """
    return sorted(infos, key=lambda info: info.is_final)
