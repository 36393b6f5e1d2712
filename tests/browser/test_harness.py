"""The browser harness itself, with a widget that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import OpenNotebook

pytestmark = pytest.mark.browser

MOVED_BY_A_THREAD = """
import threading, time
from ipywidgets import IntProgress
bar = IntProgress(max=5)
display(bar)

def move():
    for bar.value in range(1, 6):
        time.sleep(0.05)

threading.Thread(target=move).start()
threading.Event().wait()
"""


def test_a_bar_moves_while_its_cell_blocks_until_it_is_stopped(
    notebook: OpenNotebook, front_end: str
) -> None:
    page = notebook([MOVED_BY_A_THREAD], front_end)
    page.start(0)
    page.widget(0).locator('.progress-bar[style*="width: 100%"]').wait_for()
    assert page.busy
    page.interrupt()
    page.wait_done()
    assert "KeyboardInterrupt" in page.text(0)


def test_a_cell_gives_its_text_and_is_saved(notebook: OpenNotebook, front_end: str) -> None:
    page = notebook(["6 * 7", ""], front_end)
    assert page.run(0) == "42"
    assert page.run_source(1, "print('seen')") == "seen\n"
    saved = page.save()
    assert [cell["source"] for cell in saved["cells"]] == ["6 * 7", "print('seen')"]
    assert page.wire.contains("print('seen')", "sent")
    assert page.cell_count == 2


def test_a_page_reaches_no_other_host(notebook: OpenNotebook, tmp_path: Path) -> None:
    page = notebook(["1"])
    outside = "fetch('http://example.com').then(() => 'reached', () => 'refused')"
    assert page.page.evaluate(outside) == "refused"
    picture = tmp_path / "page.png"
    page.page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000


def test_the_theme_and_the_frame_meter(notebook: OpenNotebook) -> None:
    page = notebook(["1"])
    page.start_frame_meter()
    page.set_theme("JupyterLab Dark")
    assert page.stop_frame_meter()["frames"] > 0
    assert page.page.evaluate("document.body.dataset.jpThemeLight") == "false"
