"""Answers: JSON, refusals, and the failure that closes the connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


class Refusal(Exception):  # noqa: N818
    """Ends a request with this status and `{"detail": ...}`."""

    def __init__(self, status: int, detail: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers

    def answer(self) -> Response:
        """The answer it stands for."""
        return json_answer({"detail": self.detail}, self.status, self.headers)


class Crash(Exception):  # noqa: N818
    """Ends a request as an unhandled error of InvokeAI: 500, plain text, connection closed."""


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as JSON. Lone surrogates, which InvokeAI cannot answer either, crash."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text_answer(text, status, headers)


def text_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """What is JSON already."""
    return Response(text.encode(), status, headers, media_type="application/json")


def nothing(status: int = 204) -> Response:
    """No body at all."""
    return Response(status_code=status)
