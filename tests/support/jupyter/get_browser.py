"""See that the tests have a browser, and get one if not: ``python -m tests.support.jupyter.get_browser``.

An installed Chromium or Chrome is taken; else Debian's package where we may install it; else Playwright's own
download.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from .browser import find_chromium


def main() -> int:
    if find_chromium() or _playwrights_own().exists():
        return 0
    if _is_debian_root():
        print("installing Debian's chromium ...", file=sys.stderr, flush=True)
        if _run("apt-get", "update", "-q") and _run("apt-get", "install", "-q", "-y", "chromium"):
            return 0
    print("fetching a browser with Playwright ...", file=sys.stderr, flush=True)
    if _run(sys.executable, "-m", "playwright", "install", "chromium"):
        return 0
    print("No browser could be installed. Install Chromium, or name one by CHROMIUM=/path.", file=sys.stderr)
    return 1


def _playwrights_own() -> Path:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _is_debian_root() -> bool:
    if os.geteuid() != 0:
        return False
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def _run(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
