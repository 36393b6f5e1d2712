"""A panel as its browser side sees it: intents go in as messages, replies and traits come out."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

from invokeai_widgets.widgets.base import Panel

PATIENCE = 60.0  # seconds until something that should happen counts as not happening
_rids = itertools.count()


class BrowserSide:
    """Asks a panel as JavaScript does. ``sent`` holds all messages to the browser, ``traits`` every value."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.sent: list[dict[str, Any]] = []
        self._news = threading.Condition()
        panel.send = self._take
        panel.observe(lambda _change: self._wake())

    def ask(self, verb: str, **args: Any) -> dict[str, Any]:
        """Send an intent; its one reply: {ok, result} or {ok, error}."""
        rid = f"test-{next(_rids)}"
        self.post({"kind": "intent", "rid": rid, "verb": verb, **args})
        self.wait(lambda: any(each.get("rid") == rid for each in self.sent), f"a reply to {verb}")
        replies = [each for each in self.sent if each.get("rid") == rid]
        assert len(replies) == 1, replies
        return replies[0]

    def result(self, verb: str, **args: Any) -> Any:
        """The result of an intent that must work."""
        reply = self.ask(verb, **args)
        assert reply["ok"], reply["error"]
        return reply["result"]

    def error(self, verb: str, **args: Any) -> dict[str, Any]:
        """Why an intent was refused, which it must be."""
        reply = self.ask(verb, **args)
        assert not reply["ok"], reply
        error: dict[str, Any] = reply["error"]
        return error

    def look(self, state: str = "visible") -> None:
        """Say that a view is visible, hidden or gone."""
        self.post({"kind": "view", "view": "one", "state": state})

    def post(self, content: dict[str, Any]) -> None:
        """A message as it comes from the browser."""
        self.panel._handle_custom_msg(content, [])

    def wait(self, until: Callable[[], object], what: str = "that") -> None:
        """Until it is true; checked whenever a trait changes or a message is sent."""
        deadline = time.monotonic() + PATIENCE
        while not until():  # without the lock: what it asks may wait for the loop, which wants the lock
            left = deadline - time.monotonic()
            assert left > 0, f"waited in vain for {what}"
            with self._news:
                self._news.wait(min(left, 0.05))

    def _take(self, content: dict[str, Any], buffers: object = None) -> None:
        self.sent.append(content)
        self._wake()

    def _wake(self) -> None:
        with self._news:
            self._news.notify_all()
