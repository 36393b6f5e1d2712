"""Everything that is measured of one widget at one size, in a page and a kernel of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
from playwright.sync_api import Error as PageError, Page

from bench.tables.cases import Case
from bench.workers import CaseFailedError
from tests.support.jupyter import Browser, JupyterServer, NotebookPage, open_notebook

HERE = Path(__file__).resolve().parent
UNITS = {
    "first row": "ms",
    "wire until the first row": "kB",
    "wire in all": "kB",
    "tab growth": "MB",
    "saved notebook": "kB",
    "search": "ms",
    "sort": "ms",
    "frames a second": "",
    "frames over 50 ms": "",
    "sort, kernel busy": "ms",
    "again": "ms",
}
SHOW_TIMEOUT, ACT_TIMEOUT = 60_000, 10_000  # milliseconds
SCROLL = 5.0  # seconds
BITMAPS_KEPT = 6.0  # seconds: as long as that, Chromium keeps those of what it does not show any more
BUSY = "import time\nend = time.monotonic() + 4\nwhile time.monotonic() < end: pass"


class Sitting(AbstractContextManager["Sitting"]):
    """One widget at one size in a page; the figures are taken in the order of `take`."""

    def __init__(self, server: JupyterServer, browser: Browser, case: Case, size: int) -> None:
        page = browser.new_page()
        page.add_init_script(path=HERE / "wire.js")
        data = f"from bench.tables.data import models\ndf = models({size})\n"
        self._book = open_notebook(server, page, [data + case.setup, case.show, case.show, BUSY])
        self._page, self._case = page, case
        page.evaluate((HERE / "page.js").read_text())
        try:
            self._book.run(0, timeout=120)
        except BaseException:
            self._book.close()
            raise

    def take(self, wanted: Mapping[str, list[str]]) -> dict[str, float]:
        """Figure -> value; what the widget can't do or did not do in time is left out.

        Raises:
            CaseFailedError: It showed no row; with what the cells said.
        """
        taken = self._show()
        if not taken:
            raise CaseFailedError(_last_line(self._book.text(0) + self._book.text(1)) or "shows no row")
        for figure in (self._search, self._sort, self._sort_while_busy, self._scroll, self._again):
            try:
                taken.update(figure(wanted))
            except PageError:  # a control that isn't there: this widget can't do it
                continue
        return taken

    def __exit__(self, *exc: object) -> None:
        self._book.close()

    def _ask(self, call: str, *args: object) -> object:
        return self._page.evaluate(f"args => bench.{call}(...args)", [self._case.name, *args])

    def _show(self) -> dict[str, float]:
        before = _tab_memory(self._page)
        start = self._page.evaluate("bench.received()")
        shown = self._ask("show", 1, SHOW_TIMEOUT)
        assert isinstance(shown, dict)
        if shown["ms"] is None:
            return {}
        self._settle()
        return {
            "first row": shown["ms"],
            "wire until the first row": shown["received"] / 1000,
            "wire in all": (self._page.evaluate("bench.received()") - start) / 1000,
            "tab growth": (_tab_memory(self._page) - before) / 1e6,
            "saved notebook": _saved(self._book),
        }

    def _settle(self) -> None:
        """Until nothing has come over the wire for two seconds, two minutes at most."""
        end, last = time.monotonic() + 120, -1
        while time.monotonic() < end:
            received = self._page.evaluate("bench.received()")
            if received == last:
                return
            last = received
            time.sleep(2)

    def _search(self, wanted: Mapping[str, list[str]]) -> dict[str, float]:
        """The mean of two: each types a text that one row has, and takes it away again."""
        if not self._ask("can", "search"):
            return {}
        (needle,), first_row, times = wanted["needle"], self._ask("top", 1), []
        for _ in range(2):
            times.append(self._ask("search", 1, needle, needle, ACT_TIMEOUT))
            self._ask("search", 1, "", first_row, ACT_TIMEOUT)
        return _mean("search", times)

    def _sort(self, wanted: Mapping[str, list[str]]) -> dict[str, float]:
        """The mean of two: by size, one way and the other."""
        if not self._ask("can", "sort"):
            return {}
        return _mean(
            "sort", [self._ask("sort", 1, wanted[self._case.sorted_by], ACT_TIMEOUT) for _ in range(2)]
        )

    def _scroll(self, wanted: Mapping[str, list[str]]) -> dict[str, float]:
        """The wheel, up to 60 turns a second, away and back: rows move all the time. None for pages."""
        if not self._ask("can", "scroll"):
            return {}
        place, first_row = self._ask("place", 1), self._ask("top", 1)
        assert isinstance(place, dict)
        self._page.mouse.move(place["x"], place["y"])
        self._page.evaluate("bench.startMeter()")
        self._wheel(100, SCROLL / 2)
        moved = self._ask("moved", 1, first_row)
        self._wheel(-100, SCROLL / 2)
        found = self._page.evaluate("bench.stopMeter()")
        return {"frames a second": found["fps"], "frames over 50 ms": found["slow"]} if moved else {}

    def _wheel(self, pixels: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            self._page.mouse.wheel(0, pixels)
            time.sleep(max(0.0, now + 1 / 60 - time.monotonic()))

    def _sort_while_busy(self, wanted: Mapping[str, list[str]]) -> dict[str, float]:
        if not self._ask("can", "sort"):
            return {}
        self._book.start(3)
        time.sleep(0.5)
        tops = (
            wanted[self._case.sorted_by] + wanted["first"]
        )  # a third click is a third way, or no order at all
        found = _mean("sort, kernel busy", [self._ask("sort", 1, tops, 3_000)])
        self._book.wait_done()
        return found

    def _again(self, wanted: Mapping[str, list[str]]) -> dict[str, float]:
        shown = self._ask("show", 2, SHOW_TIMEOUT // 4)
        assert isinstance(shown, dict)
        return {} if shown["ms"] is None else {"again": shown["ms"]}


def _mean(name: str, times: list[object]) -> dict[str, float]:
    """Nothing if one of them found no end."""
    known = [float(t) for t in times if isinstance(t, int | float)]
    return {name: sum(known) / len(known)} if len(known) == len(times) else {}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _saved(book: NotebookPage) -> float:
    """kB of the notebook's file, saved with its widgets' state."""
    book.save()
    return book.path.stat().st_size / 1000


def _tab_memory(page: Page) -> float:
    """Bytes resident in the page's renderer when it has come to rest."""
    _collect_garbage(page)
    time.sleep(BITMAPS_KEPT)
    _collect_garbage(page)  # once more: what the page held is garbage only after what the script held
    assert page.context.browser is not None
    whole = page.context.browser.new_browser_cdp_session()
    processes = whole.send("SystemInfo.getProcessInfo")["processInfo"]
    whole.detach()
    renderers = [p["id"] for p in processes if p["type"] == "renderer"]
    return float(
        max(psutil.Process(pid).memory_info().rss for pid in renderers)
    )  # the other is a spare, and small


def _collect_garbage(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
