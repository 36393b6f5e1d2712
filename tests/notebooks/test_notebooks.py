"""The notebooks run from top to bottom, and are saved with outputs that show well without a kernel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from invokeai_widgets import demo
from tests.support.jupyter.execute import execute
from tests.support.jupyter.rerun import OWN_FOLDER

FOLDER = Path(__file__).parent.parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

# What a token looks like: of the hub, of a login, in a header or in an address.
SECRET = re.compile(
    r"\bhf_\w{8,}"
    r"|\beyJ[\w-]{10,}\."
    r"|[Bb]earer \w{8,}"
    r"|[?&](?:token|api_key|access_token)=\w+"
    r"|//[^/\s\"@]+:[^/\s\"@]+@"
)

pytestmark = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.mark.kernel
@pytest.mark.timeout(300)
def test_it_runs_from_top_to_bottom_and_its_saved_outputs_are_of_the_same_kinds(notebook: Path) -> None:
    with demo.serve(models=34) as url:
        executed = execute(notebook, {"INVOKEAI_URL": url})
    assert [kinds(cell) for cell in code_cells(executed)] == [
        kinds(cell) for cell in code_cells(read(notebook))
    ]


@pytest.mark.kernel
@pytest.mark.timeout(300)
def test_without_an_address_it_starts_a_server_and_shows_the_figures_that_are_saved(notebook: Path) -> None:
    executed = execute(notebook, {"INVOKEAI_URL": ""})
    assert [figures(cell) for cell in code_cells(executed)] == [
        figures(cell) for cell in code_cells(read(notebook))
    ]


def test_it_shows_its_outputs_without_a_kernel(notebook: Path) -> None:
    saved = read(notebook)
    assert any(cell.outputs for cell in code_cells(saved))
    for number, cell in enumerate(code_cells(saved), 1):
        assert cell.execution_count == number, f"cell {number} was not run in its turn"
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            if "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
                assert output.data.get("text/html"), cell.source
                assert output.data.get("text/plain"), cell.source


def test_it_keeps_no_widget_state_and_no_secret(notebook: Path) -> None:
    assert "widgets" not in read(notebook).metadata
    assert SECRET.findall(notebook.read_text(encoding="utf-8")) == []


def read(notebook: Path) -> nbformat.NotebookNode:
    return nbformat.read(notebook, as_version=4)  # type: ignore[no-any-return]


def code_cells(notebook: nbformat.NotebookNode) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def figures(cell: Any) -> list[str]:
    """The words that a cell prints or gives as data, in any order: files are read as the disk lists them.

    Not what a widget shows: of an install that may be any moment of it.
    """
    texts = [
        output.get("text") or output.data.get("text/plain", "")
        for output in cell.outputs
        if "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
    ]
    return sorted(OWN_FOLDER.sub(r"/models/\1", "\n".join(texts)).split())


def kinds(cell: Any) -> list[str]:
    """What a cell shows, by kind: "stream", or the richest of its mime types."""
    order = ("application/vnd.jupyter.widget-view+json", "text/html", "text/plain")
    return sorted(
        {
            next((mime for mime in order if mime in output.get("data", {})), output.output_type)
            for output in cell.outputs
        }
    )
