"""Which base a LoRA was made for: read off the names of its layers, then off their widths."""

from __future__ import annotations

import re

from .flux_lora import is_flux2, style_of
from .weights import Weights

_PEFT = ("lora_A.weight", "lora_B.weight")
_SD_BY_WIDTH = {768: "sd-1", 1024: "sd-2", 1280: "sdxl", 2048: "sdxl"}
_SD_PREFIXES = ("lora_te_", "lora_unet_", "lora_te1_", "lora_te2_", "lora_transformer_")
_SD_SUFFIXES = (
    "to_k_lora.up.weight", "to_q_lora.down.weight", *_PEFT, "lokr_w1", "lokr_w2", "hada_w1_a", "hada_w2_a",
)  # fmt: skip
# Only SDXL stacks more than two transformer blocks in one attention layer.
_DEEP = re.compile(
    r"lora_unet_(?:(?:down|up)_blocks_\d+_attentions_\d+|mid_block_attentions_\d+"
    r"|(?:input|output)_blocks_\d+_\d+|middle_block_\d+)_transformer_blocks_(\d+)_"
)
_ANIMA = re.compile(
    r"(?:lora_unet_(?:llm_adapter_)?blocks_\d+_|(?:diffusion_model|transformer|base_model\.model\.transformer)"
    r"\.blocks\.\d+\.)(?:mlp[._]layer|adaln_modulation|(?:cross|self)_attn[._](?:[qkv]_proj|output_proj))"
)


def looks_like_lora(weights: Weights) -> bool:
    """Whether the names are those of a LoRA of one of the usual tools."""
    return weights.starts(*_SD_PREFIXES) or weights.ends(*_SD_SUFFIXES)


def sd_base(weights: Weights) -> str | None:
    """sd-1, sd-2 or sdxl, by the width of the text the attention layers take; None if that does not show."""
    base = _SD_BY_WIDTH.get(_text_width(weights) or 0)
    if base is None and any((m := _DEEP.match(name)) and int(m.group(1)) >= 2 for name in weights.entries):
        return "sdxl"
    return base


def _text_width(weights: Weights) -> int | None:
    encoders: dict[str, int | None] = {}
    for name in weights.entries:
        attention = name.startswith("lora_unet_") and ("_attn2_to_k." in name or "_attn2_to_v." in name)
        time = name.startswith("lora_unet_") and "time_emb_proj.lora_down" in name
        encoder = name.startswith("lora_te") and "_self_attn_" in name
        if not (attention or time or encoder):
            continue
        width = _inner_width(weights, name)
        if name.startswith(("lora_te1_", "lora_te2_")):
            # The two encoders of SDXL count together. A tensor without an inner width makes the server
            # forget what it read before, so this tells only in files that mix the two.
            encoders[name[:8]] = width
            widths = [found for found in encoders.values() if found is not None]
            width = sum(widths) if len(widths) == 2 else None
        if width is not None:
            return width
    return None


def _inner_width(weights: Weights, name: str) -> int | None:
    layer, _, part = name.partition(".")
    if part in ("lora_down.weight", "hada_w1_b", "hada_w2_b", "diff"):
        return weights.size(name, 1)
    if part.startswith("lokr_"):
        first, second = weights.size(f"{layer}.lokr_w1", 1), weights.size(f"{layer}.lokr_w2", 1)
        return first * second if first and second else None
    if part == "weight" and not layer.startswith("lora_unet_"):
        return weights.size(name, 0)
    return None


_HALVES = ("lora_A.weight", "lora_B.weight", "lora_down.weight", "lora_up.weight", "dora_scale")
_Z_IMAGE = (
    "diffusion_model.layers.",
    "diffusion_model.context_refiner.",
    "diffusion_model.noise_refiner.",
    "transformer.layers.",
    "base_model.model.transformer.layers.",
)
_Z_IMAGE_KOHYA = re.compile(
    r"lora_unet__(?:layers|context_refiner|noise_refiner)_\d+_(?:attention|feed_forward)_(?:to_[kqv]|w[123])"
)
_QWEN = ("transformer_blocks.", "transformer.transformer_blocks.", "lora_unet_transformer_blocks_")
_NOT_QWEN = (
    "diffusion_model.layers.", "double_blocks.", "single_blocks.", "single_transformer_blocks.",
    "transformer.single_transformer_blocks.", "lora_unet_double_blocks_", "lora_unet_single_blocks_",
    "lora_unet_single_transformer_blocks_",
)  # fmt: skip


def is_z_image(weights: Weights) -> bool:
    """Whether the layers are those of Z-Image."""
    kohya = any(_Z_IMAGE_KOHYA.match(name) for name in weights.entries)
    return kohya or (weights.starts(*_Z_IMAGE) and weights.ends(*_HALVES))


def is_qwen_image(weights: Weights) -> bool:
    """Whether the layers are those of Qwen Image, and not of FLUX or Krea 2, which share some names."""
    krea = any(
        mark in name for name in weights.entries for mark in ("text_fusion", "txtfusion", "time_mod_proj")
    )
    halves = weights.ends(*_HALVES, "lokr_w1", "lokr_w2")
    return weights.starts(*_QWEN) and halves and not krea and not weights.starts(*_NOT_QWEN)


def is_anima(weights: Weights) -> bool:
    """Whether the layers are those of Anima."""
    halves = weights.ends(*_HALVES, ".lokr_w1", ".lokr_w2")
    return halves and any(_ANIMA.search(name) for name in weights.entries)


def base_of(weights: Weights) -> str | None:
    """The base of a single-file LoRA in any of the usual formats; None if it is no such LoRA."""
    style = style_of(weights)
    if style == "control":
        return None
    if style is not None:
        return "flux2" if is_flux2(weights) else "flux"
    for base, looks in (("z-image", is_z_image), ("qwen-image", is_qwen_image), ("anima", is_anima)):
        if looks(weights):
            return base
    return sd_base(weights) if looks_like_lora(weights) else None


def omi_base(weights: Weights) -> str | None:
    """The base an OMI file names in its metadata (OneTrainer writes them); None if it is no such file."""
    metadata = weights.metadata
    if not metadata.get("modelspec.sai_model_spec") or metadata.get("ot_branch") != "omi_format":
        return None
    bases = {"stable-diffusion-xl-v1-base/lora": "sdxl", "Flux.1-dev/lora": "flux"}
    return bases.get(metadata.get("modelspec.architecture", ""))
