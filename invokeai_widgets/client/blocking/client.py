"""`InvokeAIClient`: the way in for notebooks and plain programs."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING

from invokeai_widgets.client.aio import AsyncInvokeAIClient
from invokeai_widgets.client.loop import LoopThread
from invokeai_widgets.client.schema import AuthStatus, ServerVersion, User

from .repository import DnnModelRepository
from .veneer import Lease, worded_like

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import httpx
    from typing_extensions import Self


@worded_like(AsyncInvokeAIClient)
class InvokeAIClient:
    """An InvokeAI server.

    ```python
    client = InvokeAIClient.from_url("http://localhost:9090")
    models = client.dnn_model_repo.list_models()
    ```

    Can be used from any thread, and in a notebook; closed by `close()`, a `with` block, or when nobody
    holds it, its repository or a handle of it any more.

    Attributes:
        aio: The `AsyncInvokeAIClient` behind it. It belongs to the background thread.
        dnn_model_repo: The models of the server.
    """

    def __init__(self, aio: AsyncInvokeAIClient, thread: LoopThread | None = None) -> None:
        self.aio = aio
        self._thread = thread or LoopThread.shared()
        lease = Lease()
        self.dnn_model_repo = DnnModelRepository(aio.dnn_model_repo, self._thread, lease)
        self._close_later = weakref.finalize(lease, _close_soon, aio, self._thread)

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        token: str | None = None,
        http: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> Self:
        return cls(AsyncInvokeAIClient.from_url(url, token=token, http=http))

    @property
    def base_url(self) -> str:
        return self.aio.base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    def version(self) -> ServerVersion:
        return self._thread.run(self.aio.version())

    def auth_status(self) -> AuthStatus:
        return self._thread.run(self.aio.auth_status())

    def login(self, email: str, password: str, remember_me: bool = False) -> User:
        return self._thread.run(self.aio.login(email, password, remember_me))

    def logout(self) -> None:
        self._thread.run(self.aio.logout())

    def whoami(self) -> User | None:
        return self._thread.run(self.aio.whoami())

    def close(self) -> None:
        """Close all connections. The client cannot be used afterwards."""
        if self._close_later.detach() and self._thread.is_alive:
            self._thread.run(self.aio.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close_soon(aio: AsyncInvokeAIClient, thread: LoopThread) -> None:
    """Close a client that nobody holds any more; may run on any thread, so it must not wait."""

    def begin() -> None:
        task = asyncio.get_running_loop().create_task(aio.aclose())
        _closing.add(task)
        task.add_done_callback(_closing.discard)

    thread.post(begin)


#: The loop itself holds its tasks weakly only.
_closing: set[asyncio.Task[None]] = set()
