"""`ModelInstJobHandle`: two lines an operation."""

from __future__ import annotations

from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
from invokeai_widgets.client.loop import LoopThread

from .veneer import worded_like


@worded_like(AsyncModelInstJobHandle)
class ModelInstJobHandle:
    """An install job. The same operations as `AsyncModelInstJobHandle`, which wait until they are done."""

    def __init__(self, aio: AsyncModelInstJobHandle, thread: LoopThread) -> None:
        self.aio = aio
        self._thread = thread

    def __repr__(self) -> str:
        return repr(self.aio).replace("Async", "", 1)
