"""Keep secrets out of what the libraries below log at level DEBUG."""

from __future__ import annotations

import logging
import re

from .secrets import HIDDEN, redact_text


class _HideSecrets(logging.Filter):
    """httpx logs URLs, and that of an install has its token; httpcore logs headers, and a proxy's user."""

    _QUERY = re.compile(r"(?<=\?)[^\s\"]+")
    _PROXY_USER = re.compile(r"\bauth=\(.*\)")
    _HEADER = re.compile(r"(b'(?:x-refreshed-token|set-cookie)', )b(?:'[^']*'|\"[^\"]*\")", re.IGNORECASE)

    def filter(self, record: logging.LogRecord) -> bool:
        text = self._QUERY.sub(HIDDEN, redact_text(record.getMessage()))
        text = self._PROXY_USER.sub(f"auth={HIDDEN}", text)
        record.msg = self._HEADER.sub(rf"\1b'{HIDDEN}'", text)
        record.args = ()
        return True


_filter = _HideSecrets()


def hide_secrets() -> None:
    """Have them hidden in the logs of httpx and httpcore; harmless twice."""
    for name in ("httpx", "httpcore.http11", "httpcore.connection", "httpcore.proxy", "httpcore.socks"):
        logging.getLogger(name).addFilter(_filter)
