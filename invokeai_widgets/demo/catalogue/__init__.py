"""An invented hub for teaching: repositories, suggestions, and libraries of any size."""

from __future__ import annotations

from .library import INVENTED_HASH, links, varied_records, with_covers
from .pictures import picture
from .repositories import ADDRESS, ORGANISATIONS, REPOSITORIES, TOKEN, RepositoryRow
from .shelf import write_shelf
from .starters import starter_bundles, starter_models
from .weights import KINDS

__all__ = [
    "ADDRESS",
    "INVENTED_HASH",
    "KINDS",
    "ORGANISATIONS",
    "REPOSITORIES",
    "TOKEN",
    "RepositoryRow",
    "links",
    "picture",
    "starter_bundles",
    "starter_models",
    "varied_records",
    "with_covers",
    "write_shelf",
]
