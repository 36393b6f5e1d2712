"""The tabs of the manager and what is in them: one line a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from invokeai_widgets.live.connection import Connection
    from invokeai_widgets.widgets.base import Panel


@dataclass(frozen=True)
class Part:
    """A panel in a tab: `manager.<name>`, the class by its module, and how it is made there."""

    name: str
    title: str
    place: str  # "module:Class" within invokeai_widgets.widgets
    settings: Mapping[str, Any] = field(default_factory=dict)

    def build(self, connection: Connection) -> Panel:
        """The panel on a connection."""
        module, _, name = self.place.partition(":")
        cls = getattr(import_module(f"invokeai_widgets.widgets.{module}"), name)
        panel: Panel = cls(connection, **self.settings)
        return panel


@dataclass(frozen=True)
class Tab:
    """A tab; several parts in it are chosen by a second row."""

    name: str
    title: str
    parts: tuple[Part, ...]


TABS = (
    Tab("library", "Library", (Part("table", "Library", "table:ModelTable"),)),
    Tab(
        "add",
        "Add models",
        (
            Part("form", "Path, URL or repository", "install:InstallForm", {"show_jobs": False}),
            Part("scan", "Folder", "scan:FolderScan"),
            Part("starters", "Starter models", "starters:StarterModels"),
            Part("hub", "Hugging Face", "hub:HuggingFace"),
        ),
    ),
    Tab("queue", "Queue", (Part("queue", "Queue", "queue:InstallQueue"),)),
    Tab("server", "Server", (Part("server", "Server", "server:ServerPanel"),)),
)
