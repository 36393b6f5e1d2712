"""InvokeAI's models in a notebook: widgets, and a client that works without them.

Importing this does no work: each name is imported when it is used first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ._version import __version__

if TYPE_CHECKING:
    from .client.aio import AsyncInvokeAIClient as AsyncInvokeAIClient
    from .client.blocking import (
        DnnModelRepository as DnnModelRepository,
        InvokeAIClient as InvokeAIClient,
    )
    from .client.blocking.jobs import (
        ModelInstJobHandle as ModelInstJobHandle,
        as_completed as as_completed,
        wait_all as wait_all,
    )
    from .client.errors import (
        APIRequestError as APIRequestError,
        Busy as Busy,
        Conflict as Conflict,
        InvalidInput as InvalidInput,
        InvalidRequest as InvalidRequest,
        InvokeAIError as InvokeAIError,
        ModelInstallJobCancelled as ModelInstallJobCancelled,
        ModelInstallJobFailed as ModelInstallJobFailed,
        ModelInstallJobLost as ModelInstallJobLost,
        ModelInstallStartError as ModelInstallStartError,
        ModelInstallTimeout as ModelInstallTimeout,
        NotAllowed as NotAllowed,
        NotAnInvokeAIServer as NotAnInvokeAIServer,
        NotFound as NotFound,
        NotLoggedIn as NotLoggedIn,
        NotSupported as NotSupported,
        RequestTimedOut as RequestTimedOut,
        ServerFault as ServerFault,
        UnexpectedReply as UnexpectedReply,
        Unreachable as Unreachable,
    )
    from .client.jobs import AsyncModelInstJobHandle as AsyncModelInstJobHandle
    from .client.repository import AsyncDnnModelRepository as AsyncDnnModelRepository
    from .client.schema import (
        AuthStatus as AuthStatus,
        BulkResult as BulkResult,
        CacheStats as CacheStats,
        DeleteSummary as DeleteSummary,
        DownloadPart as DownloadPart,
        FoundModel as FoundModel,
        HFStatus as HFStatus,
        HuggingFaceFiles as HuggingFaceFiles,
        InstallStatus as InstallStatus,
        ModelInstJobInfo as ModelInstJobInfo,
        ModelRecord as ModelRecord,
        OrphanedFolder as OrphanedFolder,
        ServerVersion as ServerVersion,
        StarterBundle as StarterBundle,
        StarterList as StarterList,
        StarterModel as StarterModel,
        User as User,
    )
    from .widgets.hub import HuggingFace as HuggingFace
    from .widgets.install import InstallForm as InstallForm
    from .widgets.manager import ModelManager as ModelManager
    from .widgets.progress import JobProgress as JobProgress
    from .widgets.queue import InstallQueue as InstallQueue
    from .widgets.scan import FolderScan as FolderScan
    from .widgets.server import ServerPanel as ServerPanel
    from .widgets.starters import StarterModels as StarterModels
    from .widgets.table import ModelTable as ModelTable

#: Where each public name is defined, by module of this package.
_MODULES: Final = {
    "client.aio": ("AsyncInvokeAIClient",),
    "client.blocking": ("DnnModelRepository", "InvokeAIClient"),
    "client.blocking.jobs": ("ModelInstJobHandle", "as_completed", "wait_all"),
    "client.errors": (
        "APIRequestError",
        "Busy",
        "Conflict",
        "InvalidInput",
        "InvalidRequest",
        "InvokeAIError",
        "ModelInstallJobCancelled",
        "ModelInstallJobFailed",
        "ModelInstallJobLost",
        "ModelInstallStartError",
        "ModelInstallTimeout",
        "NotAllowed",
        "NotAnInvokeAIServer",
        "NotFound",
        "NotLoggedIn",
        "NotSupported",
        "RequestTimedOut",
        "ServerFault",
        "UnexpectedReply",
        "Unreachable",
    ),
    "client.jobs": ("AsyncModelInstJobHandle",),
    "client.repository": ("AsyncDnnModelRepository",),
    "client.schema": (
        "AuthStatus",
        "BulkResult",
        "CacheStats",
        "DeleteSummary",
        "DownloadPart",
        "FoundModel",
        "HFStatus",
        "HuggingFaceFiles",
        "InstallStatus",
        "ModelInstJobInfo",
        "ModelRecord",
        "OrphanedFolder",
        "ServerVersion",
        "StarterBundle",
        "StarterList",
        "StarterModel",
        "User",
    ),
    "widgets.hub": ("HuggingFace",),
    "widgets.install": ("InstallForm",),
    "widgets.manager": ("ModelManager",),
    "widgets.progress": ("JobProgress",),
    "widgets.queue": ("InstallQueue",),
    "widgets.scan": ("FolderScan",),
    "widgets.server": ("ServerPanel",),
    "widgets.starters": ("StarterModels",),
    "widgets.table": ("ModelTable",),
}
_WHERE: Final = {name: module for module, names in _MODULES.items() for name in names}

__all__ = ["__version__", *_WHERE]  # noqa: PLE0604 - all are strings


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
