"""The JSON file that model sites put beside a LoRA: a description and the words that trigger it."""

from __future__ import annotations

import json
from pathlib import Path


def read_sidecar(path: Path) -> tuple[str | None, list[str] | None]:
    """Description and trigger phrases of the model at `path`, each None if the file beside it tells none."""
    try:
        found = json.loads((path.parent / f"{path.stem}.json").read_text(encoding="utf-8"))
        texts = [str(found[word]).strip() for word in ("description", "notes") if found.get(word)]
        words = [word.strip() for word in str(found.get("activation text") or "").split(",")]
    except (OSError, ValueError, AttributeError):
        return None, None
    return " | ".join(texts) or None, list(dict.fromkeys(filter(None, words))) or None
