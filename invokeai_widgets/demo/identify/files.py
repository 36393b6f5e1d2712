"""The table of rules for single files: .safetensors, .ckpt, .pt, .pth, .bin and .gguf.

Read a row as: what `looks` recognises is of this type and format; the base stands there or is told by
a width; the fields are what else the record can say. The first row that applies wins. Main models come
first, since one with a merged-in LoRA looks like a LoRA too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import lora
from .rule import NoMatchError, Rule, known
from .subject import Subject

_UNET = "model.diffusion_model."
_ATTENTION = "1.transformer_blocks.0.attn2.to_k.weight"
_BY_CONTEXT = {768: "sd-1", 1024: "sd-2", 2048: "sdxl"}


def _size(subject: Subject, axis: int, *names: str) -> int | None:
    """A dimension of the first of these tensors that is there."""
    return next((subject.weights.size(name, axis) for name in names if name in subject.weights), None)


def _both(*names: str) -> tuple[str, ...]:
    """The names, bare and as they are in a file that holds more than the transformer."""
    return (*names, *(f"{_UNET}{name}" for name in names))


# --- main models ---------------------------------------------------------------------------------


def _main(subject: Subject) -> bool:
    bundled = subject.weights.starts("cond_stage_model.", "first_stage_model.", _UNET)
    blocks = any(n.startswith("double_blocks.") and "ip_adapter" not in n for n in subject.weights.entries)
    return bundled or blocks


def _stable_base(subject: Subject) -> str | None:
    small = subject.weights.size(f"{_UNET}input_blocks.2.{_ATTENTION}", -1)
    large = subject.weights.size(f"{_UNET}input_blocks.4.{_ATTENTION}", -1)
    return {768: "sd-1", 1024: "sd-2"}.get(small or 0) or {2048: "sdxl", 1280: "sdxl-refiner"}.get(large or 0)


def _stable_variant(subject: Subject) -> str:
    channels = subject.weights.size(f"{_UNET}input_blocks.0.0.weight", 1)
    variant = known({4: "normal", 5: "depth", 9: "inpaint"}.get(channels or 0))
    if variant == "depth" and _stable_base(subject) != "sd-2":
        raise NoMatchError
    return variant


def _prediction(subject: Subject) -> str:
    # A training step would tell 512-base from 768-v of SD 2, but it is in the data, which is not read.
    return "v_prediction" if _stable_base(subject) == "sd-2" else "epsilon"


def _is_flux2(subject: Subject) -> bool:
    context = _size(subject, 1, *_both("context_embedder.weight")) or 0
    return context > 4096 or _size(subject, 1, *_both("img_in.weight")) == 128


def _flux_variant(subject: Subject) -> str:
    channels = known(_size(subject, 1, *_both("img_in.weight")))
    if not subject.weights.has_any(*_both("guidance_in.out_layer.weight")):
        return "schnell"
    return "dev_fill" if channels == 384 else "dev"


def _flux2_variant(subject: Subject) -> str:
    context = _size(subject, 1, *_both("context_embedder.weight", "txt_in.weight"))
    variant = {7680: "klein_4b", 12288: "klein_9b", 15360: "dev"}.get(context or 0, "klein_4b")
    base = variant != "dev" and "base" in subject.file_name.lower()
    return f"{variant}_base" if base else variant


def _is_flux(subject: Subject) -> bool:
    return _main(subject) and not _is_flux2(subject)


def _is_nf4(subject: Subject) -> bool:
    mark = "double_blocks.0.img_attn.proj.weight.quant_state.bitsandbytes__nf4"
    return subject.weights.has_any(*_both(mark))


def _is_flux_checkpoint(subject: Subject) -> bool:
    norm = "double_blocks.0.img_attn.norm.key_norm.scale"
    return _is_flux(subject) and subject.weights.has_any(*_both(norm)) and not _is_nf4(subject)


_LORA_ENDS = (
    ".lora_down.weight",
    ".lora_up.weight",
    *(f".lora_{half}.weight" for half in "AB"),
    ".dora_scale",
    ".alpha",
)


def _is_z_image(subject: Subject) -> bool:
    parts = {part for name in subject.weights.entries for part in name.split(".")}
    own = {"cap_embedder", "context_refiner", "cap_pad_token"}
    return not parts.isdisjoint(own) and not subject.weights.ends(*_LORA_ENDS)


def _is_qwen_image(subject: Subject) -> bool:
    names = [name.removeprefix("model.").removeprefix("diffusion_model.") for name in subject.weights.entries]
    starts = all(any(name.startswith(own) for name in names) for own in ("txt_in.", "txt_norm.", "img_in."))
    return starts and not any("context_embedder" in name for name in names)


def _qwen_variant(subject: Subject) -> str:
    marked = any(name.endswith("__index_timestep_zero__") for name in subject.weights.entries)
    named = re.search(r"(?:^|[^a-z0-9])edit(?:[^a-z0-9]|$)", subject.path.stem.lower())
    return "edit" if marked or named else "generate"


def _is_anima(subject: Subject) -> bool:
    roots = ("", "net.", _UNET)
    blocks = ("blocks.", "t_embedder.", "x_embedder.", "final_layer.")
    adapter = subject.weights.starts(*(f"{root}llm_adapter." for root in roots))
    return adapter and subject.weights.starts(*(f"{root}{block}" for root in roots for block in blocks))


def _plain(looks: Callable[[Subject], bool]) -> Callable[[Subject], bool]:
    return lambda subject: not subject.weights.quantized and looks(subject)


def _gguf(looks: Callable[[Subject], bool]) -> Callable[[Subject], bool]:
    return lambda subject: subject.weights.quantized and looks(subject)


# --- parts and adapters --------------------------------------------------------------------------


def _is_vae(subject: Subject) -> bool:
    return subject.weights.starts("encoder.conv_in", "decoder.conv_in")


def _latents(subject: Subject) -> tuple[int, int]:
    """Dimensions of the decoder's first layer (4: images, 5: video) and the channels it takes."""
    shape = subject.weights.shape("decoder.conv_in.weight") or ()
    return len(shape), shape[1] if len(shape) > 1 else 0


