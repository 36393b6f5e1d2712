"""`JobProgress`: the bar of one install, or of several with one bar over all."""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.blocking.jobs import ModelInstJobHandle
from invokeai_widgets.client.display import in_notebook
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.live.clients import client_source
from invokeai_widgets.widgets.faces import printable
from invokeai_widgets.widgets.followed import FollowedJobsPanel, Handle
from invokeai_widgets.widgets.job_rows import job_row
from invokeai_widgets.widgets.lines import Lines

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelInstJobInfo
    from invokeai_widgets.live.store import Snapshot


_HANDLES = (ModelInstJobHandle, AsyncModelInstJobHandle)
_NO_HANDLES = "There is no install job to show."


class JobProgress(FollowedJobsPanel):
    """The bar of an install job: bytes, percent, speed, time left, state, cancel, pause, install again.

    `handles` is what `install_model` gave, or several of them. The bar moves while a cell blocks, and keeps
    its last state when the job has ended, though the server forgets it. Showing a handle as the last value of
    a cell makes one. Printed, it is one line a job. Without a notebook, in a script or a terminal, it writes
    such a line to standard error whenever a state changes, and every 5 seconds while something moves.
    """

    first_look = 0.0  # the handles know enough for a first picture

    def __init__(self, handles: Handle | Iterable[Handle], **kwargs: Any) -> None:
        is_one = isinstance(handles, _HANDLES)
        given: list[Handle] = [handles] if is_one else _several(handles)  # type: ignore[list-item]
        self._lines = None if in_notebook() else Lines()
        super().__init__(given, given[0], face="bar", **kwargs)
        if self._lines is not None:
            atexit.register(_write_the_end, weakref.ref(self))

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """As for every panel; where no front end shows it, in lines."""
        super().on_snapshot(snapshot)
        self.write_lines()

    def write_lines(self) -> None:
        """Write what is new, unless a front end shows it."""
        if self._lines is not None and not self._closed and not self._views:
            self._lines.show(job_row(job.info) for job in self._followed)

    def shown_jobs(self, snapshot: Snapshot) -> list[ModelInstJobInfo]:
        """The jobs of the handles as they are now; of one that the server forgot, as it was."""
        return [job.info for job in self._followed]

    def __repr__(self) -> str:
        return "\n".join(printable(f"{row['source']}: {row['what']}") for row in self.jobs)

    def plain_text(self) -> str:
        """One line a job."""
        return repr(self)


def _several(handles: Any) -> list[Handle]:
    """The handles of one server. Raises `InvalidInput`."""
    given = list(handles) if isinstance(handles, Iterable) else [handles]
    if not given or not all(isinstance(each, _HANDLES) for each in given):
        raise InvalidInput(_NO_HANDLES, advice="Give what install_model gave, or several of these.")
    if len({client_source(handle).base_url for handle in given}) > 1:
        raise InvalidInput("The jobs are of several servers.", advice="Make a JobProgress for each.")
    return given


def _write_the_end(bar: weakref.ref[JobProgress]) -> None:
    """A script may end just after its last job has, before that was told."""
    if (alive := bar()) is not None:
        alive.write_lines()
