"""One running server and its root folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import httpx
from typing_extensions import Self

from tests.support.ports import free_port

from .install import install
from .versions import NEWEST, at_least

LAUNCH = Path(__file__).with_name("launch.py")
START_TIMEOUT = 300.0  # seconds; 12 on an idle machine of two cores
STOP_TIMEOUT = 30.0  # seconds; a server that is asked to stop takes up to 20
KNOWS_USERS = "6.13.0"  # older ones refuse to start with a setting they do not know


class RealInvokeAI:
    """A real server in `root`, listening on 127.0.0.1 while the `with` block runs.

    ``.url`` is its address, ``.root`` its folder, ``.api`` a plain `httpx.Client` for what a test wants to
    know behind the client's back. `kill` ends it as a crash does, `restart` starts it in the same root and on
    the same port, `stop` asks it to end. `hf_endpoint` is the address of a stand-in for the Hugging Face hub;
    without one, nothing answers there.

    A newer version migrates the database in `root` for good: one root for each version.
    """

    def __init__(
        self,
        root: Path,
        port: int | None = None,
        version: str = NEWEST,
        multiuser: bool = False,
        hf_endpoint: str | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        if multiuser and not at_least(version, KNOWS_USERS):
            raise ValueError(f"InvokeAI {version} knows no users")
        self.root = root.resolve()
        self.port = port or free_port()
        self.version = version
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.root / "server.log"
        self._settings = _settings(self.port, version, multiuser) | dict(settings or {})
        self._hf_endpoint = hf_endpoint or "http://127.0.0.1:9"
        self._process: subprocess.Popen[bytes] | None = None
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True, exist_ok=True)
        # JSON is YAML; the server reads this file and never rewrites it.
        (self.root / "invokeai.yaml").write_text(json.dumps(self._settings, indent=2))
        # The server closes a connection after a 500, and after 5 idle seconds: none is kept.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self.api = self._resources.enter_context(
            httpx.Client(base_url=self.url, timeout=60, trust_env=False, limits=fresh)
        )
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()  # its root is thrown away, so nobody waits for a polite end
        self._resources.close()

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers; `RuntimeError` with the end of its log if it does not."""
        if self.running:
            raise RuntimeError(f"{self.url} is running already")
        python = install(self.version)
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(python), str(LAUNCH), str(self.root)],
                env=self._environment(),
                stdin=subprocess.PIPE,  # it ends with this pipe, hence with us
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready(self._process, begin)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash or a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end (SIGINT), and wait; killed if it takes longer than half a minute."""
        self._end(signal.SIGINT)

    def restart(self) -> None:
        """Kill it if it runs, and start it again: same root, same address."""
        self.kill()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()

    def _environment(self) -> dict[str, str]:
        # Without what is set for the user's own server: every setting can come from INVOKEAI_<NAME>.
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(("INVOKEAI_", "HF_"))
        }
        return ours | {
            "HF_HOME": str(self.root / "hf"),  # where the server keeps the token of a Hugging Face login
            "HF_ENDPOINT": self._hf_endpoint,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_XET": "1",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def _wait_until_ready(self, process: subprocess.Popen[bytes], begin: int) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with status {process.returncode}:\n{self._log_end()}")
            # Read from its log, because a server that finds its port taken silently takes the next one.
            log = self.log.read_bytes()[begin:].decode(errors="replace")
            if "running on http" in log:
                if f"running on {self.url}" not in log:
                    raise RuntimeError(f"port {self.port} was taken:\n{self._log_end()}")
                if self._answers():
                    return
            time.sleep(0.2)
        raise RuntimeError(f"the server did not answer in {START_TIMEOUT:.0f} s:\n{self._log_end()}")

    def _answers(self) -> bool:
        try:
            return self.api.get("/api/v1/app/version", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


def _settings(port: int, version: str, multiuser: bool) -> dict[str, object]:
    common = {"host": "127.0.0.1", "port": port, "device": "cpu", "patchmatch": False, "log_format": "plain"}
    if not at_least(version, KNOWS_USERS):  # a setting it does not know, or another schema: it does not start
        return {"schema_version": "4.0.2", **common}
    # By default the server refuses to download from loopback and private addresses.
    newer = {"allow_private_download_urls": True, "multiuser": multiuser}
    return {"schema_version": "4.0.3", **common, **newer}
