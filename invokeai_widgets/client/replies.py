"""What an answer means: a value, or an error that says what failed, why, and what to do. No I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from .endpoints.call import Call, Collector
from .errors import (
    APIRequestError,
    Busy,
    Conflict,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    ServerFault,
    UnexpectedReply,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """An answer as it came: its body, or what has read that while it came."""

    status: int
    content_type: str
    body: bytes = b""
    collected: Collector[Any] | None = None

    @property
    def is_json(self) -> bool:
        return "json" in self.content_type

    def payload(self) -> Any:
        """The decoded body; for a page a short word instead; None if there is no body."""
        if not self.body:
            return None
        if "html" in self.content_type:
            return "an HTML page"
        text = self.body.decode("utf-8", "replace")
        try:
            return json.loads(text) if self.is_json else text
        except ValueError:
            return text


class Puzzling(Exception):  # noqa: N818 - not an error yet: who answers there is still to be found out
    """The answer could come from a server that lacks the route, or is not InvokeAI at all."""


_KINDS: Final[dict[int, type[APIRequestError]]] = {
    400: InvalidRequest,
    401: NotLoggedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    415: InvalidRequest,
    422: InvalidRequest,
}

_ADVICE: Final[dict[type[APIRequestError], str]] = {
    NotLoggedIn: "Log in with client.login(email, password), or give a valid token.",
    NotAllowed: "Ask an administrator of the server, or log in as one.",
    Busy: "Try again when it is over.",
}


def understand(call: Call[T], reply: Reply) -> T:
    """The value of a good answer.

    Raises:
        APIRequestError: The server refused.
        UnexpectedReply: The body makes no sense.
        Puzzling: It is not clear whether InvokeAI answered.
    """
    if _is_puzzling(call, reply):
        raise Puzzling
    if reply.status in call.absent:
        return cast(T, None)
    if not 200 <= reply.status < 300:
        raise refusal(call, reply)
    try:
        return cast(T, reply.collected.result()) if reply.collected else call.read(reply.body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        puzzle = UnexpectedReply(
            f"Could not {call.verb}: the server's answer makes no sense.",
            advice="The server may be newer than this client: look for an update.",
        )
        puzzle.maybe_done = not call.only_reads
        raise puzzle from error


def refusal(call: Call[Any], reply: Reply) -> APIRequestError:
    """The error for a status that is no success."""
    payload = reply.payload()
    kind = call.refusals.get(reply.status) or _KINDS.get(reply.status)
    if kind is None:
        kind = ServerFault if reply.status >= 500 else APIRequestError
    detail = APIRequestError(reply.status, payload).detail
    if kind is Conflict and "already in progress" in detail:
        kind = Busy
    message = f"Could not {call.verb}: {detail}"
    if kind in (ServerFault, APIRequestError):
        message = f"Could not {call.verb}: the server answered {reply.status}, {detail}"
    return kind(reply.status, payload, message=message, advice=_ADVICE.get(kind))


def _is_puzzling(call: Call[Any], reply: Reply) -> bool:
    if 200 <= reply.status < 300:
        # InvokeAI serves its web page under every path it does not know.
        empty = reply.status == 204 or (not reply.body and not call.any_type)
        return not empty and ("html" in reply.content_type or not (reply.is_json or call.any_type))
    if reply.status in (404, 405):
        # InvokeAI's own 404 say what was not found; these two are the framework's.
        return not reply.is_json or reply.payload() in (
            {"detail": "Not Found"},
            {"detail": "Method Not Allowed"},
        )
    return 300 <= reply.status < 400
