"""Headless Chromium under Playwright."""

from __future__ import annotations

import os
import shutil
from types import TracebackType
from typing import Literal

from playwright.sync_api import Page, Playwright, sync_playwright

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Loopback only: whatever a page asks of another host fails, on a machine with a network too.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # A page nobody looks at is not slowed down.
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--force-color-profile=srgb",
)

ColorScheme = Literal["light", "dark"]


def find_chromium() -> str | None:
    """``$CHROMIUM``, else an installed Chromium or Chrome, else None: Playwright's own, if it has one."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """A running browser; every `new_page` is a fresh profile."""

    def __enter__(self) -> Browser:
        self._playwright: Playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(
                executable_path=find_chromium(), args=[*ARGUMENTS, *_sandbox()]
            )
        except BaseException:
            self._playwright.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def new_page(self, width: int = 1280, height: int = 900, color_scheme: ColorScheme = "light") -> Page:
        """An empty page of its own profile; close its ``context`` when done."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=color_scheme
        )
        return context.new_page()


def _sandbox() -> list[str]:
    """Chromium refuses to run sandboxed as root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
