"""Hash and size of a model, as InvokeAI computes them."""

from __future__ import annotations

from pathlib import Path

from blake3 import blake3

_HASHED = (".ckpt", ".safetensors", ".bin", ".pt", ".pth")


def hash_of(path: Path) -> str:
    """`blake3:` and the digest: of the file, or of the digests of a folder's weight files in sorted order.

    Other files of a folder do not count, so two folders with different configuration files can have
    the same hash; a folder without weight files has the hash of nothing.
    """
    if path.is_file():
        return f"blake3:{_digest(path)}"
    whole = blake3()
    for file in sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(_HASHED)):
        whole.update(_digest(file).encode())
    return f"blake3:{whole.hexdigest()}"


def size_of(path: Path) -> int:
    """Bytes of a file; of a folder, of all its entries: InvokeAI adds the subfolders' own entries too."""
    if path.is_file():
        return path.stat().st_size
    return sum(entry.stat().st_size for entry in path.rglob("*"))


def _digest(path: Path) -> str:
    return blake3().update_mmap(path).hexdigest()
