"""Recorded exchanges with InvokeAI 6.14.2, to be had again with another server.

`wire/` holds requests and answers, slimmed: of lists the first two, no web pages, no long texts. In them
`<models>` is the folder of the tiny models, `<root>` that of the server, and `<in place:NAME>` or
`<taken in:NAME>` the key of the record of that file, and `<hash of:NAME>` its hash.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

_FOLDER = Path(__file__).with_name("wire")
_MARK = re.compile(r"<(in place|taken in|hash of):([^>]+)>")

Exchange = dict[str, Any]


def recorded(topic: str) -> list[Exchange]:
    """The exchanges about a topic, in order."""
    (file,) = _FOLDER.glob(f"*_{topic}.json")
    return list(json.loads(file.read_text()))


def recorded_events() -> dict[str, list[str]]:
    """What happened -> the events about it, in order, without those of progress."""
    return dict(json.loads((_FOLDER / "00_events.json").read_text()))


def fill_in(value: Any, places: dict[str, str], known: Callable[[str, str], str]) -> Any:
    """A recorded value with this run's folders; `known` says what a mark with a file's name means."""
    if isinstance(value, dict):
        return {fill_in(name, places, known): fill_in(each, places, known) for name, each in value.items()}
    if isinstance(value, list):
        return [fill_in(each, places, known) for each in value]
    if not isinstance(value, str):
        return value
    for mark, place in places.items():
        value = value.replace(mark, place)
    return _MARK.sub(lambda found: known(found[1], found[2]), value)


def ask(api: httpx.Client, request: dict[str, Any]) -> httpx.Response:
    """Send a recorded request."""
    more: dict[str, Any] = {}
    if "json" in request:
        more["json"] = request["json"]
    if "raw_body" in request:
        more["content"] = request["raw_body"]
    if "multipart" in request:
        more["files"] = {name: _upload(*file) for name, file in request["multipart"].items()}
    params = request.get("params")
    if isinstance(params, list):
        params = [tuple(each) for each in params]
    headers = {name: value for name, value in request.get("headers", {}).items() if name != "accept-encoding"}
    return api.request(request["method"], request["path"], params=params, headers=headers, **more)


def unlike(expected: Any, got: Any, where: str = "$") -> list[str]:
    """Where two values have not the same shape. Null fits anything; of lists the first counts."""
    if expected is None or got is None:
        return []
    if isinstance(expected, dict) and isinstance(got, dict):
        lost, new = expected.keys() - got.keys(), got.keys() - expected.keys()
        found = [f"{where}: lacks {sorted(lost)}"] if lost else []
        found += [f"{where}: has {sorted(new)} too"] if new else []
        for name in expected.keys() & got.keys():
            found += unlike(expected[name], got[name], f"{where}.{name}")
        return found
    if isinstance(expected, list) and isinstance(got, list):
        return unlike(expected[0], got[0], f"{where}[0]") if expected and got else []
    number = (int, float)
    alike = type(expected) is type(got) or (isinstance(expected, number) and isinstance(got, number))
    return [] if alike else [f"{where}: {expected!r} became {got!r}"]


def _upload(name: str, size: str, kind: str) -> tuple[str, bytes, str]:
    """A file like the one that was sent: real images of some hundred bytes, and five bytes of nothing."""
    if size == "<5 bytes>":
        return name, b"12345", kind
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, kind.partition("/")[2].upper())
    return name, file.getvalue(), kind
