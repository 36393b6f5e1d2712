"""httpx, imported without its command line.

Where rich and click are installed, as they often are beside Jupyter, `import httpx` imports them for the
`httpx` command: as long again as all the rest of it. In this process `httpx.main`, which nobody calls, says
that they are missing; the command itself is a process of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Meanwhile an import of this module fails, unless it was imported before."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # so Python itself says "cannot be imported"
    try:
        yield
    finally:
        sys.modules.pop(module, None)


with _without("httpx._main"):  # which httpx takes as a missing click
    import httpx

__all__ = ["httpx"]
