"""The embedded server: behaves on the wire as InvokeAI's model manager, without InvokeAI.

    from invokeai_widgets import demo

    with demo.serve(models=34) as url:
        ...

`start` gives the server itself, for lessons and tests: `faults`, `clock`, `invent` (a file to download),
`shelf` (a folder to scan), `restart`.

Needs the extra `invokeai_widgets[demo]`. What it does otherwise than InvokeAI is listed in `differences`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .settings import Settings

if TYPE_CHECKING:
    from .server import DemoServer

__all__ = ["Settings", "serve", "start", "write_shelf"]


def start(*, root: str | Path | None = None, **settings: Any) -> DemoServer:
    """A running embedded server; `stop` it in the end. The settings are those of `serve`."""
    from .server import DemoServer

    folder = Path(root).expanduser().resolve() if root is not None else None
    return DemoServer(Settings(root=folder, **settings)).start()


@contextmanager
def serve(*, root: str | Path | None = None, **settings: Any) -> Iterator[str]:
    """The address of an embedded server that runs while the block does.

    Args:
        root: The folder it keeps models, records and paused downloads in. None: a temporary one, and the
            records in memory; nothing of it remains.
        models: How many invented models the library is filled with, if it is empty.
        seed: Which ones: the same seed gives the same library.
        port: 0 takes one that is free. `host` is 127.0.0.1, unless you know what you do.
        version: "6.14.2", or an older one: "5.15.0", "6.0.2", "6.8.1", "6.11.1", "6.13.0".
        multiuser: Ask for logins; the first administrator is still to be set up.
        allow_private_download_urls: Whether files may be fetched from this machine and its network.
        allow_unknown_models: Whether what is not identified is taken all the same.
        hf_endpoint: The address of a hub to use instead of the invented one.
        speed: How fast the clock of invented downloads runs.
        clock_by_hand: Let it stand, and be turned by `DemoServer.turn`.

    Raises what `DemoServer.start` raises.
    """
    server = start(root=root, **settings)
    try:
        yield server.url
    finally:
        server.stop()


def write_shelf(folder: str | Path | None = None, *, count: int = 12, seed: int = 0) -> str:
    """A folder with that many small model files, written now, to scan and to install from.

    None: a new temporary folder. It is for a server on this machine, and nobody removes it.
    """
    from .catalogue.shelf import write_shelf as write

    shelf = Path(folder or tempfile.mkdtemp(prefix="shelf-")).expanduser().resolve()
    write(shelf, count, seed)
    return str(shelf)
