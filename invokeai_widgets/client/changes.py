"""`Changes`: who wants to hear that the models of a server may have changed by what this process asked of it.

InvokeAI tells nobody of edits and deletions; a table beside a script would show the old models until it looks
again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar
from weakref import WeakValueDictionary


class Changes:
    """The listeners of one server. Any thread may use it; get one by `Changes.of(address)`."""

    _by_address: ClassVar[WeakValueDictionary[str, Changes]] = WeakValueDictionary()
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._listeners: dict[object, Callable[[], None]] = {}

    @classmethod
    def of(cls, address: str) -> Changes:
        """The one of a server, whichever client it is asked through."""
        with cls._lock:
            known = cls._by_address.get(address)
            if known is None:
                known = cls._by_address[address] = cls()
            return known

    def subscribe(self, hear: Callable[[], None]) -> Callable[[], None]:
        """Have `hear` called, on the thread of the change; returns the function that ends it."""
        mark = object()
        self._listeners[mark] = hear

        def leave() -> None:
            self._listeners.pop(mark, None)

        return leave

    def tell(self) -> None:
        """Something was asked that changes models. It may have failed, or not be answered."""
        for hear in list(self._listeners.values()):
            hear()
