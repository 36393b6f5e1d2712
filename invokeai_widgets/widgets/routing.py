"""Why a click acts while a cell blocks.

Front ends send a widget's messages to a subshell of the kernel, a second thread that is free while a cell
runs. ipykernel 7.4 routes them instead to where the comm last *published* from; a widget made by a cell, or
written by a background thread, then belongs to the main shell, and its Cancel waits for the cell that is to
be cancelled. So each comm of ours gets a routing rule of its own: where the browser asked for. The name is
private to ipykernel, hence the guard, and a browser test that fails when it goes.
"""

from __future__ import annotations

from typing import Any


def keep_clicks_prompt(comm: Any) -> None:
    """Make messages to `comm` run where the browser sent them; where the kernel has no such rule, nothing."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_the_browser_asked


def _as_the_browser_asked(_data: object, default: Any) -> Any:
    return default
