"""One browser and one Jupyter server for all tests of this folder; a page and a kernel for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import expect

from invokeai_widgets.demo.server import DemoServer
from tests.conftest import Begin
from tests.support.jupyter import (
    FRONT_ENDS,
    IPYKERNELS,
    Browser,
    JupyterServer,
    NotebookPage,
    ipykernel_path,
    open_notebook,
)
from tests.support.jupyter.browser import ColorScheme

from .tables import SHOW, ShownTable

OpenNotebook = Callable[..., NotebookPage]
Show = Callable[..., ShownTable]

# A busy machine takes long; what is right is seen at once all the same.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with Browser() as running:
        yield running


@pytest.fixture(scope="package")
def jupyter() -> Iterator[JupyterServer]:
    """A Jupyter server; its kernels are ``python3`` and, of other versions, ``ipykernel-6`` and so on."""
    kernels = {f"ipykernel-{name}": ipykernel_path(name) for name in IPYKERNELS}
    with JupyterServer(kernels=kernels) as server:
        yield server


@pytest.fixture(params=FRONT_ENDS)
def front_end(request: pytest.FixtureRequest) -> str:
    """Runs the test twice: in JupyterLab ("lab") and in Notebook 7 ("notebook")."""
    return str(request.param)


@pytest.fixture
def notebook(browser: Browser, jupyter: JupyterServer) -> Iterator[OpenNotebook]:
    """Open notebooks: ``notebook(["cell", ...], front_end="lab", kernel="python3", width=1280)``.

    Their pages are closed and their kernels ended after the test.
    """
    opened: list[NotebookPage] = []

    def open_one(
        cells: Sequence[str] | Path,
        front_end: str = "lab",
        kernel: str = "python3",
        width: int = 1280,
        height: int = 900,
        color_scheme: ColorScheme = "light",
    ) -> NotebookPage:
        page = browser.new_page(width, height, color_scheme)
        opened.append(open_notebook(jupyter, page, cells, front_end, kernel))
        return opened[-1]

    yield open_one
    for page in opened:
        page.close()
    jupyter.end_kernels()


@pytest.fixture
def server(begin: Begin) -> DemoServer:
    """A server with sixty models."""
    return begin(models=60)


@pytest.fixture
def show(notebook: OpenNotebook, server: DemoServer) -> Show:
    """Show a table: of the server, or what `cell` says."""

    def show(cell: str = "", front_end: str = "lab", **options: object) -> ShownTable:
        page = notebook([cell or SHOW.format(source=repr(server.url)), ""], front_end, **options)
        page.run(0)
        return ShownTable(page).wait()

    return show
