"""What the configuration files of a diffusers pipeline tell: base, variant, prediction type, parts."""

from __future__ import annotations

from typing import Any

from .rule import known
from .subject import Subject

_BY_CONTEXT = {768: "sd-1", 1024: "sd-2", 2048: "sdxl", 1280: "sdxl-refiner"}


def stable_base(subject: Subject) -> str | None:
    """Which Stable Diffusion it is, by the width of the text its UNet takes."""
    return _BY_CONTEXT.get(subject.config("unet/config.json").get("cross_attention_dim", 0))


def stable_variant(subject: Subject) -> str:
    """By the channels of the image input."""
    channels = subject.config("unet/config.json").get("in_channels")
    return known({4: "normal", 5: "depth", 9: "inpaint"}.get(channels or 0))


def prediction(subject: Subject) -> str:
    """What the scheduler says the model predicts."""
    config = known(subject.config("scheduler/scheduler_config.json") or None)
    told = str(config.get("prediction_type", "epsilon"))
    return known(told if told in ("epsilon", "v_prediction") else None)


def flux_variant(subject: Subject) -> str:
    """schnell, dev or dev_fill, by the configuration of the transformer."""
    config = known(subject.config("transformer/config.json") or None)
    if config.get("in_channels") == 384:
        return "dev_fill"
    return "dev" if config.get("guidance_embeds") else "schnell"


def flux2_variant(subject: Subject) -> str:
    """By the width of the text; the undistilled base models show in the folder's name only."""
    config = known(subject.config("transformer/config.json", "config.json") or None)
    by_context = {12288: "klein_9b", 15360: "dev"}
    variant = by_context.get(config.get("joint_attention_dim", 0), "klein_4b")
    base = variant != "dev" and "base" in subject.file_name.lower()
    return f"{variant}_base" if base else variant


def z_image_variant(subject: Subject) -> str:
    """By the shift of the scheduler."""
    config = known(subject.config("scheduler/scheduler_config.json") or None)
    return "zbase" if config.get("shift", 3.0) >= 5.0 else "turbo"


def krea_variant(subject: Subject) -> str:
    """Whether the pipeline says it is distilled."""
    return "krea2_turbo" if subject.config("model_index.json").get("is_distilled") else "krea2_base"


def submodels(subject: Subject) -> dict[str, Any]:
    """The parts of SD 3 that can be loaded alone: the transformer and the two CLIP encoders."""
    found = {}
    for part, told in subject.config("model_index.json").items():
        named = told[1] if isinstance(told, list) and len(told) == 2 else ""
        width = subject.config(f"{part}/config.json").get("hidden_size")
        kinds = {
            "SD3Transformer2DModel": ("main", None),
            "CLIPTextModelWithProjection": ("clip_embed", {768: "large", 1280: "gigantic"}.get(width or 0)),
        }
        if named in kinds:
            path = (subject.path / part).resolve().as_posix()
            found[part] = {"path_or_prefix": path, "model_type": kinds[named][0], "variant": kinds[named][1]}
    return found


def repo_variant(subject: Subject) -> str:
    """Which of the repository's variants the files are."""
    return subject.repo_variant
