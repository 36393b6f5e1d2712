"""Records, links between them and users, in SQLite."""

from __future__ import annotations

from .database import connect
from .records import DuplicateModelException, Records, UnknownModelError

__all__ = ["DuplicateModelException", "Records", "UnknownModelError", "connect"]
