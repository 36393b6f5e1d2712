"""The table in marimo, which runs our module natively and has no widget manager."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from invokeai_widgets import demo
from tests.support.jupyter import Browser
from tests.support.marimo import marimo_path
from tests.support.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]  # marimo may have to be fetched

APP = """
import marimo

app = marimo.App(width="full")


@app.cell
def _():
    import marimo as mo
    from invokeai_widgets import ModelTable
    table = mo.ui.anywidget(ModelTable(@URL@))
    table
    return mo, table


@app.cell
def _(mo, table):
    mo.md(f"{len(table.value['selected'])} chosen in marimo")
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A marimo app with a table of sixty models."""
    with demo.serve(models=60) as url:
        app = tmp_path / "app.py"
        app.write_text(APP.replace("@URL@", repr(url)))
        port = free_port()
        command = [sys.executable, "-m", "marimo", "run", str(app), "--headless", "--no-token"]
        project = Path(__file__).parents[2]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (marimo_path(), project)))}
        running = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=env,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_it_listens(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            running.terminate()
            running.wait(30)


def wait_until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.3)
    raise RuntimeError("marimo does not listen")


def test_it_shows_searches_and_tells_the_selection(browser: Browser, address: str) -> None:
    page = browser.new_page(1280, 900, "light")
    page.goto(address)
    row = page.get_by_role("grid", name="Models").locator('[aria-rowindex="4"]')
    row.wait_for(timeout=60_000)
    row.locator(".ivk-tick").click()
    expect(page.get_by_text("1 chosen in marimo")).to_be_visible(timeout=20_000)
    page.get_by_role("textbox", name="Search models").fill("xl")
    expect(page.get_by_role("grid", name="Models").locator("mark").first).to_have_text("XL")
    page.context.close()
