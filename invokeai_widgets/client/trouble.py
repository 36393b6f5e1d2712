"""What a failure below HTTP means to the user."""

from __future__ import annotations

from typing import Any, Final

from .endpoints.call import Call
from .errors import InvokeAIError, RequestTimedOut, Unreachable
from .lean import httpx
from .secrets import redact_text

_LOOK_FIRST: Final = "It may have been done all the same: look before you try again."


def trouble_of(base: str, call: Call[Any], error: httpx.HTTPError) -> InvokeAIError:
    """The error to raise, in words; `maybe_done` says whether the server may have done it all the same."""
    failed, why = f"Could not {call.verb}", redact_text(str(error)) or type(error).__name__
    maybe_done = not call.only_reads and not isinstance(error, httpx.PoolTimeout)
    trouble: InvokeAIError
    if isinstance(error, (httpx.ConnectTimeout, httpx.ConnectError)):
        return Unreachable(
            f"{failed}: no InvokeAI server answers at {base} ({why}).",
            advice="Start it, or check the address.",
        )
    if isinstance(error, httpx.TimeoutException):
        trouble = RequestTimedOut(
            f"{failed}: no answer from {base} within {call.patience:g} s.",
            advice=_LOOK_FIRST if maybe_done else "The server may be busy: try again.",
        )
    else:
        trouble = Unreachable(
            f"{failed}: the connection to {base} was lost ({why}).",
            advice=_LOOK_FIRST if maybe_done else "Look whether the server still runs.",
        )
    trouble.maybe_done = maybe_done
    return trouble
