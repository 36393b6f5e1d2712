"""A set of models as data: frames, and what can be asked of them.

    from invokeai_widgets.library import frame
    models = frame(client)

pandas is imported when the first frame is made, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from invokeai_widgets.library.conforming import conform
    from invokeai_widgets.library.frames import frame_of
    from invokeai_widgets.library.reading import frame, frame_async

__all__ = ["conform", "frame", "frame_async", "frame_of"]


def __getattr__(name: str) -> Any:
    if name in ("frame", "frame_async"):
        from invokeai_widgets.library import reading as home
    elif name == "conform":
        from invokeai_widgets.library import conforming as home  # type: ignore[no-redef]
    elif name == "frame_of":
        from invokeai_widgets.library import frames as home  # type: ignore[no-redef]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(home, name)