def _vae_base(subject: Subject) -> str | None:
    dimensions, channels = _latents(subject)
    name = subject.path.name.lower()
    if subject.weights.has_any("bn.running_mean", "bn.running_var") or channels == 32:
        return "flux2"
    if dimensions == 5 and channels in (16, 48):
        return "wan" if channels == 48 or "wan" in name else "qwen-image"
    if channels == 16:
        return "flux"
    # The VAEs of SD 1, 2 and XL have the same shapes: only the file's name tells them apart.
    named = next(
        (base for word, base in (("xl", "sdxl"), ("sd2", "sd-2"), ("vae", "sd-1")) if word in name), None
    )
    return named or ("sd-1" if channels == 4 else None)


def _is_anima_vae(subject: Subject) -> bool:
    return all(
        subject.weights.starts(part)
        for part in ("encoder.downsamples.", "decoder.upsamples.", "decoder.middle.")
    )


def _is_controlnet(subject: Subject) -> bool:
    return subject.weights.starts("controlnet", "control_model", "input_blocks")


def _controlnet_base(subject: Subject) -> str | None:
    blocks = ("controlnet_blocks.0.bias", "controlnet_blocks.0.weight")
    for own in (("input_hint_block.0.bias", "pos_embed_input.bias"), ("controlnet_x_embedder.bias",)):
        if subject.weights.has_all(*blocks, *own):
            return "flux"
    width = _size(
        subject,
        -1,
        f"control_model.input_blocks.2.{_ATTENTION}",
        "controlnet_mid_block.bias",
        f"input_blocks.2.{_ATTENTION}",
        "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight",
    )
    return {**_BY_CONTEXT, 1280: "sdxl"}.get(width or 0)


def _is_z_image_control(subject: Subject) -> bool:
    return subject.weights.starts("control_layers.", "control_all_x_embedder.", "control_noise_refiner.")


def _is_anima_control(subject: Subject) -> bool:
    return subject.weights.starts("lllite_conditioning1.") and subject.weights.starts("lllite_dit_blocks_")


