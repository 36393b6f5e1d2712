"""A folder of model files that nobody has installed, to scan and to install from."""

from __future__ import annotations

import random
from pathlib import Path

from .library import named
from .weights import header

_KINDS = ("lora sdxl", "lora sd-1", "lora flux", "vae sd-1", "embedding sd-1")
_SMALLEST, _LARGEST = 60_000, 400_000  # bytes: copies of them are really written


def write_shelf(folder: Path, count: int, seed: int = 0) -> None:
    """Write that many files below `folder`, sorted by base; the same seed writes the same ones."""
    draw = random.Random(seed)
    for number in range(1, count + 1):
        kind = draw.choice(_KINDS)
        type_, _, base = kind.partition(" ")
        name = f"{named(draw, type_, base)} {number:03}".lower().replace(" ", "_")
        file = folder / base / f"{name}.safetensors"
        file.parent.mkdir(parents=True, exist_ok=True)
        head, size = header(kind, draw.randint(_SMALLEST, _LARGEST), name)
        with file.open("wb") as output:
            output.write(head)
            output.truncate(size)
