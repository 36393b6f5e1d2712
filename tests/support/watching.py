"""A subscriber of the watch on install jobs, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.endpoints import installs
from invokeai_widgets.client.pauses import wait_for_event
from invokeai_widgets.client.schema import ModelInstJobInfo
from invokeai_widgets.client.telling import JobChange
from invokeai_widgets.client.watch import JobWatch

PATIENCE = 60.0  # seconds


class Watching:
    """A subscriber: what it was told, and a way to wait for what it is about."""

    def __init__(self, watch: JobWatch) -> None:
        self.watch = watch
        self.told: list[JobChange] = []
        self.links: list[str] = []
        self.states: list[dict[int, ModelInstJobInfo]] = []
        self._news = asyncio.Event()
        self.leave = watch.subscribe(self._tell)

    def _tell(self, change: JobChange) -> None:
        self.told.append(change)
        self.states.append(dict(self.watch.jobs))
        if not self.links or self.links[-1] != self.watch.link:
            self.links.append(self.watch.link)
        self._news.set()

    async def until(self, holds: Callable[[], object]) -> None:
        async def wait() -> None:
            while not holds():  # which may be about more than the watch tells of
                self._news.clear()
                await wait_for_event(self._news, 0.1)

        try:
            await asyncio.wait_for(wait(), PATIENCE)
        except asyncio.TimeoutError:
            states = {
                number: (info.status, info.bytes, info.source) for number, info in self.watch.jobs.items()
            }
            raise AssertionError(f"{self.watch!r}, {self.watch.link_reason}: {states}") from None

    async def until_status(self, number: int, *statuses: str) -> ModelInstJobInfo:
        await self.until(lambda: number in self.watch.jobs and self.watch.jobs[number].status in statuses)
        return self.watch.jobs[number]

    async def until_link(self, link: str) -> None:
        await self.until(lambda: self.watch.link == link)


async def install(client: AsyncInvokeAIClient, source: str) -> int:
    """Start an install behind the watch's back."""
    return (await client._transport.send(installs.start(source, inplace=True))).job_id
