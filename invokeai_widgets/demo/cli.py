"""The command `invokeai-widgets`: the embedded server on its own, or JupyterLab with it behind."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from invokeai_widgets._version import __version__

from .notebook import write_notebook

if TYPE_CHECKING:
    from .server import DemoServer

FIRST_NOTEBOOK = Path("notebooks/01_first_look.ipynb")
USERS = (("admin@example.org", True), ("guest@example.org", False))
PASSWORD = "Embedded-1"  # noqa: S105 - of users that exist in a demo only, and it is printed
_NEEDED = ("blake3", "PIL", "pydantic", "multipart", "starlette", "uvicorn", "websockets")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    asked = _parser().parse_args(arguments)
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        _complain(f"{', '.join(missing)} not installed: pip install 'invokeai_widgets[demo]'")
        return 1
    from .server import DemoServerError

    try:
        server = _start(asked)
    except DemoServerError as error:
        _complain(str(error))
        return 1
    except OSError as error:
        _complain(f"The embedded server cannot listen on {asked.host}, port {asked.port}: {error.strerror}.")
        return 1
    try:
        return int(asked.run(asked, server))
    finally:
        server.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="invokeai-widgets", description="A model manager without InvokeAI, for lessons and tests."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="serve | lab")
    serve = commands.add_parser("serve", help="start the embedded server, until Ctrl-C")
    serve.set_defaults(run=_serve)
    serve.add_argument("--host", default="127.0.0.1", help="where to listen; others can reach it at 0.0.0.0")
    serve.add_argument("--multiuser", action="store_true", help="ask for logins; two users are made")
    lab = commands.add_parser("lab", help="JupyterLab on the first notebook, with the embedded server")
    lab.set_defaults(run=_lab, host="127.0.0.1", multiuser=False)
    lab.add_argument("notebook", nargs="?", type=Path, help=f"another notebook than {FIRST_NOTEBOOK}")
    for command, models in ((serve, 0), (lab, 34)):
        _add_common(command, models)
    return parser


def _add_common(command: argparse.ArgumentParser, models: int) -> None:
    command.add_argument("--port", type=int, default=0, help="0, as if none is given, takes a free one")
    command.add_argument("--root", help="the folder to keep everything in; without one, nothing is kept")
    command.add_argument(
        "--models", type=int, default=models, metavar="N", help="fill the library with N models"
    )
    command.add_argument("--seed", type=int, default=0, help="which models")
    command.add_argument("--speed", type=float, default=1.0, help="of invented downloads; 0.2 is a fifth")
    command.add_argument("--pretend", default="6.14.2", metavar="VERSION", help="be an older InvokeAI")


def _start(asked: argparse.Namespace) -> DemoServer:
    from . import start

    server = start(
        root=asked.root,
        host=asked.host,
        port=asked.port,
        models=asked.models,
        seed=asked.seed,
        speed=asked.speed,
        version=asked.pretend,
        multiuser=asked.multiuser,
    )
    _say(f"The embedded model manager is at {server.url}")
    _say(f"It keeps its files in {server.root}" + ("" if asked.root else ", until it ends"))
    if asked.multiuser:
        _make_users(server)
    return server


def _make_users(server: DemoServer) -> None:
    for email, is_admin in USERS:
        server.add_user(email, PASSWORD, is_admin=is_admin)
        _say(f"{'Administrator' if is_admin else 'User'}: {email}, password {PASSWORD}")


def _serve(asked: argparse.Namespace, server: DemoServer) -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    _say("Ctrl-C ends it.")
    # Without a limit, Windows would not let Ctrl-C through.
    while not ended.wait(1):
        pass
    return 0


def _lab(asked: argparse.Namespace, server: DemoServer) -> int:
    if find_spec("jupyterlab") is None:
        _complain("JupyterLab is not installed: pip install jupyterlab")
        return 1
    notebook = asked.notebook or (FIRST_NOTEBOOK if FIRST_NOTEBOOK.exists() else write_notebook(server.root))
    _say(f"There are models to scan and to install in {server.shelf()}")
    root_may = hasattr(os, "geteuid") and os.geteuid() == 0
    # The address that JupyterLab prints is then that of the notebook, too.
    first = f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        str(notebook),
        first,
        *(["--allow-root"] if root_may else []),
    ]
    process = subprocess.Popen(command, env={**os.environ, "INVOKEAI_URL": server.url})  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # JupyterLab gets it too, asks whether it is meant, and ends if so


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"invokeai-widgets: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
