"""Make the pictures of the README: ``python -m docs.pictures``.

The manager in JupyterLab, narrow and wide, light and dark, on the embedded server: a few models selected, and
below them a queue in which one install runs, one is paused, one has failed and one is done. The library and
the downloads are invented, from one seed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page

from invokeai_widgets import demo
from invokeai_widgets.demo.server import DemoServer
from tests.support.jupyter import Browser, JupyterServer, open_notebook

FOLDER = Path(__file__).parent
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS = (600, 900, 1400)  # of the manager, in pixels
HEIGHT = 1400
SEARCH = "Studio"
SETTLE = 15  # seconds
REST = 500  # milliseconds
FILES = "https://hub.invalid"  # the address that the embedded server makes up files for
PAUSED = f"{FILES}/quillwort/gouache-xl/resolve/main/gouache_xl.safetensors"
INSTALLS = (  # source, how fast time goes meanwhile, how far
    ("copperbeech/sketch-xl", 10, 1.0),
    (f"{FILES}/saltmarsh/tideline-dev/resolve/main/tideline_dev.safetensors", 10, 1.0),
    (PAUSED, 1, 0.6),
    ("larkspur/heron-xl", 20, 0.2),
)
CELL = """
from invokeai_widgets import ModelManager
ModelManager({url!r})
"""


def main() -> int:
    """Write ``docs/manager-<width>-<theme>.png``."""
    with filled_server() as server, JupyterServer() as jupyter, Browser() as browser:
        page = browser.new_page(max(WIDTHS), HEIGHT)
        notebook = open_notebook(jupyter, page, [CELL.format(url=server.url)])
        notebook.run(0)
        manager = notebook.widget(0).locator(".ivk-manager")
        start_installs(server)
        arrange(manager)
        for theme, title in THEMES.items():
            notebook.set_theme(title)
            for width in WIDTHS:
                widen(page, manager, width)
                path = FOLDER / f"manager-{width}-{theme}.png"
                manager.screenshot(path=path, animations="disabled")
        notebook.close()
    return 0


def widen(page: Page, manager: Locator, width: int) -> None:
    """Make the page so wide that the manager has this width; what is around it takes less in a narrow one."""
    for _ in range(3):
        now, window = manager.bounding_box(), page.viewport_size
        assert now is not None
        assert window is not None
        page.set_viewport_size({"width": round(window["width"] + width - now["width"]), "height": HEIGHT})
        page.wait_for_timeout(REST)


@contextmanager
def filled_server() -> Iterator[DemoServer]:
    """An embedded server at InvokeAI's own port, which the picture shows."""
    server = demo.start(port=9090, models=128, seed=7)
    try:
        yield server
    finally:
        server.stop()


def start_installs(server: DemoServer) -> None:
    """One install is done, one has failed, one is paused in the middle, one has come a part of the way."""
    install = "/api/v2/models/install"
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as api:

        def until(number: int, share: float) -> None:
            while True:
                job = api.get(f"{install}/{number}").json()
                if job["status"] in ("completed", "error") or job["bytes"] > share * (
                    job["total_bytes"] or 1e99
                ):
                    return
                time.sleep(0.02)

        for source, speed, share in INSTALLS:
            server.clock.speed = speed
            started = api.post(install, params={"source": source}, json={}).raise_for_status().json()
            until(started["id"], share)
            if source == PAUSED:
                api.post(f"{install}/{started['id']}/pause").raise_for_status()
    server.clock.speed = 1


def arrange(manager: Locator) -> None:
    """Search, choose two models and wait until the speed of the download has settled."""
    grid = manager.get_by_role("grid", name="Models")
    manager.get_by_label("Search models").fill(SEARCH)
    rows = grid.get_by_role("row").filter(has_text=SEARCH)
    rows.nth(1).locator(".ivk-tick").click()
    rows.nth(0).locator(".ivk-tick").click()
    manager.page.wait_for_timeout(SETTLE * 1000)


if __name__ == "__main__":
    sys.exit(main())
