"""Signed tokens in the form of JWTs (HS256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

_HEAD = {"alg": "HS256", "typ": "JWT"}


def sign(secret: bytes, claims: dict[str, Any], seconds: float) -> str:
    """A token with these claims that is good for that long."""
    text = f"{_packed(_HEAD)}.{_packed({**claims, 'exp': int(time.time() + seconds)})}"
    return f"{text}.{_signature(secret, text)}"


def read(secret: bytes, token: str) -> dict[str, Any] | None:
    """The claims of a token that is ours and has not expired."""
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(secret, text), signature):
        return None
    packed = text.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    return claims if claims.get("exp", 0) > time.time() else None


def _packed(value: dict[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _signature(secret: bytes, text: str) -> str:
    return _text(hmac.new(secret, text.encode("utf-8", "surrogateescape"), hashlib.sha256).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
