"""How the weights of whole models tell their base and variant."""

from __future__ import annotations

import re

from .rule import NoMatchError, known
from .subject import Subject

_UNET = "model.diffusion_model."
_ATTENTION = "1.transformer_blocks.0.attn2.to_k.weight"


def _both(*names: str) -> tuple[str, ...]:
    """The names, bare and as they are in a file that holds more than the transformer."""
    return (*names, *(f"{_UNET}{name}" for name in names))


def main(subject: Subject) -> bool:
    """Whether the names are those of a whole model, or of a FLUX transformer."""
    bundled = subject.weights.starts("cond_stage_model.", "first_stage_model.", _UNET)
    blocks = any(n.startswith("double_blocks.") and "ip_adapter" not in n for n in subject.weights.entries)
    return bundled or blocks


def stable_base(subject: Subject) -> str | None:
    """Which Stable Diffusion it is, by the width of the text its attention takes."""
    small = subject.weights.size(f"{_UNET}input_blocks.2.{_ATTENTION}", -1)
    large = subject.weights.size(f"{_UNET}input_blocks.4.{_ATTENTION}", -1)
    return {768: "sd-1", 1024: "sd-2"}.get(small or 0) or {2048: "sdxl", 1280: "sdxl-refiner"}.get(large or 0)


def stable_variant(subject: Subject) -> str:
    """By the channels of the image input; other numbers are no model InvokeAI knows."""
    channels = subject.weights.size(f"{_UNET}input_blocks.0.0.weight", 1)
    variant = known({4: "normal", 5: "depth", 9: "inpaint"}.get(channels or 0))
    if variant == "depth" and stable_base(subject) != "sd-2":
        raise NoMatchError
    return variant


def prediction(subject: Subject) -> str:
    """What the model predicts: the noise, or for SD 2 the velocity."""
    # A training step would tell 512-base from 768-v of SD 2, but it is in the data, which is not read.
    return "v_prediction" if stable_base(subject) == "sd-2" else "epsilon"


def is_flux2(subject: Subject) -> bool:
    """Whether a FLUX model is FLUX.2: it takes wider text, and images of 128 channels."""
    context = subject.weights.first_size(1, *_both("context_embedder.weight")) or 0
    return context > 4096 or subject.weights.first_size(1, *_both("img_in.weight")) == 128


def flux_variant(subject: Subject) -> str:
    """schnell, or one of the two that take a guidance value."""
    channels = known(subject.weights.first_size(1, *_both("img_in.weight")))
    if not subject.weights.has_any(*_both("guidance_in.out_layer.weight")):
        return "schnell"
    return "dev_fill" if channels == 384 else "dev"


def flux2_variant(subject: Subject) -> str:
    """By the width of the text; the undistilled base models show in the file's name only."""
    context = subject.weights.first_size(1, *_both("context_embedder.weight", "txt_in.weight"))
    variant = {7680: "klein_4b", 12288: "klein_9b", 15360: "dev"}.get(context or 0, "klein_4b")
    base = variant != "dev" and "base" in subject.file_name.lower()
    return f"{variant}_base" if base else variant


def is_flux(subject: Subject) -> bool:
    """Whether it is a FLUX.1 model, of whatever format."""
    return main(subject) and not is_flux2(subject)


def is_nf4(subject: Subject) -> bool:
    """Whether bitsandbytes has quantised it to four bits."""
    mark = "double_blocks.0.img_attn.proj.weight.quant_state.bitsandbytes__nf4"
    return subject.weights.has_any(*_both(mark))


def is_flux_checkpoint(subject: Subject) -> bool:
    """Whether it is a FLUX.1 model that is not quantised."""
    norm = "double_blocks.0.img_attn.norm.key_norm.scale"
    return is_flux(subject) and subject.weights.has_any(*_both(norm)) and not is_nf4(subject)


_LORA_ENDS = (
    ".lora_down.weight",
    ".lora_up.weight",
    *(f".lora_{half}.weight" for half in "AB"),
    ".dora_scale",
    ".alpha",
)


def is_z_image(subject: Subject) -> bool:
    """Whether the names are those of Z-Image, and not of a LoRA for it."""
    parts = {part for name in subject.weights.entries for part in name.split(".")}
    own = {"cap_embedder", "context_refiner", "cap_pad_token"}
    return not parts.isdisjoint(own) and not subject.weights.ends(*_LORA_ENDS)


def is_qwen_image(subject: Subject) -> bool:
    """Whether the names are those of Qwen Image, bare or bundled."""
    names = [name.removeprefix("model.").removeprefix("diffusion_model.") for name in subject.weights.entries]
    starts = all(any(name.startswith(own) for name in names) for own in ("txt_in.", "txt_norm.", "img_in."))
    return starts and not any("context_embedder" in name for name in names)


def qwen_variant(subject: Subject) -> str:
    """edit by a marker tensor, or by the word in the name; else generate."""
    marked = any(name.endswith("__index_timestep_zero__") for name in subject.weights.entries)
    named = re.search(r"(?:^|[^a-z0-9])edit(?:[^a-z0-9]|$)", subject.path.stem.lower())
    return "edit" if marked or named else "generate"


def is_anima(subject: Subject) -> bool:
    """Whether the names are those of Anima."""
    roots = ("", "net.", _UNET)
    blocks = ("blocks.", "t_embedder.", "x_embedder.", "final_layer.")
    adapter = subject.weights.starts(*(f"{root}llm_adapter." for root in roots))
    return adapter and subject.weights.starts(*(f"{root}{block}" for root in roots for block in blocks))
