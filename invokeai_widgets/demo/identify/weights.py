"""What a weight file says about itself: the names and shapes of its tensors, and its metadata.

Only headers are read. A file of 20 GB costs as much as one of 20 KB, nothing of it is loaded, and
no pickle is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Shape = tuple[int, ...]
Entry: TypeAlias = "Shape | Mapping[str, Entry] | None"
"""What a name stands for: the shape of a tensor, a mapping of further names, or something else (None)."""


class UnreadableError(Exception):
    """The file is not what its extension says, is cut off, or holds code: it is identified as unknown."""


@dataclass(frozen=True)
class Weights:
    """The named tensors of one file, in the order of the file."""

    entries: Mapping[str, Entry]
    metadata: Mapping[str, str] = field(default_factory=dict)
    quantized: bool = False  # a GGUF file

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterable[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def shape(self, name: str, inside: str | None = None) -> Shape | None:
        """The shape of a tensor, of one in the mapping `inside` if that is given; None if there is none."""
        entries: Entry = self.entries if inside is None else self.entries.get(inside)
        entry = entries.get(name) if isinstance(entries, Mapping) else None
        return entry if isinstance(entry, tuple) else None

    def size(self, name: str, axis: int) -> int | None:
        """One dimension of a tensor, or None if it has no such dimension."""
        shape = self.shape(name) or ()
        return shape[axis] if -len(shape) <= axis < len(shape) else None

    def first_size(self, axis: int, *names: str) -> int | None:
        """A dimension of the first of these tensors that is there."""
        return next((self.size(name, axis) for name in names if name in self.entries), None)

    def starts(self, *prefixes: str) -> bool:
        """Whether any name starts with one of these."""
        return any(name.startswith(prefixes) for name in self.entries)

    def ends(self, *suffixes: str) -> bool:
        """Whether any name ends with one of these."""
        return any(name.endswith(suffixes) for name in self.entries)

    def has_any(self, *names: str) -> bool:
        """Whether at least one of these names is there."""
        return any(name in self.entries for name in names)

    def has_all(self, *names: str) -> bool:
        """Whether all of these names are there."""
        return all(name in self.entries for name in names)


_ADAPTER = re.compile(r"\.lora_([AB])\.([^.]+)\.weight$")


def without_adapter_name(entries: Mapping[str, Entry]) -> Mapping[str, Entry]:
    """`x.lora_A.NAME.weight` as `x.lora_A.weight`, if the file holds one named adapter only.

    Some training tools write the adapter's name into every key; InvokeAI looks at the plain form.
    """
    names = {match.group(2) for name in entries if (match := _ADAPTER.search(name))}
    if len(names) != 1:
        return entries
    return {_ADAPTER.sub(r".lora_\1.weight", name): entry for name, entry in entries.items()}


def read_weights(path: Path) -> Weights:
    """The tensors of a weight file, by its extension (lower case only, as InvokeAI takes it).

    Raises `UnreadableError` for a broken file, for one that holds code, and for other extensions.
    """
    from . import gguf_file, safetensors_file, torch_file  # each knows one format, and imports this module

    readers = {
        ".safetensors": safetensors_file.read,
        ".gguf": gguf_file.read,
        **dict.fromkeys((".ckpt", ".pt", ".pth", ".bin"), torch_file.read),
    }
    reader = readers.get(path.suffix)
    if reader is None:
        raise UnreadableError(f"no reader for {path.suffix}")
    found = reader(path)
    return Weights(without_adapter_name(found.entries), found.metadata, found.quantized)
