"""The embedded servers behind `ModelManager.demo`: one for equal settings, however many managers use it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar

from invokeai_widgets.client.errors import InvokeAIError

if TYPE_CHECKING:
    from invokeai_widgets.demo.server import DemoServer


class DemoLease:
    """The use of an embedded server by one manager; `end` it."""

    _lock: ClassVar[threading.Lock] = threading.Lock()
    _running: ClassVar[dict[str, tuple[DemoServer, list[DemoLease]]]] = {}

    def __init__(self, settings: str, url: str) -> None:
        self._settings = settings
        self.url = url

    @classmethod
    def of(cls, **settings: Any) -> DemoLease:
        """A lease of the server with these settings, which is started if it does not run.

        Raises:
            InvokeAIError: What the server needs is not installed.
        """
        name = repr(sorted(settings.items()))
        with cls._lock:
            if name not in cls._running:
                cls._running[name] = (_start(settings), [])
            server, leases = cls._running[name]
            lease = cls(name, server.url)
            leases.append(lease)
            return lease

    def end(self) -> None:
        """Give it back; the last one stops the server. Harmless twice."""
        with self._lock:
            server, leases = self._running.get(self._settings, (None, []))
            if server is None or self not in leases:
                return
            leases.remove(self)
            if leases:
                return
            del self._running[self._settings]
        server.stop()


def _start(settings: dict[str, Any]) -> DemoServer:
    try:
        from invokeai_widgets import demo

        return demo.start(**settings)
    except ImportError as error:
        raise InvokeAIError(
            f"The embedded server needs {error.name}, which is not installed.",
            advice="Run: pip install 'invokeai_widgets[demo]'.",
        ) from error
