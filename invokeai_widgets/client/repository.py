"""`AsyncDnnModelRepository`: all operations of InvokeAI's model manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .operations.covers import CoverOperations
from .operations.hub import HubOperations
from .operations.installs import InstallOperations
from .operations.models import ModelOperations
from .operations.server import ServerOperations
from .transport import Transport

if TYPE_CHECKING:
    from .watch import JobWatch


class AsyncDnnModelRepository(
    ModelOperations, CoverOperations, InstallOperations, HubOperations, ServerOperations
):
    """The models of a server, and everything one can do with them; `client.dnn_model_repo`.

    Nothing is kept: every call asks the server. All raise `Unreachable`, `RequestTimedOut`,
    `NotAnInvokeAIServer`, `NotLoggedIn` and `NotAllowed` where that is so; each says what else it raises.
    """

    def __init__(self, transport: Transport, jobs: Callable[[], JobWatch]) -> None:
        super().__init__(transport)
        self._watch = jobs
