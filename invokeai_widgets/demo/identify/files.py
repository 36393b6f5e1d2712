"""The table of rules for single files: .safetensors, .ckpt, .pt, .pth, .bin and .gguf.

Read a row as: what `looks` recognises is of this type and format; the base stands there or is told by
a width; the fields are what else the record can say. The first row that applies wins. Main models come
first, since one with a merged-in LoRA looks like a LoRA too.
"""

from __future__ import annotations

from collections.abc import Callable

from . import checkpoints, flux_lora, lora, parts
from .rule import Rule, known
from .subject import Subject


def _plain(looks: Callable[[Subject], bool]) -> Callable[[Subject], bool]:
    return lambda subject: not subject.weights.quantized and looks(subject)


def _gguf(looks: Callable[[Subject], bool]) -> Callable[[Subject], bool]:
    return lambda subject: subject.weights.quantized and looks(subject)


def _lora_base(subject: Subject) -> str | None:
    return lora.base_of(subject.weights)


def _only(base: str) -> Callable[[Subject], bool]:
    return lambda subject: _lora_base(subject) == base


RULES: tuple[Rule, ...] = (
    # type, base, format, how it is recognised, what else shows
    Rule(
        "main",
        checkpoints.stable_base,
        "checkpoint",
        checkpoints.main,
        {"prediction_type": checkpoints.prediction, "variant": checkpoints.stable_variant},
    ),
    Rule(
        "main",
        "flux2",
        "checkpoint",
        _plain(lambda s: checkpoints.main(s) and checkpoints.is_flux2(s)),
        {"variant": checkpoints.flux2_variant},
    ),
    Rule(
        "main",
        "flux",
        "checkpoint",
        _plain(checkpoints.is_flux_checkpoint),
        {"variant": checkpoints.flux_variant},
    ),
    Rule(
        "main",
        "flux",
        "bnb_quantized_nf4b",
        lambda s: checkpoints.main(s) and checkpoints.is_nf4(s),
        {"variant": checkpoints.flux_variant},
    ),
    Rule(
        "main",
        "flux2",
        "gguf_quantized",
        _gguf(lambda s: checkpoints.main(s) and checkpoints.is_flux2(s)),
        {"variant": checkpoints.flux2_variant},
    ),
    Rule(
        "main",
        "qwen-image",
        "checkpoint",
        _plain(checkpoints.is_qwen_image),
        {"variant": checkpoints.qwen_variant},
    ),
    Rule(
        "main",
        "qwen-image",
        "gguf_quantized",
        _gguf(checkpoints.is_qwen_image),
        {"variant": checkpoints.qwen_variant},
    ),
    Rule("main", "z-image", "checkpoint", _plain(checkpoints.is_z_image), {"variant": "turbo"}),
    Rule("main", "z-image", "gguf_quantized", _gguf(checkpoints.is_z_image), {"variant": "turbo"}),
    Rule("main", "flux", "gguf_quantized", _gguf(checkpoints.is_flux), {"variant": checkpoints.flux_variant}),
    Rule("main", "anima", "checkpoint", _plain(checkpoints.is_anima)),
    Rule("lora", lambda s: lora.omi_base(s.weights), "omi"),
    Rule(
        "lora", "flux2", "lycoris", _only("flux2"), {"variant": lambda s: flux_lora.flux2_variant(s.weights)}
    ),
    Rule("lora", "z-image", "lycoris", _only("z-image"), {"variant": None}),
    Rule("lora", _lora_base, "lycoris"),
    Rule("control_lora", "flux", "lycoris", lambda s: flux_lora.is_control_lora(s.weights)),
    Rule("vae", "anima", "checkpoint", parts.is_anima_vae),
    Rule(
        "vae",
        "wan",
        "checkpoint",
        lambda s: parts.vae_base(s) == "wan",
        {"latent_channels": lambda s: parts.latents(s)[1]},
    ),
    Rule("vae", parts.vae_base, "checkpoint", parts.is_vae),
    Rule("controlnet", "z-image", "checkpoint", parts.is_z_image_control),
    Rule(
        "controlnet",
        "anima",
        "checkpoint",
        parts.is_anima_control,
        {"cond_in_channels": lambda s: known(s.weights.size("lllite_conditioning1.conv1.weight", 1))},
    ),
    Rule("controlnet", parts.controlnet_base, "checkpoint", parts.is_controlnet),
    Rule(
        "ip_adapter",
        parts.ip_adapter_base,
        "checkpoint",
        lambda s: s.weights.starts("image_proj.", "ip_adapter.", "ip_adapter_proj_model."),
    ),
    Rule("flux_redux", "flux", "checkpoint", parts.is_redux),
    Rule("t5_encoder", "any", "gguf_quantized", _gguf(parts.is_t5)),
    Rule("qwen3_encoder", "any", "checkpoint", _plain(parts.is_qwen3), {"variant": parts.qwen3_variant}),
    Rule("qwen3_encoder", "any", "gguf_quantized", _gguf(parts.is_qwen3), {"variant": parts.qwen3_variant}),
    Rule("spandrel_image_to_image", "any", "checkpoint", parts.is_upscaler),
    Rule("pid_decoder", parts.pid_base, "checkpoint", fields={"variant": parts.pid_variant}),
    Rule("embedding", parts.embedding_base, "embedding_file", parts.is_embedding),
)
