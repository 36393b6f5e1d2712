"""Random tensors and the files they are written to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

Tensors = dict[str, np.ndarray[Any, Any]]

_random = np.random.default_rng(20240614)


def weight(*shape: int) -> np.ndarray[Any, Any]:
    """A small random tensor of half precision."""
    return (_random.standard_normal(shape, dtype=np.float32) * 0.02).astype(np.float16)


def lora_layer(key: str, width_in: int, width_out: int, rank: int = 4) -> Tensors:
    """The three tensors of one layer of a kohya-style LoRA."""
    return {
        f"{key}.lora_down.weight": weight(rank, width_in),
        f"{key}.lora_up.weight": weight(width_out, rank),
        f"{key}.alpha": np.array(rank, dtype=np.float16),
    }


def write_tensors(path: Path, tensors: Tensors, metadata: dict[str, str] | None = None) -> None:
    """Write a .safetensors file, and its folder if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, str(path), metadata=metadata)


def write_json(path: Path, data: object) -> None:
    """Write a JSON file, and its folder if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=2))


def write_lora(path: Path, mib: int = 0, name: str = "mid_block_attentions_0") -> Path:
    """A LoRA for Stable Diffusion 1 of about `mib` MiB (0: a few KB); every call writes other weights."""
    layer = lora_layer(f"lora_unet_{name}_transformer_blocks_0_attn2_to_v", 768, 320)
    filler = {"lora_unet_filler.diff": weight(mib, 512, 1024)} if mib else {}
    write_tensors(path, {**layer, **filler})
    return path
