#!/usr/bin/env python3
"""Run the README's commands as they are printed, from a clone in which nothing else was done.

Every line of its ``sh`` blocks is looked up in HOW: it is run to its end; or it is started, until an address
that it printed, and which has a certain path in it, answers; or it is covered by something else, and HOW says
by what. Any other line fails.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+[^\s'\")]*")
ANSWER_TIMEOUT = 300.0  # seconds, an environment to be made included
END_TIMEOUT = 30.0  # seconds

RUN, SERVE, COVERED = "run", "serve", "covered"

HOW = [
    (r"make test", COVERED, "run by .ci/run itself"),
    (r"make (demo|lab( URL=\S+)?)", SERVE, "/lab"),
    (r"invokeai-widgets lab.*", SERVE, "/lab"),
    (r"pip install .*", RUN, ""),
]


def main() -> int:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [command for block in BLOCK.findall(readme) for command in lines_of(block)]
    if not commands:
        print("README.md shows no command", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        environment = fresh_environment(Path(folder) / "venv")
        failed = [command for command in commands if not holds(command, environment)]
    print(f"README: {len(commands) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def lines_of(block: str) -> list[str]:
    """Its commands, without prompts and comments."""
    lines = (re.sub(r"\s+#\s.*|^#.*", "", line).removeprefix("$ ").strip() for line in block.splitlines())
    return [line for line in lines if line]


def fresh_environment(venv: Path) -> dict[str, str]:
    """An environment like that of somebody who has just made and activated a virtual environment."""
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    path = f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # Whatever opens a browser finds one that does nothing.
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(venv), "BROWSER": "true", "PIP_QUIET": "1"}


def holds(command: str, environment: dict[str, str]) -> bool:
    """Whether the command does what it is there for; says so."""
    known = [(how, note) for pattern, how, note in HOW if re.fullmatch(pattern, command)]
    if not known:
        print(f"FAILED   {command}: {Path(__file__).name} does not know how to try it", file=sys.stderr)
        return False
    how, note = known[0]
    if how == COVERED:
        print(f"covered  {command}: {note}", flush=True)
        return True
    good = run(command, environment) if how == RUN else serve(command, environment, note)
    print(f"{'ok' if good else 'FAILED':8} {command}", flush=True)
    return good


def run(command: str, environment: dict[str, str]) -> bool:
    """Run it to its end."""
    done = subprocess.run(command, shell=True, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    return done.returncode == 0


def serve(command: str, environment: dict[str, str], path: str) -> bool:
    """Start it, and end it once an address with that path, which it printed, has answered."""
    process = subprocess.Popen(
        command,
        shell=True,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed: list[str] = []
    reader = threading.Thread(target=read, args=(process, printed), daemon=True)
    reader.start()
    try:
        return wait_for_answer(process, printed, path)
    finally:
        end(process)
        reader.join(END_TIMEOUT)


def read(process: subprocess.Popen[str], printed: list[str]) -> None:
    """Keep the lines that the command prints, as they come: another thread looks at them meanwhile."""
    for line in process.stdout or ():
        printed.append(line)


def wait_for_answer(process: subprocess.Popen[str], printed: list[str], path: str) -> bool:
    deadline = time.monotonic() + ANSWER_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        addresses = [address for line in list(printed) for address in ADDRESS.findall(line)]
        if any(path in address and answers(address) for address in addresses):
            return True
        time.sleep(0.5)
    print("".join(printed[-40:]), file=sys.stderr)
    return False


def answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=10) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def end(process: subprocess.Popen[str]) -> None:
    """End the command and all that it started, politely first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(END_TIMEOUT)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(main())
