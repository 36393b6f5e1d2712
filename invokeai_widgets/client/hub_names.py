"""Names of Hugging Face repositories, as users write them and as InvokeAI takes them."""

from __future__ import annotations

import re
from typing import Final

from .errors import InvalidInput
from .secrets import redact_text

_HUB_URL: Final = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/")
_REPO: Final = re.compile(r"(?!\.)[\w.-]+/(?!\.)[\w.-]+")


def repo_name(written: str) -> str:
    """`org/name` out of it or out of the address of its page.

    Raises:
        InvalidInput: It is neither.
    """
    name = _HUB_URL.sub("", written.strip()).strip("/")
    if not _REPO.fullmatch(name):
        shown = redact_text(written)
        raise InvalidInput(f"{shown!r} is not a Hugging Face repository.", advice="Write it as org/name.")
    return name


def hub_source(repo: str, variant: str | None = None, subfolder: str | None = None) -> str:
    """The source of an install: `org/name`, with `:variant`, `::folder` or `:variant:folder` after it.

    Raises:
        InvalidInput: The repository is none, or a part holds a colon.
    """
    parts = [repo_name(repo), variant or "", (subfolder or "").strip("/")]
    if any(":" in part for part in parts):
        raise InvalidInput("Variant and folder cannot hold a colon.")
    return ":".join(parts).rstrip(":")
