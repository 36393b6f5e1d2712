"""`invokeai-widgets lab`, as in `make demo`: JupyterLab on the first notebook, and the embedded server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.jupyter import Browser
from tests.support.jupyter.environment import jupyter_environment

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ROOT = Path(__file__).parent.parent.parent
START_TIMEOUT = 90.0  # seconds
PLACE = re.compile(r"http://127\.0\.0\.1:\d+/lab/tree/\S+")


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[Path]:
    """What the command has printed so far, while it runs."""
    output = tmp_path / "printed"
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "invokeai_widgets.demo.cli", "lab"],
            cwd=ROOT,
            env=jupyter_environment(tmp_path, {"BROWSER": "true"}),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield output
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def test_it_ends_with_the_manager_on_the_screen(printed: Path, browser: Browser) -> None:
    place = wait_for_place(printed)
    assert "The embedded model manager is at http://127.0.0.1:" in printed.read_text()
    page = browser.new_page()
    page.goto(place)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.get_by_role("grid", name="Models").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("tab", name="Library").first).to_contain_text("35", timeout=60_000)
    page.context.close()


def wait_for_place(printed: Path) -> str:
    """The address of the first notebook, once it is printed."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        found = PLACE.search(printed.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(printed.read_text())
