"""The values that the client gives: frozen, typed where it matters, tolerant of servers older and newer."""

from .base import Wire
from .jobs import DownloadPart, InstallStatus, ModelInstJobInfo, source_text
from .records import ModelRecord
from .server import (
    AuthStatus,
    BulkResult,
    CacheStats,
    DeleteSummary,
    FoundModel,
    HFStatus,
    HuggingFaceFiles,
    OrphanedFolder,
    ServerVersion,
    StarterBundle,
    StarterList,
    StarterModel,
    User,
)

__all__ = [
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
    "Wire",
    "source_text",
]
