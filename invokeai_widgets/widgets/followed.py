"""Jobs that a panel follows by their handles: a number may name another job after a restart of the server."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from invokeai_widgets.client.blocking.jobs import ModelInstJobHandle
from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.widgets.queue import JobsPanel

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelInstJobInfo
    from invokeai_widgets.client.watch import JobWatch
    from invokeai_widgets.live.store import Snapshot

Handle: TypeAlias = "ModelInstJobHandle | AsyncModelInstJobHandle"


class Followed:
    """One job by its handle. A handle of another event loop gets a twin on ours, once our client is open."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle.aio if isinstance(handle, ModelInstJobHandle) else None
        self._known = handle.info

    @property
    def info(self) -> ModelInstJobInfo:
        if self._handle is not None:
            self._known = self._handle.info
        return self._known

    def follow(self, watch: JobWatch) -> None:
        """Follow it by this watch, through restarts of the server too."""
        is_known_here = self._handle is not None and self._handle.watch is watch
        if not is_known_here and not self.info.is_final:
            self._handle = AsyncModelInstJobHandle(watch, self._known)


class FollowedJobsPanel(JobsPanel):
    """A panel on the jobs of some handles, and of no others."""

    def __init__(self, handles: Iterable[Handle], source: Any, **kwargs: Any) -> None:
        self._followed = [Followed(handle) for handle in handles]
        super().__init__(source, **kwargs)

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """As for every panel; the connection is open now, if it was not."""
        with suppress(InvokeAIError):  # it is closing: what is known stays
            watch = self.connection.client.jobs
            for job in self._followed:
                job.follow(watch)
        super().on_snapshot(snapshot)

    async def do_again(self, jobs: list[int], sources: list[str] | None = None) -> list[dict[str, Any]]:
        """Install these sources anew; the new jobs take the places of the old ones."""
        outcomes = await super().do_again(jobs, sources)
        watch = self.connection.client.jobs
        new = {int(each["key"]): int(each["new_key"]) for each in outcomes if each["ok"]}
        for place, job in enumerate(self._followed):
            number = new.get(job.info.job_id, -1)
            if number in watch.jobs:
                self._followed[place] = Followed(AsyncModelInstJobHandle(watch, watch.jobs[number]))
        return outcomes
