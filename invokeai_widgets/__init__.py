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
    )
    from .client.blocking import (
        InvokeAIClient as InvokeAIClient,
    )
    from .client.blocking import (
        ModelInstJobHandle as ModelInstJobHandle,
    )
    from .client.errors import (
        APIRequestError as APIRequestError,
    )
    from .client.errors import (
        Busy as Busy,
    )
    from .client.errors import (
        Conflict as Conflict,
    )
    from .client.errors import (
        InvalidInput as InvalidInput,
    )
    from .client.errors import (
        InvalidRequest as InvalidRequest,
    )
    from .client.errors import (
        InvokeAIError as InvokeAIError,
    )
    from .client.errors import (
        ModelInstallJobCancelled as ModelInstallJobCancelled,
    )
    from .client.errors import (
        ModelInstallJobFailed as ModelInstallJobFailed,
    )
    from .client.errors import (
        ModelInstallJobLost as ModelInstallJobLost,
    )
    from .client.errors import (
        ModelInstallStartError as ModelInstallStartError,
    )
    from .client.errors import (
        ModelInstallTimeout as ModelInstallTimeout,
    )
    from .client.errors import (
        NotAllowed as NotAllowed,
    )
    from .client.errors import (
        NotAnInvokeAIServer as NotAnInvokeAIServer,
    )
    from .client.errors import (
        NotFound as NotFound,
    )
    from .client.errors import (
        NotLoggedIn as NotLoggedIn,
    )
    from .client.errors import (
        NotSupported as NotSupported,
    )
    from .client.errors import (
        RequestTimedOut as RequestTimedOut,
    )
    from .client.errors import (
        ServerFault as ServerFault,
    )
    from .client.errors import (
        UnexpectedReply as UnexpectedReply,
    )
    from .client.errors import (
        Unreachable as Unreachable,
    )
    from .client.jobs import AsyncModelInstJobHandle as AsyncModelInstJobHandle
    from .client.repository import AsyncDnnModelRepository as AsyncDnnModelRepository
    from .client.schema import (
        AuthStatus as AuthStatus,
    )
    from .client.schema import (
        BulkResult as BulkResult,
    )
    from .client.schema import (
        CacheStats as CacheStats,
    )
    from .client.schema import (
        DownloadPart as DownloadPart,
    )
    from .client.schema import (
        FoundModel as FoundModel,
    )
    from .client.schema import (
        HFStatus as HFStatus,
    )
    from .client.schema import (
        HuggingFaceFiles as HuggingFaceFiles,
    )
    from .client.schema import (
        InstallStatus as InstallStatus,
    )
    from .client.schema import (
        ModelInstJobInfo as ModelInstJobInfo,
    )
    from .client.schema import (
        ModelRecord as ModelRecord,
    )
    from .client.schema import (
        OrphanedFolder as OrphanedFolder,
    )
    from .client.schema import (
        ServerVersion as ServerVersion,
    )
    from .client.schema import (
        StarterBundle as StarterBundle,
    )
    from .client.schema import (
        StarterModel as StarterModel,
    )
    from .client.schema import (
        StarterModels as StarterModels,
    )
    from .client.schema import (
        User as User,
    )

#: Where each public name is defined, by module of this package.
_MODULES: Final = {
    "client.aio": ("AsyncInvokeAIClient",),
    "client.blocking": ("DnnModelRepository", "InvokeAIClient"),
    "client.blocking.jobs": ("ModelInstJobHandle",),
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
        "StarterModel",
        "StarterModels",
        "User",
    ),
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
