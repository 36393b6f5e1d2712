"""Writes a folder in diffusers' layout from a checkpoint: its tensors, sorted into parts.

They keep their old names: it looks like a converted model to whoever identifies it, but no program can make
images with it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from invokeai_widgets.demo.catalogue.weights import INVENTED

_PARTS = {
    "unet": ("model.diffusion_model.", "diffusion_pytorch_model.safetensors"),
    "vae": ("first_stage_model.", "diffusion_pytorch_model.safetensors"),
    "text_encoder": ("cond_stage_model.", "model.safetensors"),
}
_PIPELINES = {
    "sd-1": ("StableDiffusionPipeline", 768),
    "sd-2": ("StableDiffusionPipeline", 1024),
    "sdxl": ("StableDiffusionXLPipeline", 2048),
    "sdxl-refiner": ("StableDiffusionXLImg2ImgPipeline", 1280),
}
_CHANNELS = {"normal": 4, "inpaint": 9, "depth": 5}
_LONGEST_HEADER = 100_000_000
_BLOCK = 1 << 20


class UnloadableError(Exception):
    """The checkpoint lacks what a whole model has, or cannot be read."""


def write_folder(checkpoint: Path, folder: Path, record: Mapping[str, Any]) -> None:
    """Write the folder; raises `UnloadableError`, and `OSError` if there is no such file."""
    with checkpoint.open("rb") as file:
        tensors, start = _header(file)
        for part, config in _configurations(record).items():
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (folder / part).write_text(json.dumps(config, indent=2), encoding="utf-8")
        for part, (prefix, name) in _PARTS.items():
            chosen = {key: entry for key, entry in tensors.items() if key.startswith(prefix)}
            if chosen:
                (folder / part).mkdir(exist_ok=True)
                _write(file, start, chosen, prefix, folder / part / name)


def _header(file: BinaryIO) -> tuple[dict[str, Any], int]:
    try:
        length = struct.unpack("<Q", file.read(8))[0]
        tensors = json.loads(file.read(length)) if length < _LONGEST_HEADER else None
    except (struct.error, ValueError) as error:
        raise UnloadableError("the file is no safetensors file") from error
    if not isinstance(tensors, dict):
        raise UnloadableError("the file has no header")
    invented = INVENTED in tensors.pop("__metadata__", {})
    whole = all(any(key.startswith(prefix) for key in tensors) for prefix, _ in _PARTS.values())
    if not whole and not invented:
        raise UnloadableError("the file holds a part of a model only")
    return tensors, 8 + length


def _configurations(record: Mapping[str, Any]) -> dict[str, Any]:
    pipeline, width = _PIPELINES[record["base"]]
    unet = {
        "_class_name": "UNet2DConditionModel",
        "in_channels": _CHANNELS.get(record["variant"], 4),
        "cross_attention_dim": width,
    }
    return {
        "model_index.json": {
            "_class_name": pipeline,
            "scheduler": ["diffusers", "EulerDiscreteScheduler"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
        "scheduler/scheduler_config.json": {
            "_class_name": "EulerDiscreteScheduler",
            "prediction_type": record["prediction_type"],
        },
        "unet/config.json": unet,
        "vae/config.json": {"_class_name": "AutoencoderKL", "latent_channels": 4},
    }


def _write(file: BinaryIO, start: int, tensors: Mapping[str, Any], prefix: str, target: Path) -> None:
    """Copy these tensors. A file of the catalogue stays one: its holes are not written."""
    entries, spans, position = {}, [], 0
    for key, entry in tensors.items():
        begin, end = entry["data_offsets"]
        spans.append((start + begin, end - begin))
        entries[key.removeprefix(prefix)] = entry | {"data_offsets": [position, position + end - begin]}
        position += end - begin
    text = json.dumps(entries).encode()
    with target.open("wb") as output:
        output.write(struct.pack("<Q", len(text)) + text)
        for offset, length in spans:
            file.seek(offset)
            _copy(file, output, length)
        output.truncate()


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length:
        block = source.read(min(length, _BLOCK))
        if not block:
            raise UnloadableError("the file is cut off")
        if any(block):
            target.write(block)
        else:
            target.seek(len(block), 1)
        length -= len(block)
