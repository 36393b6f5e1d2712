"""All the tiny models, and what the server is expected to make of each."""

from __future__ import annotations

from pathlib import Path

from .convertible import write_convertible
from .files import single_files
from .folders import folders
from .tensors import write_json, write_lora, write_tensors

Manifest = dict[str, dict[str, str]]  # entry of the folder -> type, base and format, or "error"

_SD1_LORA = {"type": "lora", "base": "sd-1", "format": "lycoris"}
_SD1_MAIN = {"type": "main", "base": "sd-1", "format": "checkpoint"}
_UNKNOWN = {"type": "unknown", "base": "unknown", "format": "unknown"}

# Refused by the server: the install job ends in an error of this class.
EXPECTED_ERRORS = {
    "truncated_pid_decoder.safetensors": "InvalidModelConfigException",
    "notes.txt": "ValueError",
    "empty-folder": "ValueError",
}


def good(manifest: Manifest) -> Manifest:
    """The entries which the server takes: 34."""
    return {name: expected for name, expected in manifest.items() if "error" not in expected}


def write_tiny_models(target: Path) -> Manifest:
    """Write 37 entries into `target`, which is made if missing; 3 of them are refused by the server."""
    manifest: Manifest = {}
    for name, (tensors, metadata, expected) in single_files().items():
        write_tensors(target / name, tensors, metadata)
        manifest[name] = expected
    for name, (files, expected) in folders().items():
        for relative, content in files.items():
            write = write_json if relative.endswith(".json") else write_tensors
            write(target / name / relative, content)
        manifest[name] = expected
    manifest |= _special_loras(target) | _convertible(target) | _no_models(target)
    for name, error in EXPECTED_ERRORS.items():
        manifest[name] = {"error": error}
    return manifest


def _special_loras(target: Path) -> Manifest:
    """One with a sidecar of the kind model sites write, and two that take a while to download."""
    write_lora(target / "lora_sidecar.safetensors")
    sidecar = {
        "description": "Read from the sidecar",
        "activation text": "tiny, sketch",
        "preferred weight": 0.7,
    }
    write_json(target / "lora_sidecar.json", sidecar)
    write_lora(target / "lora_big.safetensors", mib=8)
    write_lora(target / "lora_huge.safetensors", mib=64)
    return dict.fromkeys(
        ("lora_sidecar.safetensors", "lora_big.safetensors", "lora_huge.safetensors"), _SD1_LORA
    )


def _convertible(target: Path) -> Manifest:
    names = ("tiny_sd1.safetensors", "tiny_sd1_2.safetensors")
    for seed, name in enumerate(names, start=1):
        write_convertible(target / name, seed)
    return dict.fromkeys(names, _SD1_MAIN)


def _no_models(target: Path) -> Manifest:
    """An unreadable file is registered as "unknown"; the other two are refused before identification."""
    (target / "corrupt.safetensors").write_bytes(b"\xff" * 4096)
    (target / "notes.txt").write_text("not a model\n")
    (target / "empty-folder").mkdir(exist_ok=True)
    return {"corrupt.safetensors": _UNKNOWN}
