# ruff: noqa: N818 - the names say the cause; that they are errors is said by `except`.
"""Everything the client raises.

InvokeAIError                       the root; `.message`, and `.advice`: what to do next, or None
 ├ InvalidInput                     the arguments make no sense; nothing was sent (also a ValueError)
 ├ Unreachable                      no answer: refused, unknown host, connection lost
 ├ RequestTimedOut                  no answer in time (also a TimeoutError)
 ├ NotAnInvokeAIServer              something answers there, and it is not InvokeAI
 ├ UnexpectedReply                  InvokeAI answered with something that cannot be understood
 ├ NotSupported                     this version of the server, or this model, cannot do it
 ├ APIRequestError                  the server refused: `.status_code`, `.payload`
 │   ├ NotFound
 │   ├ Conflict
 │   │   └ Busy                     another operation holds the model; the same request may work later
 │   ├ InvalidRequest               `.fields`: complaint by field
 │   ├ NotLoggedIn
 │   ├ NotAllowed                   logged in, but without the rights
 │   └ ServerFault                  the server failed (5xx)
 ├ ModelInstallStartError           the install was refused or could not be started
 ├ ModelInstallJobFailed            the install job ended badly: `.info`
 │   ├ ModelInstallJobCancelled
 │   └ ModelInstallJobLost          the server no longer knows the job
 └ ModelInstallTimeout              waited long enough, the job goes on: `.last_info`, `.timeout`
                                    (also a TimeoutError)

Exceptions of the libraries below never reach a caller; they are chained as `__cause__`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .secrets import redact, redact_text

if TYPE_CHECKING:
    from .schema import ModelInstJobInfo


class InvokeAIError(Exception):
    """The root of all errors raised here.

    Attributes:
        message: What failed and why, in a sentence, the server's own words kept.
        advice: What to do next, or None.
        maybe_done: Whether the server may have done what was asked although no good answer came: read again
            before asking again.
    """

    maybe_done = False

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}" if self.advice else self.message


class InvalidInput(InvokeAIError, ValueError):
    """The arguments make no sense, so nothing was sent."""


class Unreachable(InvokeAIError):
    """The server did not answer: connection refused, unknown host, or connection lost."""


class RequestTimedOut(InvokeAIError, TimeoutError):
    """The server did not answer in time. Unless it was only read, whether it did the work is unknown."""


class NotAnInvokeAIServer(InvokeAIError):
    """Something answers at that address, but it is not InvokeAI."""


class UnexpectedReply(InvokeAIError):
    """InvokeAI answered with something that cannot be understood."""


class NotSupported(InvokeAIError):
    """This version of the server cannot do it, or this class of models has no such field.

    Nothing was sent, or nothing was done, unless the message says what was.
    """


class APIRequestError(InvokeAIError):
    """The server refused the request.

    Attributes:
        status_code: The HTTP status.
        payload: The decoded JSON body of the answer, or its text; None if there was none. Without secrets.
    """

    def __init__(
        self,
        status_code: int,
        payload: Any = None,
        *,
        message: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.status_code = status_code
        self.payload = redact(payload)
        super().__init__(message or f"The server answered {status_code}: {self.detail}", advice=advice)

    @property
    def detail(self) -> str:
        """The server's own words, without the wrapping."""
        payload = self.payload
        detail = payload.get("detail", payload) if isinstance(payload, Mapping) else payload
        return _in_words(detail)


class NotFound(APIRequestError):
    """There is no such model, job or image (404; 424 for a conversion, 415 for a job)."""


class Conflict(APIRequestError):
    """The request does not fit what is there (409)."""


class Busy(Conflict):
    """Another operation on the model, or a conversion, is under way (409). The request may work later."""


class InvalidRequest(APIRequestError):
    """The server found the request invalid (400 or 422; 415 for an image)."""

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong, by field in dotted form, e.g. `{"default_settings.width": "Input should be ..."}`.

        Empty if the server named no field.
        """
        detail = self.payload.get("detail") if isinstance(self.payload, Mapping) else None
        return _complaints(detail) if isinstance(detail, list) else {}


class NotLoggedIn(APIRequestError):
    """The server wants a login, or the token is wrong or expired (401)."""


class NotAllowed(APIRequestError):
    """The user is known but lacks the rights (403)."""


class ServerFault(APIRequestError):
    """The server failed while it worked on the request (5xx)."""

    maybe_done = True


class ModelInstallStartError(InvokeAIError):
    """The install was refused, or could not be started."""


class ModelInstallJobFailed(InvokeAIError):
    """The install job ended without a model.

    Attributes:
        info: The last state of the job, a `ModelInstJobInfo`.
    """

    _ending = "failed"

    def __init__(self, info: ModelInstJobInfo) -> None:
        self.info = info
        reason = ": ".join(part for part in (info.error_reason, info.error) if part)
        message = f"Installing {info.source} {self._ending}" + (f": {reason}" if reason else ".")
        super().__init__(message, advice=info.advice)


class ModelInstallJobCancelled(ModelInstallJobFailed):
    """The install job was cancelled."""

    _ending = "was cancelled"


class ModelInstallJobLost(ModelInstallJobFailed):
    """The server no longer knows the job: it was restarted, or the job was pruned."""

    _ending = "was lost: the server no longer knows the job"


class ModelInstallTimeout(InvokeAIError, TimeoutError):
    """The job did not end within the time given. It goes on; wait again, or cancel it.

    Attributes:
        last_info: The last known state of the job, a `ModelInstJobInfo`.
        timeout: The seconds waited.
    """

    def __init__(self, last_info: ModelInstJobInfo, timeout: float, silence: str | None = None) -> None:
        """`silence`: why nothing is heard of the server, in words."""
        self.last_info = last_info
        self.timeout = timeout
        state = (
            f"was {last_info.status} when the server was last heard" if silence else f"is {last_info.status}"
        )
        super().__init__(
            f"Installing {last_info.source} did not end within {timeout:g} s; it {state}.",
            advice=silence or "The job goes on: wait again, or cancel it.",
        )


def _in_words(detail: Any) -> str:
    if detail in (None, "", [], {}):
        return "no reason given"
    if isinstance(detail, list):
        complaints = _complaints(detail)
        if complaints:
            return "; ".join(f"{field}: {text}" if field else text for field, text in complaints.items())
    text = detail if isinstance(detail, str) else repr(detail)
    return text if len(text) <= 2000 else text[:2000] + " ..."


def _complaints(detail: list[Any]) -> dict[str, str]:
    """Complaints by field. A body that could be of several classes is complained about once per class."""
    texts: dict[str, dict[str, str]] = {}
    for item in detail:
        if isinstance(item, Mapping):
            kind, text = str(item.get("type", "")), redact_text(str(item.get("msg", "")))
            texts.setdefault(_field_name(item.get("loc") or ()), {})[text] = kind
    return {field: "; ".join(_worth_saying(found)) for field, found in texts.items()}


def _field_name(loc: Any) -> str:
    parts = [str(part) for part in loc] if isinstance(loc, (list, tuple)) else [str(loc)]
    if parts and parts[0] in ("body", "query", "path"):
        parts = parts[1:]
    return ".".join(part for part in parts if not part[:1].isupper() and "(" not in part)


def _worth_saying(found: dict[str, str]) -> list[str]:
    """A class that lacks the field adds nothing where another class says what is wrong with its value."""
    telling = [text for text, kind in found.items() if kind != "extra_forbidden"]
    return telling or list(found)
