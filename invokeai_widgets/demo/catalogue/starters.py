"""The suggestions: starter models, and bundles of them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from .repositories import REPOSITORIES, RepositoryRow

_BUNDLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sd-1": (
        "Small and quick",
        ("larkspur/heron-1", "larkspur/heron-vae", "northlight/soft-focus", "copperbeech/edges"),
    ),
    "sdxl": (
        "Large",
        ("larkspur/heron-xl", "quillwort/gouache-xl", "copperbeech/pose-xl", "copperbeech/sketch-xl"),
    ),
    "flux": ("Tideline", ("saltmarsh/tideline-dev", "saltmarsh/tideline-vae", "saltmarsh/tideline-coast")),
    "lesson": (
        "A few small ones for a lesson",
        ("tinkerbox/spark", "fernhill/field-notes", "tinkerbox/paper"),
    ),
}  # fmt: skip


def starter_models(installed: Set[str]) -> list[dict[str, Any]]:
    """All of them, as the server lists them; `installed` are the sources of its models."""
    return [_starter(row, installed) for row in REPOSITORIES.values()]


def starter_bundles(installed: Set[str]) -> dict[str, dict[str, Any]]:
    """The bundles by their keys."""
    return {
        key: {"name": name, "models": [_starter(REPOSITORIES[each], installed) for each in members]}
        for key, (name, members) in _BUNDLES.items()
    }


def _starter(row: RepositoryRow, installed: Set[str]) -> dict[str, Any]:
    needed = [_plain(REPOSITORIES[each], installed) for each in row.needs]
    missing = [each for each in needed if not each["is_installed"]]
    return _plain(row, installed) | {"dependencies": missing}


def _plain(row: RepositoryRow, installed: Set[str]) -> dict[str, Any]:
    type_, _, base = row.kind.partition(" ")
    return {
        "description": f"{row.text} ~{_size(row)}",
        "source": row.source,
        "name": row.title,
        "base": base,
        "type": type_,
        "format": None,
        "variant": row.variant,
        "is_installed": row.source in installed,
        "capabilities": None,
        "default_settings": None,
        "panel_schema": None,
        "previous_names": [],
    }


def _size(row: RepositoryRow) -> str:
    total = sum(file.size for file in row.files)
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if total >= factor:
            return f"{total / factor:.1f}{unit}"
    return f"{max(total // 1000, 1)}KB"
