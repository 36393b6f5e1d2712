"""Waiting for a model that another operation holds."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from typing import Final, TypeVar

from invokeai_widgets.client.endpoints import Call
from invokeai_widgets.client.errors import Busy
from invokeai_widgets.client.transport import Transport

T = TypeVar("T")

#: Seconds before each further try, about 10 in all; each is varied by half.
PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 4.0)
_LEAST: Final = 0.001  # seconds that an answer is waited for


async def send_when_free(transport: Transport, call: Call[T], deadline: float | None = None) -> T:
    """Send; again while another operation holds the model. What was refused has done nothing.

    Args:
        deadline: On `time.monotonic()`; no answer is waited for any longer.

    Raises:
        Busy: It still does after about 10 seconds, or at the deadline.
    """
    for pause in PAUSES:
        try:
            return await transport.send(call)
        except Busy:
            wait = pause * random.uniform(0.5, 1.5)
            if deadline is not None and time.monotonic() + wait >= deadline:
                raise
            await asyncio.sleep(wait)
        call = _within(call, deadline)
    return await transport.send(call)


def _within(call: Call[T], deadline: float | None) -> Call[T]:
    if deadline is None:
        return call
    return replace(call, patience=min(call.patience, max(_LEAST, deadline - time.monotonic())))
