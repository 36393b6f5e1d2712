"""How a job handle shows itself at the end of a cell: as a bar where there are widgets, else as text."""

from __future__ import annotations

import logging
import sys
from typing import Any

_log = logging.getLogger(__name__)


def bundle(handle: Any, **kwargs: Any) -> Any:
    """The mime bundle of a handle. The widgets are imported here, and only in a notebook."""
    if in_notebook():
        try:
            from invokeai_widgets.widgets.progress import JobProgress

            return JobProgress(handle)._repr_mimebundle_(**kwargs)
        except Exception:  # a bar that cannot be shown must not cost the user the cell
            _log.debug("the bar of an install job could not be made", exc_info=True)
    return {"text/plain": repr(handle)}


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs here, so that widgets have somewhere to show."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
