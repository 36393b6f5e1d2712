"""`ModelManager`: all of it in one widget: the library, adding models, the queue, the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import traitlets

from invokeai_widgets.live.connection import Connection, Source
from invokeai_widgets.widgets.base import Panel
from invokeai_widgets.widgets.manager_demo import DemoLease
from invokeai_widgets.widgets.manager_tabs import TABS

if TYPE_CHECKING:
    from typing_extensions import Self

    from invokeai_widgets.live.store import Snapshot
    from invokeai_widgets.widgets.install import InstallForm
    from invokeai_widgets.widgets.queue import InstallQueue
    from invokeai_widgets.widgets.table import ModelTable


class ModelManager(Panel):
    """The model manager of a server: library, adding models, queue and server behind tabs, one queue below.

    `source` is a server's address or a client. With `read_only` nothing is sent that would change anything on
    the server. What is in it are widgets of their own on the same connection, by name in `panels`:
    `manager.table.df`, `manager.table.selected`.
    """

    built = "manager"

    tabs: traitlets.List[dict[str, Any]] = traitlets.List(
        help="By Python, once: {id, title, parts: [{id, title, ref}]} of each tab."
    ).tag(sync=True)
    status = traitlets.Dict(help="By Python: {url, version, user, hf, models, open} for head and tabs.").tag(
        sync=True
    )

    _demo: DemoLease | None = None

    def __init__(self, source: Source, *, read_only: bool = False) -> None:
        connection = Connection.of(source, read_only=read_only)
        self.panels: dict[str, Panel] = {
            part.name: part.build(connection) for tab in TABS for part in tab.parts
        }
        super().__init__(connection, read_only=read_only, tabs=self._tabs())

    @classmethod
    def demo(cls, *, read_only: bool = False, **settings: Any) -> Self:
        """A manager of the embedded server, which is started for it; nothing else is needed.

        The settings are those of `invokeai_widgets.demo.serve`; 34 invented models unless `models` says
        otherwise. Managers with equal settings share one server. It ends with the last of them, or with the
        kernel; without `root` nothing of it remains. Needs `invokeai_widgets[demo]`.
        """
        lease = DemoLease.of(**{"models": 34, **settings})
        try:
            manager = cls(lease.url, read_only=read_only)
        except BaseException:
            lease.end()
            raise
        manager._demo = lease
        return manager

    @property
    def table(self) -> ModelTable:
        """The library: `table.df`, `table.selected`, `table.filter(...)`."""
        return cast("ModelTable", self.panels["table"])

    @property
    def form(self) -> InstallForm:
        """The install form."""
        return cast("InstallForm", self.panels["form"])

    @property
    def queue(self) -> InstallQueue:
        """The install jobs."""
        return cast("InstallQueue", self.panels["queue"])

    @property
    def url(self) -> str:
        """The server's address, without secrets."""
        return self.connection.base_url

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """What head and tabs say."""
        return {
            "status": {
                "url": _place(self.connection.base_url),
                "version": snapshot.version,
                "user": snapshot.user and (snapshot.user.display_name or snapshot.user.email),
                "hf": None if snapshot.hf is None else snapshot.hf.status,
                "models": len(snapshot.models) if snapshot.loaded else None,
                "open": sum(not job.is_final for job in snapshot.jobs.values()),
            }
        }

    def close(self) -> None:
        """Close it with all its panels; its embedded server ends with the last manager that uses it."""
        for panel in () if self._closed else self.panels.values():
            panel.close()
        super().close()
        if self._demo is not None:
            self._demo.end()

    def _attach(self) -> None:
        super()._attach()
        for panel in self.panels.values():
            panel._attach()

    def _detach(self) -> None:
        super()._detach()
        for panel in self.panels.values():
            if self._closed or not panel._views:  # one that is shown in another cell goes on
                panel._detach()

    def _tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "id": tab.name,
                "title": tab.title,
                "parts": [
                    {
                        "id": part.name,
                        "title": part.title,
                        "ref": f"anywidget:{self.panels[part.name].model_id}",
                    }
                    for part in tab.parts
                ],
            }
            for tab in TABS
        ]

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        """The library and the queue as text."""
        return "\n\n".join(self.panels[name].plain_text() for name in ("table", "queue"))

    def plain_html(self) -> str:
        """The library and the queue as HTML."""
        return "".join(self.panels[name].plain_html() for name in ("table", "queue"))


def _place(base_url: str) -> str:
    """The address as short as one says it: "localhost:9090"."""
    return base_url.partition("://")[2].rstrip("/")
