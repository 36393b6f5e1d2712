"""Who answers, and can it do what is asked: servers too old, and what is no InvokeAI at all. No I/O."""

from __future__ import annotations

from typing import Any

from .endpoints.call import Call, Since
from .errors import NotAnInvokeAIServer, NotSupported
from .replies import Reply
from .schema import ServerVersion


def too_old(verb: str, since: Since, version: ServerVersion) -> NotSupported:
    """The server's version is known to lack it."""
    return NotSupported(
        f"Could not {verb}: the server is InvokeAI {version}, which cannot do it.",
        advice=f"It needs InvokeAI {since.version} or later.",
    )


def unknown_route(call: Call[Any], version: ServerVersion) -> NotSupported:
    """The server is an InvokeAI, and did not know the request."""
    needs = f"{call.since.version} or later" if call.since else "of another version"
    return NotSupported(
        f"Could not {call.verb}: the server is InvokeAI {version}, which does not know the request.",
        advice=f"It needs an InvokeAI {needs}.",
    )


def stranger(base: str, reply: Reply) -> NotAnInvokeAIServer:
    """The answer to the question for the version was none that an InvokeAI gives."""
    if 300 <= reply.status < 400:
        return NotAnInvokeAIServer(
            f"{base} sends its visitors on to another address.",
            advice="Use the address that the browser shows once InvokeAI is open (https perhaps).",
        )
    page = "html" in reply.content_type
    what = "a web page" if page else f"{reply.status} {reply.content_type}".strip()
    return NotAnInvokeAIServer(
        f"Something answers at {base} (with {what}), but it is not an InvokeAI server.",
        advice="Check host, port and folder of the address; InvokeAI's own port is 9090.",
    )
