"""The one place where a read-only connection refuses."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from invokeai_widgets.client.errors import InvokeAIError

if TYPE_CHECKING:
    from invokeai_widgets.client.aio import AsyncInvokeAIClient
    from invokeai_widgets.live.store import Store


class ReadOnly(InvokeAIError):  # noqa: N818 - as the others, it says the cause
    """The connection is read-only: nothing was sent."""


class Desk(Protocol):
    """What the verbs work with: a connection's open client and its store."""

    store: Store

    @property
    def client(self) -> AsyncInvokeAIClient: ...


P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D", bound=Desk)
_Verb = Callable[Concatenate[D, P], Coroutine[Any, Any, T]]


def changes(verb: _Verb[D, P, T]) -> _Verb[D, P, T]:
    """Mark a verb that changes something: a read-only connection refuses it, and sends nothing."""

    @functools.wraps(verb)
    async def guarded(self: D, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.store.snapshot.read_only:
            what = verb.__name__.replace("_", " ")
            raise ReadOnly(
                f"This view is read-only: nothing was sent to {what}.",
                advice="Open one without read_only=True.",
            )
        return await verb(self, *args, **kwargs)

    guarded.changes_server = True  # type: ignore[attr-defined]  # for the test that looks for unmarked verbs
    return cast("_Verb[D, P, T]", guarded)
