"""Whether what a server answers and sends is what the OpenAPI document of InvokeAI 6.14.2 allows.

`routes-6.14.2.json` holds which schema the body of which answer has, out of that document.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from .conformance import SCHEMAS, record_complaints

_DOCUMENT = json.loads(Path(__file__).with_name("routes-6.14.2.json").read_text())
_ALL = {**SCHEMAS, **_DOCUMENT["schemas"], "AnyRecord": {"type": "object"}}
_ROUTES = {
    (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$")): schemas
    for method, path, schemas in (
        (*route.split(" ", 1), schemas) for route, schemas in _DOCUMENT["routes"].items()
    )
}
_RECORD = {"$ref": "#/components/schemas/AnyRecord"}


class CheckedClient(httpx.Client):
    """Fails at the first answer of a model route that the document does not allow.

    The document knows no 401, 403, 409, 415, 424 and no web pages; of refusals only the form is checked.
    `checked` counts the answers that were held against a schema.
    """

    def __init__(self, url: str) -> None:
        super().__init__(
            base_url=url,
            timeout=30,
            trust_env=False,
            # A server that answers 500 closes the connection afterwards; the next request must not be on it.
            limits=httpx.Limits(max_keepalive_connections=0),
            event_hooks={"response": [self._check]},
        )
        self.checked = 0

    def _check(self, response: httpx.Response) -> None:
        response.read()
        if response.headers.get("content-type") != "application/json" or not response.content:
            return
        self.checked += 1
        request = response.request
        found = answer_complaints(request.method, request.url.path, response.status_code, response.json())
        assert not found, f"{response.request.method} {response.request.url}: {found}"


def answer_complaints(method: str, path: str, status: int, body: Any) -> list[str]:
    """What the document says against the JSON body of an answer."""
    schema = _schema(method, path, status)
    if schema is None or (status == 422 and isinstance(body.get("detail"), str)):
        return _complaints({"type": "object", "required": ["detail"]}, body) if status >= 400 else []
    found = [text for record in _records(schema, body) for text in record_complaints(record)]
    return found + _complaints(schema, _without_records(body))


def event_complaints(name: str, payload: Any) -> list[str]:
    """What the document says against an event."""
    schema = "".join(word.capitalize() for word in name.split("_")) + "Event"
    if schema not in _ALL:
        return [f"there is no event {name}"]
    config = payload.get("config")
    found = record_complaints(config) if config else []
    # The record is checked already, and against its own class: 128 alternatives take their time.
    given = {field: value for field, value in payload.items() if field != "config"}
    wanted = {
        **_ALL[schema],
        "required": [each for each in _ALL[schema]["required"] if each != "config"],
    }
    return found + _complaints(wanted, given)


def _schema(method: str, path: str, status: int) -> Any:
    for (wanted, pattern), schemas in _ROUTES.items():
        if wanted == method and pattern.match(path):
            return schemas.get(str(status))
    return None


def _records(schema: Any, body: Any) -> list[Any]:
    if schema == _RECORD:
        return [body]
    if isinstance(body, dict) and "models" in body:
        return list(body["models"])
    jobs = body if isinstance(body, list) else [body]
    return [job["config_out"] for job in jobs if isinstance(job, dict) and job.get("config_out")]


def _without_records(body: Any) -> Any:
    if isinstance(body, list):
        return [_without_records(each) for each in body]
    return body | {"config_out": None} if isinstance(body, dict) and "config_out" in body else body


def _complaints(schema: Any, value: Any) -> list[str]:
    errors = _validator(json.dumps(schema, sort_keys=True)).iter_errors(value)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": {"schemas": _ALL}})
