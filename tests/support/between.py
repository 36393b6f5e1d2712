"""A stand between the client and a real server, where a request or its answer can be lost."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from .scripted import HANG_UP, Answer, ScriptedServer, Seen

Fate = Callable[["Between", Seen], Answer]


class Between(ScriptedServer):
    """Passes requests on to the server at `url`; `fate` says what becomes of the first one by that method."""

    def __init__(self, url: str, method: str, fate: Fate) -> None:
        super().__init__(self._pass_on)
        self._real, self._method, self._fate = url, method, fate

    def _pass_on(self, seen: Seen) -> Answer:
        if seen.method == self._method and self.methods().count(seen.method) == 1:
            return self._fate(self, seen)
        return self.forward(seen)

    def forward(self, seen: Seen) -> Answer:
        """What the server answers."""
        headers = {"Content-Type": seen.headers.get("content-type", "")} if seen.body else {}
        with httpx.Client(timeout=60, trust_env=False) as http:
            got = http.request(seen.method, self._real + seen.path, content=seen.body, headers=headers)
        return Answer(got.status_code, got.content, got.headers.get("content-type"))


def lose_the_answer(between: Between, seen: Seen) -> Answer:
    """The server does what was asked, and nobody hears of it."""
    between.forward(seen)
    return HANG_UP


def lose_the_request(between: Between, seen: Seen) -> Answer:
    """It never comes to the server."""
    return HANG_UP


def proxy_gives_up(between: Between, seen: Seen) -> Answer:
    """A proxy waits no longer, while the server goes on."""
    between.forward(seen)
    return Answer(504, b"<html>Gateway Timeout</html>", "text/html")