def _ip_adapter_base(subject: Subject) -> str | None:
    stream = "double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight"
    if subject.weights.has_all(
        stream, "ip_adapter_proj_model.norm.weight", "ip_adapter_proj_model.proj.weight"
    ):
        return "flux"
    return _BY_CONTEXT.get(subject.weights.size("ip_adapter.1.to_k_ip.weight", -1) or 0)


def _is_redux(subject: Subject) -> bool:
    names = {f"redux_{end}.{kind}" for end in ("down", "up") for kind in ("bias", "weight")}
    return set(subject.weights.entries) == names


def is_embedding(subject: Subject) -> bool:
    """Whether this is a textual inversion: by its names, or because it is a handful of tensors."""
    entries = subject.weights.entries
    few = 0 < len(entries) < 10 and all(isinstance(entry, tuple) for entry in entries.values())
    return subject.weights.has_any("string_to_param", "emb_params", "clip_g") or few


def embedding_base(subject: Subject) -> str | None:
    """The base a textual inversion was made for, by the width of its vectors."""
    weights = subject.weights
    inner = weights.entries.get("string_to_param")
    if isinstance(inner, dict) and inner:
        shape = weights.shape(next(iter(inner)), inside="string_to_param")
        width = shape[-1] if shape else None
    elif weights.has_any("emb_params", "clip_g"):
        width = _size(subject, -1, "emb_params", "clip_g")
    else:
        width = weights.size(next(iter(weights.entries)), 0) if weights.entries else None
    return {768: "sd-1", 1024: "sd-2", 1280: "sdxl"}.get(width or 0)


# --- encoders and others -------------------------------------------------------------------------


def _is_t5(subject: Subject) -> bool:
    return subject.weights.starts("enc.blk.") or "enc.output_norm.weight" in subject.weights


def _is_qwen3(subject: Subject) -> bool:
    weights = subject.weights
    layers = weights.starts("model.layers.0.", "model.embed_tokens.weight", "blk.0.", "token_embd.weight")
    others = any(
        m in n for n in weights.entries for m in (".post_attention_norm", ".post_ffw_norm", "visual.")
    )
    norms = any(re.search(r"\.(?:self_attn\.[qk]_norm|attn_[qk]_norm)\.", name) for name in weights.entries)
    return layers and norms and not others and not _is_t5(subject)


def _qwen3_variant(subject: Subject) -> str:
    width = _size(subject, 1, "model.embed_tokens.weight", "token_embd.weight")
    return known({1024: "qwen3_06b", 2560: "qwen3_4b", 4096: "qwen3_8b"}.get(width or 0))


def _is_upscaler(subject: Subject) -> bool:
    # InvokeAI lets spandrel load the file; these are the two ways ESRGAN and its kin name their layers.
    old = subject.weights.has_all("model.0.weight", "model.1.sub.0.RDB1.conv1.0.weight")
    return old or subject.weights.has_all("conv_first.weight", "body.0.rdb1.conv1.weight")


_PID = "lq_proj.latent_proj.0.weight"
_PID_WEIGHTS = 456  # as many as a complete decoder has
_PID_FIRST = (
    "final_layer.linear.bias",
    "final_layer.linear.weight",
    "final_layer.norm.weight",
    "lq_proj.gate_modules.0.content_proj.bias",
    "lq_proj.gate_modules.0.content_proj.weight",
)


def refusal(subject: Subject) -> str | None:
    """Why a model that is recognised cannot be used; None if nothing speaks against it.

    InvokeAI has one such case: a PiD decoder that lacks weights.
    """
    missing = _PID_WEIGHTS - len(subject.weights)
    if missing <= 0 or not any("lq_proj" in name for name in subject.weights.entries):
        return None
    first = [name for name in _PID_FIRST if name not in subject.weights]
    more = f" (+ {missing - len(first)} more)" if missing > len(first) else ""
    return (
        f"PiD checkpoint is missing {missing} of the weights required by PidNet; the file is "
        f"incomplete and cannot be used as a PiD decoder: {first}{more}"
    )


def _pid_base(subject: Subject) -> str | None:
    if refusal(subject) or not any("lq_proj" in name for name in subject.weights.entries):
        return None
    return {4: "sdxl", 16: "flux", 128: "flux2"}.get(_size(subject, 1, _PID, f"net.{_PID}") or 0)


