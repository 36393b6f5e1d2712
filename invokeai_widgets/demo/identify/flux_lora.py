"""LoRAs for FLUX: eight tools name its layers in eight ways, and widths tell FLUX.2 from FLUX.1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .weights import Weights

_KOHYA_TEXT = (
    r"lora_te1_text_model_encoder_layers_\d+_(?:mlp|self_attn)_\w"
    r"|lora_te2_encoder_block_\d+_layer_\d+_(?:DenseReluDense|SelfAttention)_\w"
)
_KOHYA = re.compile(
    r"lora_unet_\w+_blocks_\d+_(?:(?:img|txt)_(?:attn|mlp|mod)|linear[12]|modulation)"
    rf"|lora_unet_final_layer_linear|{_KOHYA_TEXT}"
)
_ONETRAINER = re.compile(
    rf"lora_transformer_(?:single_transformer_blocks|transformer_blocks)_\d+_\w+\.|{_KOHYA_TEXT}"
)
_XLABS = re.compile(r"double_blocks\.\d+\.processor\.(?:qkv|proj)_lora[12]\.(?:down|up)\.weight")
_CONTROL = re.compile(r"(?:\w+\.)+(?:lora_A\.weight|lora_B\.weight|lora_B\.bias|scale)")

_PEFT = ("lora_A.weight", "lora_B.weight")
_LYCORIS = (
    "lokr_w1", "lokr_w2", "lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b", "lokr_t2",
    "hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2",
)  # fmt: skip
_FUSED = ("to_qkv_mlp_proj", "ff.linear_in", "ff_context.linear_in")  # layers only FLUX.2 has


def _all_match(weights: Weights, pattern: re.Pattern[str]) -> bool:
    # True for a file without tensors too: InvokeAI takes an empty file for a FLUX LoRA.
    return all(pattern.match(name) for name in weights.entries)


def _all_end(weights: Weights, *suffixes: str) -> bool:
    return all(name.endswith(suffixes) for name in weights.entries)


def _all_start(weights: Weights, *prefixes: str) -> bool:
    return len(weights) > 0 and all(name.startswith(prefixes) for name in weights.entries)


def _is_onetrainer_bfl(weights: Weights) -> bool:
    blocks = weights.starts("transformer.double_blocks.", "transformer.single_blocks.")
    split = any(re.search(r"\.(?:qkv\.[012]|linear1\.0)\.", name) for name in weights.entries)
    suffixes = _all_end(weights, "lora_down.weight", "lora_up.weight", "alpha")
    return blocks and split and suffixes and _all_start(weights, "transformer.")


def _is_diffusers(weights: Weights) -> bool:
    if not _all_end(weights, *_PEFT, "lora.down.weight", "lora.up.weight"):
        return False
    for prefix in ("transformer.", "base_model.model."):
        layers = ("single_transformer_blocks.0.attn.to_q", "transformer_blocks.0.attn.add_q_proj")
        if weights.has_all(*(f"{prefix}{layer}.{half}" for layer in layers for half in _PEFT)):
            return True
    prefixes = ("transformer.", "base_model.model.", "")
    blocks = weights.starts(*(f"{prefix}transformer_blocks." for prefix in prefixes))
    fused = any("single_transformer_blocks." in name and _FUSED[0] in name for name in weights.entries)
    return (blocks or fused) and any(mark in name for name in weights.entries for mark in _FUSED)


def is_control_lora(weights: Weights) -> bool:
    """Whether this is one of the FLUX control LoRAs: they change the image input, biases included."""
    image_input = weights.has_all("img_in.lora_A.weight", "img_in.lora_B.weight", "img_in.lora_B.bias")
    return image_input and _all_match(weights, _CONTROL)


def _is_ai_toolkit(weights: Weights) -> bool:
    if not weights.starts("diffusion_model.double_blocks.", "diffusion_model.single_blocks."):
        return False
    if weights.ends(*_LYCORIS):
        return False
    if not weights.metadata:
        return True
    try:
        software = json.loads(weights.metadata.get("software", "{}"))
    except ValueError:
        return False
    return isinstance(software, dict) and software.get("name") == "ai-toolkit"


def _is_bfl_peft(weights: Weights) -> bool:
    roots = ("diffusion_model.", "base_model.model.")
    blocks = weights.starts(*(f"{root}{kind}_blocks." for root in roots for kind in ("double", "single")))
    suffixes = _all_end(weights, *_PEFT, *_LYCORIS, "alpha", "dora_scale", "diff")
    return blocks and suffixes and _all_start(weights, *roots)


_STYLES: tuple[tuple[str, Callable[[Weights], bool]], ...] = (
    ("kohya", lambda weights: _all_match(weights, _KOHYA)),
    ("onetrainer_bfl", _is_onetrainer_bfl),
    ("onetrainer", lambda weights: _all_match(weights, _ONETRAINER)),
    ("diffusers", _is_diffusers),
    ("control", is_control_lora),
    ("aitoolkit", _is_ai_toolkit),
    ("xlabs", lambda weights: len(weights) > 0 and _all_match(weights, _XLABS)),
    ("bfl_peft", _is_bfl_peft),
)


def style_of(weights: Weights) -> str | None:
    """Which tool's way of naming FLUX layers the file follows, None if none of the known ones."""
    return next((style for style, looks in _STYLES if looks(weights)), None)


