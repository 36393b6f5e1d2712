"""Every request the client can make, as values: one function a call, by family. Nothing here does I/O."""

from . import auth, hub, installs, records, relations, server
from .call import Call

__all__ = ["Call", "auth", "hub", "installs", "records", "relations", "server"]
