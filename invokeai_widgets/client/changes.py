"""`Changes`: who wants to hear that the models of a server may have changed by what this process asked of it.

InvokeAI tells nobody of edits and deletions; a table beside a script would show the old models until it looks
again.
"""

from __future__ import annotations

import threading
from typing import ClassVar, Protocol
from weakref import WeakSet, WeakValueDictionary


class Listener(Protocol):
    """Whoever wants to hear; it is not kept by that."""

    def models_changed(self) -> None:
        """Something was asked that changes models, or an install has completed. The first may have failed.

        Called on the thread that asked, or that follows the jobs.
        """


class Changes:
    """The listeners of one server, whichever client it is asked through. Get one by `Changes.of(address)`."""

    _by_address: ClassVar[WeakValueDictionary[str, Changes]] = WeakValueDictionary()
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._listeners: WeakSet[Listener] = WeakSet()

    @classmethod
    def of(cls, address: str) -> Changes:
        """The one of a server. It lasts as long as somebody holds it."""
        with cls._lock:
            known = cls._by_address.get(address)
            if known is None:
                known = cls._by_address[address] = cls()
            return known

    def add(self, listener: Listener) -> None:
        """Let it hear, as long as it is there."""
        with self._lock:
            self._listeners.add(listener)

    def tell(self) -> None:
        """Let all of them know."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener.models_changed()
