"""The address of a server as a user types it, made safe to use and to show."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from .errors import InvalidInput
from .secrets import redact_text

_EXAMPLE = 'Write it like "http://localhost:9090".'


@dataclass(frozen=True)
class Address:
    """Where the server is.

    Attributes:
        base: Scheme, host, port and folder, with a slash at the end; without user and password.
        authorization: What the user and password in the typed address become, or None.
    """

    base: str
    authorization: str | None = field(default=None, repr=False)

    def url(self, path: str) -> str:
        """The full URL of a path below the server's address."""
        return self.base + path.lstrip("/")

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this very machine."""
        host = (urlsplit(self.base).hostname or "").partition("%")[0]
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def parse_address(url: str) -> Address:
    """The address in a typed URL. Host and port will do; what follows a `?` or `#` does not matter.

    Raises:
        InvalidInput: It is no http(s) URL.
    """
    if not isinstance(url, str) or not url.strip():
        raise InvalidInput("The server's address is empty.", advice=_EXAMPLE)
    full = url.strip() if "://" in url else f"http://{url.strip()}"
    shown = _shown(full)
    parts = _split(full, shown)
    try:
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # not chained, here and below: Python's words may repeat a mistyped password
        raise InvalidInput(f"The port in {shown!r} is not a port.", advice=_EXAMPLE) from None
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    folder = parts.path.strip("/")
    base = f"{parts.scheme}://{host}{port}/" + (f"{folder}/" if folder else "")
    return Address(base, _basic(parts))


def _shown(url: str) -> str:
    """Without all that may be a user and a password, however it is mistyped."""
    scheme, _, rest = url.partition("://")
    return redact_text(f"{scheme}://{rest.rpartition('@')[2]}")


def _split(url: str, shown: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InvalidInput(f"{shown!r} is not an address.", advice=_EXAMPLE) from None
    if parts.scheme not in ("http", "https"):
        raise InvalidInput(f"{shown!r} is not an http or https address.", advice=_EXAMPLE)
    if not parts.hostname or any(char.isspace() or char == "\\" for char in parts.netloc + parts.path):
        raise InvalidInput(f"{shown!r} names no host.", advice=_EXAMPLE)
    return parts


def _basic(parts: SplitResult) -> str | None:
    if not parts.username and not parts.password:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
