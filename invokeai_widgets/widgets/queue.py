"""`InstallQueue`: every install job of a server, with what may be done about each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.live.outcome import Outcome
from invokeai_widgets.widgets.base import Panel
from invokeai_widgets.widgets.faces import problem_text, table_html, table_text
from invokeai_widgets.widgets.job_rows import JobRows, Row
from invokeai_widgets.widgets.job_sums import summary

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelInstJobInfo
    from invokeai_widgets.live.store import Snapshot

_FEW = 30
"""Up to so many rows are sent whole at each change; of more, only those that changed."""

_SHOWN = 50  # rows of the plain faces
_LOOK = "The server was started anew: look at the list again."
_Verb = Callable[[list[int]], Awaitable[list[Outcome]]]


class JobsPanel(Panel):
    """What the queue and the single bar share: rows of jobs and the verbs on them.

        Python -> browser   {kind: "jobs", put: [row, ...], gone: ["id source", ...]}   of a long queue

    The trait `jobs` is always the whole; a page that is opened later reads it.
    """

    built = "queue"
    wants_models = False

    jobs: traitlets.List[Row] = traitlets.List(help="By Python: one dict a job, see `job_rows.job_row`.").tag(
        sync=True
    )
    overall = traitlets.Dict(help="By Python: see `job_sums.summary`.").tag(sync=True)
    face = traitlets.Unicode(
        "queue", help='By Python: "queue"; "bar": the handles of one cell; "form": the jobs of a form.'
    ).tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._rows = JobRows()
        self._before: frozenset[int] = frozenset()  # what had ended when nothing was left to do
        self._tells_changes = False
        super().__init__(*args, **kwargs)

    def shown_jobs(self, snapshot: Snapshot) -> list[ModelInstJobInfo]:
        """The jobs this panel is about."""
        return list(snapshot.jobs.values())

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """Rows and sums of the jobs shown."""
        jobs = self.shown_jobs(snapshot)
        if all(job.is_final for job in jobs):
            self._before = frozenset(job.job_id for job in jobs)
        return {"jobs": self._rows.of(jobs), "overall": summary(jobs, self._before)}

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """As for every panel, but of a long queue only what changed goes to the browser."""
        before = self.jobs
        self._tells_changes = len(self.shown_jobs(snapshot)) > _FEW
        super().on_snapshot(snapshot)
        if self._tells_changes and not self._closed and self.jobs is not before:
            self.send({"kind": "jobs", **_difference(before, self.jobs)})

    def _should_send_property(self, key: str, value: Any) -> bool:
        if key == "jobs" and self._tells_changes:
            return False
        return bool(super()._should_send_property(key, value))

    # -- intents --------------------------------------------------------------------------------------------

    async def do_cancel(self, jobs: list[int], sources: list[str] | None = None) -> list[dict[str, Any]]:
        """Stop these installs. `sources`, here and below: what the jobs were seen to install."""
        return await self._each(self.connection.cancel, jobs, sources)

    async def do_pause(self, jobs: list[int], sources: list[str] | None = None) -> list[dict[str, Any]]:
        """Pause these downloads."""
        return await self._each(self.connection.pause, jobs, sources)

    async def do_resume(self, jobs: list[int], sources: list[str] | None = None) -> list[dict[str, Any]]:
        """Go on with these downloads."""
        return await self._each(self.connection.resume, jobs, sources)

    async def do_again(self, jobs: list[int], sources: list[str] | None = None) -> list[dict[str, Any]]:
        """Install these sources anew, as new jobs."""
        return await self._each(self.connection.install_again, jobs, sources)

    async def _each(self, verb: _Verb, jobs: list[int], sources: list[str] | None) -> list[dict[str, Any]]:
        """Do it to each job that is still the one that was seen: a restarted server counts anew."""
        numbers = _numbers(jobs)
        now = {number: job.source for number, job in self.connection.client.jobs.jobs.items()}
        seen = dict(zip(numbers, sources or (), strict=False))
        other = {number for number, source in seen.items() if now.get(number, source) != source}
        able = [number for number in numbers if number not in other]
        done = await verb(able) if able else []
        refused = [Outcome(str(n), False, "This is another job's number now.", _LOOK) for n in sorted(other)]
        return [outcome.to_wire() for outcome in (*done, *refused)]

    async def do_prune(self) -> None:
        """Take the ended jobs off the server's list."""
        await self.connection.prune()

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        """One line a job."""
        return table_text(self._caption(), self._cells(), left_out=max(0, len(self.jobs) - _SHOWN))

    def plain_html(self) -> str:
        """One row a job."""
        head = ("Source", "State", "Note")
        return table_html(self._caption(), head, self._cells(), left_out=max(0, len(self.jobs) - _SHOWN))

    def _caption(self) -> str:
        return problem_text(self.problem) or f"Installs at {self.connection.base_url}: {self.overall['text']}"

    def _cells(self) -> list[tuple[str, str, str]]:
        return [(row["source"], row["what"], row["note"]) for row in self.jobs[:_SHOWN]]


class InstallQueue(JobsPanel):
    """Every install job of the server, whoever started it, with its bar, speed, time left, files and way out.

    `source` is a server's address or a client. Traits, all written by Python: `jobs` (a dict a job, in
    words), `overall` (the sums), `problem`, `read_only`.
    """


def _difference(before: list[Row], after: list[Row]) -> dict[str, Any]:
    known = {_name(row): row for row in before}
    put = [row for row in after if known.pop(_name(row), None) is not row]
    return {"put": put, "gone": list(known)}


def _name(row: Row) -> str:
    """What tells a row from all others, as in rows.ts."""
    return f"{row['id']} {row['source']}"


def _numbers(jobs: Iterable[Any]) -> list[int]:
    numbers = list(jobs)
    if not all(type(number) is int for number in numbers):
        raise InvalidInput("Jobs are named by their numbers.")
    return numbers
