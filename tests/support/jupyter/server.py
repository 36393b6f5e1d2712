"""One Jupyter server, which serves JupyterLab (/lab) and Notebook 7 (/notebooks) alike."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from tests.support.ports import free_port

from .environment import jupyter_environment, write_kernelspec

START_TIMEOUT = 90.0  # seconds
STOP_TIMEOUT = 15.0  # seconds

Settings = Mapping[str, Mapping[str, Any]]

# Nothing is fetched from outside, nothing is saved but by a test, and every cell is in the page.
SETTINGS: Settings = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
}

# The app is put into the page's window: cells run through its own commands, whatever its toolbars are.
_OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--ServerApp.disable_check_xsrf=True",  # `end_kernels` has no page to take the token from
    "--IdentityProvider.token=",
    "--PasswordIdentityProvider.hashed_password=",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


class JupyterServer:
    """A server on 127.0.0.1 without a token, in a temporary folder, while the `with` block runs.

    ``.url`` is its address, ``.root`` the folder of its notebooks. `settings` are user settings by plugin,
    for both front ends. `kernels` adds kernels beside ``python3``: name -> folder of another ipykernel. `env`
    is added to the environment of the server and its kernels.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        kernels: Mapping[str, Path] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="jupyter-"))
        self.root = self._folder / "root"
        self.log = self._folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = {**SETTINGS, **(settings or {})}
        self._kernels = kernels or {}
        self._environment = jupyter_environment(self._folder, env)

    def __enter__(self) -> JupyterServer:
        self.root.mkdir()
        for plugin, values in self._settings.items():
            self.set_setting(plugin, values)
        for name, ipykernel in self._kernels.items():
            write_kernelspec(self._folder / "data" / "kernels", name, ipykernel)
        own = (f"--port={self.port}", f"--ServerApp.root_dir={self.root}")
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *_OPTIONS, *own],
                env=self._environment,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that what its kernels leave behind can be ended with it
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def set_setting(self, plugin: str, values: Mapping[str, Any]) -> None:
        """Write the user settings of one plugin (``@jupyterlab/package:plugin``); before the page loads."""
        package, name = plugin.split(":")
        path = self._folder / "settings" / package / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

    def end_kernels(self) -> None:
        """End every kernel that runs; their notebooks stay."""
        with httpx.Client(base_url=self.url, timeout=20, trust_env=False) as api:
            for kernel in api.get("/api/kernels").json():
                api.delete(f"/api/kernels/{kernel['id']}").raise_for_status()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/api/status", timeout=5, trust_env=False).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError("the Jupyter server did not answer:\n" + self.log.read_text()[-3000:])

    def _end(self) -> None:
        if self._process.poll() is None:
            with suppress(httpx.HTTPError):  # else they end below, with the server's whole session
                self.end_kernels()
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
