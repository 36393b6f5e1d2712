"""A real kernel without a browser: run cells, interrupt them, and see what widgets send meanwhile."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from .environment import jupyter_environment, write_kernelspec
from .text import plain_traceback

TICK = 0.1  # seconds between two looks at the condition that is waited for

Message = dict[str, Any]


@dataclass
class Run:
    """One cell: how it ended (``status`` is None while it runs) and what it wrote."""

    status: str | None = None
    text: str = ""  # stdout, stderr and the text/plain of results and displays
    error: str = ""  # class name of the exception
    traceback: str = ""
    data: list[Message] = field(default_factory=list)  # mime bundles of results and displays


class Kernel:
    """A kernel that lives while the `with` block runs; `ipykernel` is the folder of another ipykernel.

    ``.models`` are its live widgets: model id -> state, as a browser would know it. ``.updates`` are the
    changes of that state, ``.customs`` the custom messages: (model id, state or content), in order. All are
    up to date after any waiting.
    """

    def __init__(self, ipykernel: Path | None = None) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self.updates: list[tuple[str, Message]] = []
        self.customs: list[tuple[str, Message]] = []
        self._runs: dict[str, Run] = {}
        self._ipykernel = ipykernel

    def __enter__(self) -> Kernel:
        self._folder = Path(tempfile.mkdtemp(prefix="kernel-"))
        write_kernelspec(self._folder / "kernels", "tested", self._ipykernel)
        specs = KernelSpecManager(kernel_dirs=[str(self._folder / "kernels")])
        self._manager = KernelManager(kernel_name="tested", kernel_spec_manager=specs)
        self._manager.start_kernel(env=jupyter_environment(self._folder))
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=60)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, source: str) -> Run:
        """Start a cell and return at once; the `Run` fills while something waits."""
        run = Run()
        # With `stop_on_error` a cell sent right after a failing one is thrown away, and nobody is told.
        self._runs[self._client.execute(source, allow_stdin=False, stop_on_error=False)] = run
        return run

    def run(self, source: str, timeout: float = 60) -> Run:
        """Run a cell to its end, which must be a good one."""
        run = self.finish(self.start(source), timeout)
        assert run.status == "ok", run.traceback or run.text
        return run

    def finish(self, run: Run, timeout: float = 60) -> Run:
        """Wait until a cell has ended, well or badly, and all it wrote has come."""
        self.wait_for(lambda: run.status is not None, timeout)
        return run

    def wait_for(self, condition: Callable[[], object], timeout: float = 60) -> None:
        """Until `condition()` holds, while messages come in; `AssertionError` if it never does."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, (
                f"not within {timeout:.0f} s; the kernel wrote: {self._written()}"
            )
            self._take_one()

    def interrupt(self) -> None:
        """What the stop button does: KeyboardInterrupt in the cell."""
        self._manager.interrupt_kernel()

    def model(self, name: str) -> str:
        """The id of the one widget whose model class, or anywidget id, is or ends with `name`."""
        kinds = {key: _kind(state) for key, state in self.models.items()}
        found = [key for key, kind in kinds.items() if kind.endswith(name)]
        assert len(found) == 1, f"{len(found)} widgets are a {name}: {sorted(kinds.values())}"
        return found[0]

    def set_traits(self, model_id: str, **state: Any) -> None:
        """What ``model.set`` and ``save_changes`` do in the browser."""
        self._send(model_id, {"method": "update", "state": state, "buffer_paths": []})

    def _send(self, model_id: str, data: Message) -> None:
        message = self._client.session.msg("comm_msg", {"comm_id": model_id, "data": data})
        self._client.shell_channel.send(message)

    def _take_one(self) -> None:
        try:
            message = self._client.get_iopub_msg(timeout=TICK)
        except Empty:
            assert self._client.is_alive(), "the kernel died"
            return
        handler = _HANDLERS.get(message["msg_type"])
        if handler:
            handler(self, message["content"], self._runs.get(message["parent_header"].get("msg_id", "")))

    def _written(self) -> str:
        return "".join(run.text + run.traceback for run in self._runs.values())[-3000:]

    # --- what the kernel tells ---

    def _on_status(self, content: Message, run: Run | None) -> None:
        # The last message of a cell on this channel; ours are told apart by their parent, so that the "idle"
        # of a comm message does not end a cell.
        if run and content["execution_state"] == "idle" and run.status is None:
            run.status = "ok"

    def _on_stream(self, content: Message, run: Run | None) -> None:
        if run:
            run.text += content["text"]

    def _on_data(self, content: Message, run: Run | None) -> None:
        if run:
            run.data.append(content["data"])
            run.text += content["data"].get("text/plain", "")

    def _on_error(self, content: Message, run: Run | None) -> None:
        if run:
            run.error, run.traceback = content["ename"], plain_traceback(content["traceback"])
            run.status = "error"

    def _on_open(self, content: Message, _: Run | None) -> None:
        self.models[content["comm_id"]] = dict(content["data"].get("state", {}))

    def _on_comm(self, content: Message, _: Run | None) -> None:
        data = content["data"]
        if data.get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(data["state"])
            self.updates.append((content["comm_id"], data["state"]))
        elif data.get("method") == "custom":
            self.customs.append((content["comm_id"], data["content"]))

    def _on_close(self, content: Message, _: Run | None) -> None:
        self.models.pop(content["comm_id"], None)


_HANDLERS: dict[str, Callable[[Kernel, Message, Run | None], None]] = {
    "status": Kernel._on_status,
    "stream": Kernel._on_stream,
    "execute_result": Kernel._on_data,
    "display_data": Kernel._on_data,
    "error": Kernel._on_error,
    "comm_open": Kernel._on_open,
    "comm_msg": Kernel._on_comm,
    "comm_close": Kernel._on_close,
}


def _kind(state: Message) -> str:
    return str(state.get("_anywidget_id") or state.get("_model_name", ""))
