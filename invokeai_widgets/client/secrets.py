"""What must not be shown: tokens and passwords in URLs, texts and the server's own answers.

InvokeAI echoes the access token of an install in every job body and event, and keeps `user:password@` and
`?token=` of a URL in the job's source. Everything that is parsed or worded passes through here first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

HIDDEN = "***"

_TELLTALE = (
    r"[\w.-]*(?:token|api[_-]?key|apikey|secret|passw(?:or)?d|signature|credential)[\w.-]*|key|sig|auth"
)
_USER_INFO = re.compile(r"(?<=://)[^/\s?#\"]*@")
#: A value ends before the signs of the sentence that the URL stands in; within it they may be, too.
_VALUE = r"[^&\s\"#]+?(?=['):,.;\]]*(?:[&\s\"#]|$))"
_QUERY_SECRET = re.compile(rf"(?<=[?&])({_TELLTALE})={_VALUE}", re.IGNORECASE)
#: Of a header, as text or as Python shows it; and what can be nothing but a token. Models and folders are
#: called "Basic" and "Bearer", too, and jobs are told apart by their paths.
_HEADER = re.compile(
    r"((?:\bAuthorization\W{1,8}(?:b['\"])?|\bb['\"])(?:Bearer|Basic)\s+)[^\s'\"]+", re.IGNORECASE
)
_BEARER = re.compile(
    r"\b(Bearer\s+)(?:(?:eyJ|hf_)[\w.~+/=-]+|(?=\S*\d)[\w~+=-]{20,}(?![\w.~+/=-]))", re.IGNORECASE
)

#: A shorter secret is not looked for in texts: it would hit innocent words.
_SHORTEST = 6

#: The fields of a job or an event whose value is a secret.
_SECRET_FIELDS = frozenset({"access_token", "token", "password"})


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without user info and secret query values of URLs, credentials and the given secrets."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may be the beginning of another
        text = text.replace(secret, HIDDEN)
    text = _USER_INFO.sub("", text)
    text = _QUERY_SECRET.sub(rf"\1={HIDDEN}", text)
    return _BEARER.sub(rf"\1{HIDDEN}", _HEADER.sub(rf"\1{HIDDEN}", text))


def holds_secret(url: str) -> bool:
    """Whether showing the URL as it is would show a password or token."""
    return redact_text(url) != url


def secrets_in(value: Any) -> Iterator[str]:
    """Every secret named as such anywhere in a decoded JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _SECRET_FIELDS and isinstance(item, str):
                yield from (item,) if len(item) >= _SHORTEST else ()
            else:
                yield from secrets_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from secrets_in(item)


def redact(value: Any, secrets: Iterable[str] | None = None) -> Any:
    """A decoded JSON value with its secret fields left out and their values hidden elsewhere."""
    known = tuple(secrets_in(value)) if secrets is None else tuple(secrets)
    if isinstance(value, dict):
        return {key: redact(item, known) for key, item in value.items() if key not in _SECRET_FIELDS}
    if isinstance(value, list):
        return [redact(item, known) for item in value]
    return redact_text(value, known) if isinstance(value, str) else value
