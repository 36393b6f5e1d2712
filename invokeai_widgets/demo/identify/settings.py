"""The default settings InvokeAI gives a model when it identifies it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAIN = (
    "vae", "vae_precision", "scheduler", "steps", "cfg_scale", "cfg_rescale_multiplier",
    "width", "height", "guidance", "cpu_only", "fp8_storage",
)  # fmt: skip

_MAIN_BY_BASE: Mapping[str, Mapping[str, int | float]] = {
    "sd-1": {"width": 512, "height": 512},
    "sd-2": {"width": 768, "height": 768},
    "sdxl": {"width": 1024, "height": 1024},
    "z-image": {"steps": 9, "cfg_scale": 1.0, "width": 1024, "height": 1024},
    "ernie-image": {"steps": 50, "cfg_scale": 4.0, "width": 1024, "height": 1024},
    "anima": {"steps": 35, "cfg_scale": 4.5, "width": 1024, "height": 1024},
    "ideogram-4": {"steps": 48, "cfg_scale": 7.0, "width": 1024, "height": 1024},
    "flux2": {"steps": 4, "cfg_scale": 1.0, "width": 1024, "height": 1024},
    "qwen-image": {"steps": 40, "cfg_scale": 4.0, "width": 1024, "height": 1024},
    "krea-2": {"steps": 8, "cfg_scale": 1.0, "width": 1024, "height": 1024},
    "wan": {"steps": 40, "cfg_scale": 4.0, "width": 1024, "height": 1024},
}
_MAIN_BY_VARIANT: Mapping[str, Mapping[str, int | float]] = {
    "z-image/zbase": {"steps": 50, "cfg_scale": 4.0},
    "flux2/dev": {"steps": 28, "guidance": 3.5},
    "flux2/klein_4b_base": {"steps": 28},
    "flux2/klein_9b_base": {"steps": 28},
    "krea-2/krea2_base": {"steps": 28, "cfg_scale": 5.5},
    "wan/ti2v_5b": {"steps": 30, "cfg_scale": 5.0},
}

_PREPROCESSORS = (
    # a word in the model's name -> the node that prepares its image; the first word found wins
    ("canny", "canny_image_processor"),
    ("mlsd", "mlsd_image_processor"),
    ("depth", "depth_anything_image_processor"),
    ("bae", "normalbae_image_processor"),
    ("normal", "normalbae_image_processor"),
    ("sketch", "pidi_image_processor"),
    ("scribble", "lineart_image_processor"),
    ("lineart anime", "lineart_anime_image_processor"),
    ("lineart_anime", "lineart_anime_image_processor"),
    ("lineart", "lineart_image_processor"),
    ("soft", "hed_image_processor"),
    ("hed", "hed_image_processor"),
    ("shuffle", "content_shuffle_image_processor"),
    ("pose", "dw_openpose_image_processor"),
    ("mediapipe", "mediapipe_face_processor"),
    ("pidi", "pidi_image_processor"),
    ("zoe", "zoe_depth_image_processor"),
    ("color", "color_map_image_processor"),
)

CONTROL_ADAPTERS = frozenset({"controlnet", "t2i_adapter", "control_lora"})


def default_settings(type_: str, base: str, variant: object, name: str) -> dict[str, Any] | None:
    """The settings a fresh record of this kind has; None where InvokeAI has none."""
    if type_ == "lora":
        return {"weight": None, "weight_min": None, "weight_max": None}
    if type_ in CONTROL_ADAPTERS:
        found = next((node for word, node in _PREPROCESSORS if word in name.lower()), None)
        return {"preprocessor": found, "fp8_storage": None}
    if type_ == "main" and base in _MAIN_BY_BASE:
        turbo = {"steps": 8, "cfg_scale": 1.0} if base == "ernie-image" and "turbo" in name.lower() else {}
        special = _MAIN_BY_VARIANT.get(f"{base}/{variant}", {})
        return {**dict.fromkeys(_MAIN), **_MAIN_BY_BASE[base], **special, **turbo}
    return None
