"""The client for programs that do not await: the async one on a background thread, with the same names."""

from .client import InvokeAIClient
from .repository import DnnModelRepository

__all__ = ["DnnModelRepository", "InvokeAIClient"]