def _pid_variant(subject: Subject) -> str:
    name = f"{subject.path.parent.name}/{subject.path.name}".lower()
    return "res2kto4k_sr4x" if "res2kto4k" in name or _pid_base(subject) == "sdxl" else "res2k_sr4x"


def _lora_base(subject: Subject) -> str | None:
    return lora.base_of(subject.weights)


def _only(base: str) -> Callable[[Subject], bool]:
    return lambda subject: _lora_base(subject) == base


RULES: tuple[Rule, ...] = (
    # type, base, format, how it is recognised, what else shows
    Rule(
        "main",
        _stable_base,
        "checkpoint",
        _main,
        {"prediction_type": _prediction, "variant": _stable_variant},
    ),
    Rule(
        "main",
        "flux2",
        "checkpoint",
        _plain(lambda s: _main(s) and _is_flux2(s)),
        {"variant": _flux2_variant},
    ),
    Rule("main", "flux", "checkpoint", _plain(_is_flux_checkpoint), {"variant": _flux_variant}),
    Rule("main", "flux", "bnb_quantized_nf4b", lambda s: _main(s) and _is_nf4(s), {"variant": _flux_variant}),
    Rule(
        "main",
        "flux2",
        "gguf_quantized",
        _gguf(lambda s: _main(s) and _is_flux2(s)),
        {"variant": _flux2_variant},
    ),
    Rule("main", "qwen-image", "checkpoint", _plain(_is_qwen_image), {"variant": _qwen_variant}),
    Rule("main", "qwen-image", "gguf_quantized", _gguf(_is_qwen_image), {"variant": _qwen_variant}),
    Rule("main", "z-image", "checkpoint", _plain(_is_z_image), {"variant": "turbo"}),
    Rule("main", "z-image", "gguf_quantized", _gguf(_is_z_image), {"variant": "turbo"}),
    Rule("main", "flux", "gguf_quantized", _gguf(_is_flux), {"variant": _flux_variant}),
    Rule("main", "anima", "checkpoint", _plain(_is_anima)),
    Rule("lora", lambda s: lora.omi_base(s.weights), "omi"),
    Rule("lora", "flux2", "lycoris", _only("flux2"), {"variant": lambda s: lora.flux2_variant(s.weights)}),
    Rule("lora", "z-image", "lycoris", _only("z-image"), {"variant": None}),
    Rule("lora", _lora_base, "lycoris"),
    Rule("control_lora", "flux", "lycoris", lambda s: lora.is_control_lora(s.weights)),
    Rule("vae", "anima", "checkpoint", _is_anima_vae),
    Rule(
        "vae",
        "wan",
        "checkpoint",
        lambda s: _vae_base(s) == "wan",
        {"latent_channels": lambda s: _latents(s)[1]},
    ),
    Rule("vae", _vae_base, "checkpoint", _is_vae),
    Rule("controlnet", "z-image", "checkpoint", _is_z_image_control),
    Rule(
        "controlnet",
        "anima",
        "checkpoint",
        _is_anima_control,
        {"cond_in_channels": lambda s: known(s.weights.size("lllite_conditioning1.conv1.weight", 1))},
    ),
    Rule("controlnet", _controlnet_base, "checkpoint", _is_controlnet),
    Rule(
        "ip_adapter",
        _ip_adapter_base,
        "checkpoint",
        lambda s: s.weights.starts("image_proj.", "ip_adapter.", "ip_adapter_proj_model."),
    ),
    Rule("flux_redux", "flux", "checkpoint", _is_redux),
    Rule("t5_encoder", "any", "gguf_quantized", _gguf(_is_t5)),
    Rule("qwen3_encoder", "any", "checkpoint", _plain(_is_qwen3), {"variant": _qwen3_variant}),
    Rule("qwen3_encoder", "any", "gguf_quantized", _gguf(_is_qwen3), {"variant": _qwen3_variant}),
    Rule("spandrel_image_to_image", "any", "checkpoint", _is_upscaler),
    Rule("pid_decoder", _pid_base, "checkpoint", fields={"variant": _pid_variant}),
    Rule("embedding", embedding_base, "embedding_file", is_embedding),
)
