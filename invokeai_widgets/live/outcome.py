"""What became of a verb, model by model (or job by job): one `Outcome` each, never one answer for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvokeAIError

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import BulkResult


@dataclass(frozen=True)
class Outcome:
    """One model (`key`) or one job (`key` is its number as text) and how the verb ended on it."""

    key: str
    ok: bool
    message: str = ""  # in words: what was done, or why not
    advice: str | None = None  # the next step, when there is one
    new_key: str | None = (
        None  # a conversion gives the model a new key, an install again the job a new number
    )

    @classmethod
    def of_error(cls, key: str, error: InvokeAIError) -> Outcome:
        """The outcome of a refused verb, in the error's own words."""
        return cls(key, False, error.message, error.advice)

    def to_wire(self) -> dict[str, Any]:
        """As plain values, for a message to the browser."""
        return asdict(self)


def outcomes(asked: Iterable[str], result: BulkResult, done: str) -> list[Outcome]:
    """One for each that was asked, out of what the server said about all of them."""
    worked = set(result.succeeded)
    return [
        Outcome(key, True, done)
        if key in worked
        else Outcome(key, False, result.failed.get(key, "No answer for it."))
        for key in asked
    ]
