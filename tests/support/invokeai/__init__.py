"""A real InvokeAI server, on the CPU, for tests of its API.

This is the model manager, the events and the users, in full; it cannot make images. The packages which only
image generation needs are not installed (``launch.py`` puts empty stand-ins in their place), which makes the
installation 1.4 GB instead of 7.
"""

from .install import install
from .server import RealInvokeAI
from .versions import NEWEST, VERSIONS, at_least

__all__ = ["NEWEST", "VERSIONS", "RealInvokeAI", "at_least", "install"]
