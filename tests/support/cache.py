"""The folder in which slow things (a server, a browser's profile) are kept between runs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "INVOKEAI_WIDGETS_CACHE"


def cache_folder() -> Path:
    """The cache folder, created if missing: ``$INVOKEAI_WIDGETS_CACHE``, else the user's own cache."""
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named)
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "invokeai-widgets"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextmanager
def locked(name: str) -> Iterator[int]:
    """Hold the lock `name` of the cache folder; another process that wants it waits.

    The lock goes with its file descriptor, which is given: one that was killed blocks nobody, but a child
    which it handed the descriptor to (`pass_fds`), and which works on, still does.
    """
    with (cache_folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()