@dataclass(frozen=True)
class _Telling:
    """A layer by whose width the variant shows; the first found decides."""

    layer: re.Pattern[str]
    variants: dict[int, str]


_BY_CONTEXT = {7680: "klein_4b", 12288: "klein_9b", 15360: "dev"}
_BY_HIDDEN = {3072: "klein_4b", 4096: "klein_9b", 6144: "dev"}
_CONTEXT = _Telling(re.compile(r"(?:txt_in|context_embedder)$"), _BY_CONTEXT)
_VECTOR = _Telling(
    re.compile(r"(?:vector_in|time_text_embed[._]text_embedder)[._]?\w*$"),
    {2560: "klein_4b", 4096: "klein_9b", 5120: "dev"},
)
_HIDDEN = _Telling(
    re.compile(r"(?:img_attn[._]proj|attn\.to_out\.0|attn\.to_add_out|to_qkv_mlp_proj)$"), _BY_HIDDEN
)
_FLUX1_HIDDEN = 3072
_FLUX1_MLP = 12288
_IMAGE_ATTENTION = re.compile(r"img_attn[._]proj$")
_IMAGE_MLP = re.compile(r"img_mlp[._]0$")
_INNER = {"lora_A.weight": 1, "lora_down.weight": 1}
_OUTER = {"lora_B.weight": 0, "lora_up.weight": 0}


def flux2_variant(weights: Weights) -> str | None:
    """The variant of FLUX.2 a LoRA was made for, if its widths tell."""
    for telling in (_CONTEXT, _VECTOR, _HIDDEN):
        for width in _widths(weights, telling.layer, _INNER):
            return telling.variants.get(width)
    return None


def is_flux2(weights: Weights) -> bool:
    """Whether a FLUX LoRA is one for FLUX.2. Where nothing tells, it is taken for FLUX.1."""
    for telling in (_CONTEXT, _VECTOR):
        for width in _widths(weights, telling.layer, _INNER):
            return width in telling.variants
    if any(mark in name for name in weights.entries for mark in _FUSED[:2]):
        return True
    hidden = next(_widths(weights, _IMAGE_ATTENTION, _INNER), None)
    if hidden != _FLUX1_HIDDEN:
        return hidden is not None
    return next(_widths(weights, _IMAGE_MLP, _OUTER), _FLUX1_MLP) != _FLUX1_MLP


def _widths(weights: Weights, layer: re.Pattern[str], sides: dict[str, int]) -> Iterator[int]:
    """The inner or outer widths of the layers of this name, of whatever kind of LoRA."""
    for name in weights.entries:
        for suffix, axis in sides.items():
            if name.endswith(f".{suffix}") and layer.search(name[: -len(suffix) - 1]):
                yield from filter(None, [weights.size(name, axis)])
        if name.endswith(".lokr_w1") and layer.search(name[:-8]):
            axis = next(iter(sides.values()))
            first, second = weights.size(name, axis), weights.size(f"{name[:-1]}2", axis)
            yield from [first * second] if first and second else []
