"""A notebook open in a page of JupyterLab or Notebook 7."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page, TimeoutError as PlaywrightTimeout

from .server import JupyterServer
from .text import plain_traceback
from .wire import Wire

FRONT_ENDS = ("lab", "notebook")
LOAD_TIMEOUT = 90.0  # seconds, for the app and its kernel

_ADDRESS = {"lab": "/lab/tree/{name}?reset", "notebook": "/notebooks/{name}"}
_HELPERS = Path(__file__).with_name("page.js").read_text()
_numbers = itertools.count()


class NotebookPage:
    """``.page`` is Playwright's page, ``.path`` the notebook's file, ``.wire`` what crosses its websockets.

    Cells are counted from 0. `close` it when done; its kernel runs on.
    """

    def __init__(self, server: JupyterServer, page: Page, path: Path, front_end: str) -> None:
        self.page, self.path, self.front_end = page, path, front_end
        self.console: list[str] = []  # what the page logged, "error: ..." and so on
        page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.console.append(f"pageerror: {error}"))
        self.wire = Wire(page)
        page.goto(server.url + _ADDRESS[front_end].format(name=path.name), timeout=LOAD_TIMEOUT * 1000)
        page.wait_for_function("() => !!window.jupyterapp", timeout=LOAD_TIMEOUT * 1000)
        page.evaluate(_HELPERS)
        page.wait_for_function("() => harness.ready()", timeout=LOAD_TIMEOUT * 1000)

    def start(self, index: int) -> None:
        """Start a cell and return at once."""
        self.page.evaluate("index => harness.start(index)", index)

    def run(self, index: int, timeout: float = 60) -> str:
        """Run a cell to its end, which must be a good one; its text (see `text`)."""
        self.start(index)
        self.wait_done(timeout)
        text = self.text(index)
        failed = any(output["output_type"] == "error" for output in self.outputs(index))
        assert not failed, f"cell {index} failed:\n{text}"
        return text

    def run_source(self, index: int, source: str, timeout: float = 60) -> str:
        """Replace a cell's source and run it as `run` does; its text."""
        self.set_source(index, source)
        return self.run(index, timeout)

    def set_source(self, index: int, source: str) -> None:
        """Replace a cell's source."""
        self.page.evaluate("([index, source]) => harness.setSource(index, source)", [index, source])

    @property
    def busy(self) -> bool:
        """Whether the cell that was started last has not had its execute reply yet."""
        return not self.page.evaluate("() => harness.done")

    def wait_done(self, timeout: float = 60) -> None:
        """Until the cell that was started last has its execute reply."""
        try:
            self.page.wait_for_function("() => harness.done", timeout=timeout * 1000)
        except PlaywrightTimeout:
            status = self.page.evaluate("() => harness.status()")
            told = "\n".join(self.console[-20:])
            raise AssertionError(f"no reply in {timeout:g} s; the kernel is {status}:\n{told}") from None

    def interrupt(self) -> None:
        """What the stop button does."""
        self.page.evaluate("() => harness.interrupt()")

    def restart(self) -> None:
        """Start the kernel anew, as the menu does; what it knew is gone."""
        self.page.evaluate("() => harness.restart()")

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """The outputs of a cell, in nbformat."""
        found: list[dict[str, Any]] = self.page.evaluate("index => harness.outputs(index)", index)
        return found

    def text(self, index: int) -> str:
        """Stream text, text/plain and tracebacks of a cell's outputs."""
        return "".join(_text_of(output) for output in self.outputs(index))

    def widget(self, index: int) -> Locator:
        """The output area of a cell, in which its widgets are."""
        return self.page.locator(".jp-Cell").nth(index).locator(".jp-Cell-outputArea")

    @property
    def cell_count(self) -> int:
        """How many cells the notebook has now."""
        count: int = self.page.evaluate("() => harness.cellCount()")
        return count

    def save(self) -> nbformat.NotebookNode:
        """Save through the front end; the saved notebook, whose file is ``.path``."""
        self.page.evaluate("() => harness.save()")
        saved: nbformat.NotebookNode = nbformat.read(self.path, as_version=4)
        return saved

    def set_theme(self, name: str) -> None:
        """Switch to a theme ("JupyterLab Dark") and wait until the page has it."""
        self.page.evaluate("name => harness.setTheme(name)", name)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{name}"]', state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")  # it covers the page meanwhile

    def start_frame_meter(self) -> None:
        """From now on the gaps between animation frames are measured."""
        self.page.evaluate("() => harness.startMeter()")

    def stop_frame_meter(self) -> dict[str, float]:
        """``frames``: how many were drawn; ``worst``: the longest gap between two, in milliseconds."""
        measured: dict[str, float] = self.page.evaluate("() => harness.stopMeter()")
        return measured

    def close(self) -> None:
        """Close the page; the kernel runs on."""
        self.page.context.close()


def open_notebook(
    server: JupyterServer,
    page: Page,
    cells: Sequence[str] | Path,
    front_end: str = "lab",
    kernel: str = "python3",
) -> NotebookPage:
    """Write `cells` as a notebook, or take a copy of one, and open it with a running kernel."""
    if isinstance(cells, Path):
        notebook = nbformat.read(cells, as_version=4)
    else:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    path = server.root / f"notebook-{next(_numbers)}.ipynb"
    nbformat.write(notebook, path)
    return NotebookPage(server, page, path, front_end)


def _text_of(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    text = output.get("text") or data.get("text/plain") or plain_traceback(output.get("traceback", []))
    return text if isinstance(text, str) else "".join(text)
