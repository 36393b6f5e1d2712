"""How the weights of VAEs, control models, adapters, embeddings and encoders tell what they are."""

from __future__ import annotations

from .rule import known
from .subject import Subject

_ATTENTION = "1.transformer_blocks.0.attn2.to_k.weight"
_BY_CONTEXT = {768: "sd-1", 1024: "sd-2", 2048: "sdxl"}


def is_vae(subject: Subject) -> bool:
    """Whether the names are those of an image VAE."""
    return subject.weights.starts("encoder.conv_in", "decoder.conv_in")


def latents(subject: Subject) -> tuple[int, int]:
    """Dimensions of the decoder's first layer (4: images, 5: video) and the channels it takes."""
    shape = subject.weights.shape("decoder.conv_in.weight") or ()
    return len(shape), shape[1] if len(shape) > 1 else 0


def vae_base(subject: Subject) -> str | None:
    """By the channels of its latents; where those are the same, by the file's name."""
    dimensions, channels = latents(subject)
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


def is_anima_vae(subject: Subject) -> bool:
    """Whether the names are those of the VAE of Anima."""
    return all(
        subject.weights.starts(part)
        for part in ("encoder.downsamples.", "decoder.upsamples.", "decoder.middle.")
    )


def is_controlnet(subject: Subject) -> bool:
    """Whether the names are those of a ControlNet."""
    return subject.weights.starts("controlnet", "control_model", "input_blocks")


def controlnet_base(subject: Subject) -> str | None:
    """By the names for FLUX, else by the width of the text."""
    blocks = ("controlnet_blocks.0.bias", "controlnet_blocks.0.weight")
    for own in (("input_hint_block.0.bias", "pos_embed_input.bias"), ("controlnet_x_embedder.bias",)):
        if subject.weights.has_all(*blocks, *own):
            return "flux"
    width = subject.weights.first_size(
        -1,
        f"control_model.input_blocks.2.{_ATTENTION}",
        "controlnet_mid_block.bias",
        f"input_blocks.2.{_ATTENTION}",
        "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight",
    )
    return {**_BY_CONTEXT, 1280: "sdxl"}.get(width or 0)


def is_z_image_control(subject: Subject) -> bool:
    """Whether the names are those of the control layers of Z-Image."""
    return subject.weights.starts("control_layers.", "control_all_x_embedder.", "control_noise_refiner.")


def is_anima_control(subject: Subject) -> bool:
    """Whether the names are those of a control adapter for Anima."""
    return subject.weights.starts("lllite_conditioning1.") and subject.weights.starts("lllite_dit_blocks_")


def ip_adapter_base(subject: Subject) -> str | None:
    """By the names for FLUX, else by the width of the text."""
    stream = "double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight"
    if subject.weights.has_all(
        stream, "ip_adapter_proj_model.norm.weight", "ip_adapter_proj_model.proj.weight"
    ):
        return "flux"
    return _BY_CONTEXT.get(subject.weights.size("ip_adapter.1.to_k_ip.weight", -1) or 0)


def is_redux(subject: Subject) -> bool:
    """Whether there are exactly the four tensors of FLUX Redux."""
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
        width = subject.weights.first_size(-1, "emb_params", "clip_g")
    else:
        width = weights.size(next(iter(weights.entries)), 0) if weights.entries else None
    return {768: "sd-1", 1024: "sd-2", 1280: "sdxl"}.get(width or 0)


def is_t5(subject: Subject) -> bool:
    """Whether the names are those llama.cpp gives a T5 encoder."""
    return subject.weights.starts("enc.blk.") or "enc.output_norm.weight" in subject.weights


def is_qwen3(subject: Subject) -> bool:
    """Whether the names are those of a language model, and not of T5, Gemma or one that sees."""
    weights = subject.weights
    layers = weights.starts("model.layers.0.", "model.embed_tokens.weight", "blk.0.", "token_embd.weight")
    others = any(
        m in n for n in weights.entries for m in (".post_attention_norm", ".post_ffw_norm", "visual.")
    )
    return layers and not others and not is_t5(subject)


def qwen3_variant(subject: Subject) -> str:
    """By the width of the embedding; another width is no Qwen3."""
    width = subject.weights.first_size(1, "model.embed_tokens.weight", "token_embd.weight")
    return known({1024: "qwen3_06b", 2560: "qwen3_4b", 4096: "qwen3_8b"}.get(width or 0))


def is_upscaler(subject: Subject) -> bool:
    """Whether the names are those of ESRGAN or its kin."""
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


def pid_base(subject: Subject) -> str | None:
    """By the channels of the latents a complete PiD decoder takes."""
    if refusal(subject) or not any("lq_proj" in name for name in subject.weights.entries):
        return None
    return {4: "sdxl", 16: "flux", 128: "flux2"}.get(subject.weights.first_size(1, _PID, f"net.{_PID}") or 0)


def pid_variant(subject: Subject) -> str:
    """By the name, or the only one there is."""
    name = f"{subject.path.parent.name}/{subject.path.name}".lower()
    return "res2kto4k_sr4x" if "res2kto4k" in name or pid_base(subject) == "sdxl" else "res2k_sr4x"
