"""A real InvokeAI server, on the CPU, for tests of its API.

This is the model manager, the events and the users, in full; it cannot make images. The packages which only
image generation needs are not installed (``launch.py`` puts empty stand-ins in their place), which makes the
installation 1.4 GB instead of 7.

With ``INVOKEAI_VERSION=embedded``, or ``embedded-6.8.1``, the embedded server stands in its place.
"""

import os
from typing import TYPE_CHECKING

from .versions import NEWEST, VERSIONS, at_least

VERSION_VARIABLE = "INVOKEAI_VERSION"  # which server the tests marked `invokeai` meet
IS_EMBEDDED = os.environ.get(VERSION_VARIABLE, "").startswith("embedded")

if TYPE_CHECKING or not IS_EMBEDDED:
    from .install import install
    from .server import RealInvokeAI
else:
    from tests.support.embedded import EmbeddedInvokeAI as RealInvokeAI, install

__all__ = [
    "IS_EMBEDDED",
    "NEWEST",
    "VERSIONS",
    "VERSION_VARIABLE",
    "RealInvokeAI",
    "at_least",
    "install",
    "version_asked",
]


def version_asked() -> str:
    """The version of InvokeAI that the tests are to meet, embedded or not."""
    return os.environ.get(VERSION_VARIABLE, "").removeprefix("embedded").strip("-") or NEWEST
