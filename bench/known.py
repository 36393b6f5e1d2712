"""In the kernel: when a widget knew that all installs had completed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Any


class Known:
    """Looks at a widget twenty times a second, from a thread, until it knows `wanted` completed jobs."""

    def __init__(
        self, wanted: int, jobs: Callable[[], Iterable[Mapping[str, Any]]], models: Callable[[], Sized] | None
    ) -> None:
        self._wanted, self._jobs, self._models = wanted, jobs, models
        self._at: float | None = None
        threading.Thread(target=self._look, daemon=True).start()

    def told(self) -> str:
        """As JSON: how many completed jobs and models it knows, and since when all (seconds, epoch)."""
        return json.dumps(
            {
                "completed": self._completed(),
                "models": len(self._models()) if self._models else None,
                "at": self._at,
            }
        )

    def _completed(self) -> int:
        return sum(job["status"] == "completed" for job in self._jobs())

    def _look(self) -> None:
        while self._completed() < self._wanted:
            time.sleep(0.05)
        self._at = time.time()
