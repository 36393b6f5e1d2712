"""The server panel: its version and user, its cache, its missing files and orphaned folders."""

from .panel import ServerPanel

__all__ = ["ServerPanel"]
