"""`Call`: one request as a value, with all that is needed to send it and to understand the answer. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import quote

from invokeai_widgets.client.errors import APIRequestError, InvalidInput

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MODELS: Final = "api/v2/models"
NO_BODY: Final = object()
_RECORDS: Final = (f"{MODELS}/i/", f"{MODELS}/convert/")

#: Seconds to wait for an answer, by kind of call.
QUICK: Final = 30.0
CHANGE: Final = 60.0
#: The server walks through folders or asks the hub.
SLOW: Final = 180.0
#: A checkpoint of several GB is read and written.
CONVERSION: Final = 1800.0


@dataclass(frozen=True)
class Since:
    """From which version on the server can do something.

    Attributes:
        version: The first version known to have it.
        absent: The last version known to lack it. Between the two the server's answer decides.
    """

    version: str
    absent: tuple[int, ...]

    def excludes(self, release: tuple[int, ...]) -> bool:
        """Whether a server of that release surely lacks it."""
        return bool(release) and release <= self.absent


SINCE_6_11: Final = Since("6.11.1", (6, 8, 1))
SINCE_6_13: Final = Since("6.13.0", (6, 11, 1))


class Collector(Protocol[T_co]):
    """Reads a good answer while it arrives."""

    def add(self, chunk: bytes) -> None:
        """Take the next bytes."""

    def result(self) -> T_co:
        """The value, when all bytes have come. Raises ValueError if they make no sense."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request and how to read its answer.

    Attributes:
        verb: What is done, to complete "Could not ...".
        path: Below the server's address, without a slash at the start.
        read: The value of a good answer's body. Raises ValueError if it makes no sense.
        collect: Makes what reads a good answer instead, while it arrives; for long ones.
        body: Sent as JSON; `NO_BODY` for none.
        image: Sent as a multipart field `image`.
        patience: Seconds to wait for the answer.
        since: The versions that can do it; None for all.
        refusals: What a status means here, where it differs from the usual.
        absent: Statuses which mean that the thing asked for is not there: the value is then None.
        any_type: Whether the answer is something else than JSON.
    """

    verb: str
    method: str
    path: str
    read: Callable[[bytes], T] = field(repr=False)
    collect: Callable[[], Collector[T]] | None = field(default=None, repr=False, kw_only=True)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Any = field(default=NO_BODY, repr=False)
    image: bytes | None = field(default=None, repr=False)
    patience: float = QUICK
    since: Since | None = None
    refusals: Mapping[int, type[APIRequestError]] = field(default_factory=dict)
    absent: frozenset[int] = frozenset()
    any_type: bool = False

    @property
    def only_reads(self) -> bool:
        """Whether it can be sent again without harm."""
        return self.method == "GET"

    @property
    def changes_models(self) -> bool:
        """Whether the models may be others after it."""
        return not self.only_reads and self.path.startswith(_RECORDS)


def key_path(key: str, *more: str) -> str:
    """The path of a model.

    Raises:
        InvalidInput: No model can have that key; the server would take it for another path.
    """
    if not isinstance(key, str) or not key.strip() or key in (".", "..") or "/" in key:
        raise _no_key(key)
    try:
        return "/".join((MODELS, "i", quote(key, safe=""), *more))
    except UnicodeEncodeError as error:
        raise _no_key(key) from error


def _no_key(key: object) -> InvalidInput:
    return InvalidInput(f"{key!r} is not the key of a model.", advice="Take it from list_models().")


def given(**values: object) -> tuple[tuple[str, str], ...]:
    """The query of those values that are not None."""
    return tuple((name, _text(value)) for name, value in values.items() if value is not None)


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
