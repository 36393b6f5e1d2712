"""`ModelInstJobHandle`: two lines an operation."""

from __future__ import annotations

from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.loop import LoopThread
from invokeai_widgets.client.schema import ModelInstJobInfo

from .veneer import worded_like


@worded_like(AsyncModelInstJobHandle)
class ModelInstJobHandle:
    """An install job. The same operations as `AsyncModelInstJobHandle`, which wait until they are done.

    Attributes:
        aio: The `AsyncModelInstJobHandle` behind it. It belongs to the background thread.
    """

    def __init__(self, aio: AsyncModelInstJobHandle, thread: LoopThread) -> None:
        self.aio = aio
        self._thread = thread

    def __repr__(self) -> str:
        return repr(self.aio).replace("Async", "", 1)

    @property
    def job_id(self) -> int:
        return self.aio.job_id

    @property
    def info(self) -> ModelInstJobInfo:
        return self.aio.info

    def status(self) -> str:
        return self.aio.status()

    def progress(self) -> float | None:
        return self.aio.progress()

    def raise_if_failed(self) -> None:
        self.aio.raise_if_failed()

    def refresh(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.refresh())

    def wait_until(self, timeout: float | None = None) -> ModelInstJobInfo:
        return self._thread.run(self.aio.wait_until(timeout))

    def cancel(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.cancel())

    def pause(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.pause())

    def resume(self) -> ModelInstJobInfo:
        return self._thread.run(self.aio.resume())

    def restart_failed(self, *, force: bool = False) -> ModelInstJobInfo:
        return self._thread.run(self.aio.restart_failed(force=force))

    def restart_file(self, url: str) -> ModelInstJobInfo:
        return self._thread.run(self.aio.restart_file(url))
