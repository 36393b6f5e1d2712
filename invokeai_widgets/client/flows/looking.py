"""Looking what became of a request whose answer was lost."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from invokeai_widgets.client.errors import InvokeAIError

T = TypeVar("T")


async def seen(look: Awaitable[T], lost: InvokeAIError) -> T:
    """What the look shows; where it fails too, the error which says that something may have been done."""
    try:
        return await look
    except InvokeAIError:
        raise lost from lost.__cause__
