"""Waiting for a model that another operation holds."""

from __future__ import annotations

import asyncio
import random
from typing import Final, TypeVar

from invokeai_widgets.client.endpoints import Call
from invokeai_widgets.client.errors import Busy
from invokeai_widgets.client.transport import Transport

T = TypeVar("T")

#: Seconds before each further try, about 10 in all; each is varied by half.
PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 4.0)


async def send_when_free(transport: Transport, call: Call[T]) -> T:
    """Send; again while another operation holds the model. What was refused has done nothing.

    Raises:
        Busy: It still does after about 10 seconds.
    """
    for pause in PAUSES:
        try:
            return await transport.send(call)
        except Busy:
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
    return await transport.send(call)
