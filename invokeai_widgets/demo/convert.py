"""Conversion of a checkpoint, as a client sees it: a folder in diffusers' layout, under a new key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .web.answers import Refusal

if TYPE_CHECKING:
    from .backend import Backend


async def convert(backend: Backend, key: str) -> dict[str, Any]:
    """The new record; refuses with 424 an unknown key, with 400 what is no main checkpoint of SD."""
    raise Refusal(424, "model not found")
