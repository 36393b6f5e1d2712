"""The classes of models of InvokeAI 6.14.2: which combinations exist, and which fields their records have.

Every record has the eleven common fields, then `type`, `base` and `format`, then those of its class.
"""

from __future__ import annotations

from collections.abc import Mapping

COMMON = (
    "key", "hash", "path", "file_size", "name", "description", "source", "source_type",
    "source_api_response", "source_url", "cover_image",
)  # fmt: skip

_STABLE = "sd-1 sd-2 sdxl sdxl-refiner"
_MAIN = "trigger_phrases default_settings"
_FILE = f"{_MAIN} config_path"
_FOLDER = f"{_MAIN} repo_variant"

_ROWS: tuple[tuple[str, str, str, str], ...] = (
    # type, format, bases, fields of the class
    ("main", "checkpoint", _STABLE, f"{_FILE} prediction_type variant"),
    ("main", "checkpoint", "flux flux2 krea-2 z-image qwen-image", f"{_FILE} variant"),
    ("main", "checkpoint", "anima", _FILE),
    ("main", "checkpoint", "wan", f"{_FILE} variant expert"),
    ("main", "gguf_quantized", "flux flux2 krea-2 z-image qwen-image", f"{_FILE} variant"),
    ("main", "gguf_quantized", "wan", f"{_FILE} variant expert"),
    ("main", "bnb_quantized_nf4b", "flux", f"{_FILE} variant"),
    ("main", "sdnq_quantized", "flux flux2 z-image", f"{_FOLDER} variant submodels"),
    ("main", "diffusers", _STABLE, f"{_FOLDER} prediction_type variant"),
    ("main", "diffusers", "flux flux2 krea-2 z-image qwen-image", f"{_FOLDER} variant"),
    ("main", "diffusers", "sd-3", f"{_FOLDER} submodels"),
    ("main", "diffusers", "cogview4 ernie-image ideogram-4", _FOLDER),
    ("main", "diffusers", "wan", f"{_FOLDER} variant has_dual_expert boundary_ratio"),
    ("lora", "lycoris", "sd-1 sd-2 sdxl flux anima krea-2 qwen-image", _MAIN),
    ("lora", "lycoris", "flux2 z-image", f"{_MAIN} variant"),
    ("lora", "lycoris", "wan", f"{_MAIN} expert variant"),
    ("lora", "diffusers", "sd-1 sd-2 sdxl flux", _MAIN),
    ("lora", "diffusers", "flux2 z-image", f"{_MAIN} variant"),
    ("lora", "omi", "sdxl flux", _MAIN),
    ("control_lora", "lycoris", "flux", "default_settings trigger_phrases"),
    ("controlnet", "checkpoint", "sd-1 sd-2 sdxl flux z-image", "config_path default_settings"),
    ("controlnet", "checkpoint", "anima", "config_path default_settings cond_in_channels"),
    ("controlnet", "diffusers", "sd-1 sd-2 sdxl flux", "repo_variant default_settings"),
    ("t2i_adapter", "diffusers", "sd-1 sdxl", "repo_variant default_settings"),
    ("vae", "checkpoint", "sd-1 sd-2 sdxl flux flux2 qwen-image anima", "config_path cpu_only"),
    ("vae", "checkpoint", "wan", "config_path cpu_only latent_channels"),
    ("vae", "diffusers", "sd-1 sdxl flux2", "repo_variant cpu_only"),
    ("vae", "diffusers", "wan", "repo_variant cpu_only latent_channels"),
    ("embedding", "embedding_file", "sd-1 sd-2 sdxl", ""),
    ("embedding", "embedding_folder", "sd-1 sd-2 sdxl", ""),
    ("ip_adapter", "checkpoint", "sd-1 sd-2 sdxl flux", ""),
    ("ip_adapter", "invokeai", "sd-1 sd-2 sdxl", "image_encoder_model_id"),
    ("clip_embed", "diffusers", "any", "repo_variant cpu_only variant"),
    ("clip_vision", "diffusers", "any", "repo_variant cpu_only"),
    ("siglip", "diffusers", "any", "repo_variant cpu_only"),
    ("llava_onevision", "diffusers", "any", "repo_variant cpu_only"),
    ("text_llm", "diffusers", "any", "repo_variant cpu_only"),
    ("t5_encoder", "t5_encoder", "any", "cpu_only"),
    ("t5_encoder", "bnb_quantized_int8b", "any", "cpu_only"),
    ("t5_encoder", "sdnq_quantized", "any", "cpu_only"),
    ("t5_encoder", "gguf_quantized", "any", "config_path cpu_only"),
    ("wan_t5_encoder", "wan_t5_encoder", "any", "cpu_only"),
    ("gemma2_encoder", "gemma2_encoder", "any", "cpu_only"),
    ("gemma2_encoder", "gguf_quantized", "any", "cpu_only"),
    ("qwen3_encoder", "checkpoint", "any", "config_path cpu_only variant"),
    ("qwen3_encoder", "gguf_quantized", "any", "config_path cpu_only variant"),
    ("qwen3_encoder", "sdnq_quantized", "any", "cpu_only variant"),
    ("qwen3_encoder", "qwen3_encoder", "any", "cpu_only variant"),
    ("qwen3_vl_encoder", "checkpoint", "any", "config_path cpu_only"),
    ("qwen3_vl_encoder", "qwen3_vl_encoder", "any", "cpu_only"),
    ("qwen_vl_encoder", "checkpoint", "any", "config_path"),
    ("qwen_vl_encoder", "qwen_vl_encoder", "any", ""),
    ("mistral_encoder", "checkpoint", "any", "config_path cpu_only variant"),
    ("mistral_encoder", "gguf_quantized", "any", "config_path cpu_only variant"),
    ("mistral_encoder", "mistral_encoder", "any", "cpu_only variant"),
    ("pid_decoder", "checkpoint", "sd-3 sdxl flux flux2 qwen-image", "config_path variant"),
    ("flux_redux", "checkpoint", "flux", ""),
    ("spandrel_image_to_image", "checkpoint", "any", ""),
    (
        "external_image_generator",
        "external_api",
        "external",
        "provider_id provider_model_id capabilities default_settings panel_schema tags is_default",
    ),
    ("unknown", "unknown", "unknown", ""),
)

CLASSES: Mapping[tuple[str, str, str], tuple[str, ...]] = {
    (type_, base, format_): tuple(fields.split())
    for type_, format_, bases, fields in _ROWS
    for base in bases.split()
}
"""(type, base, format) -> the fields of that class beyond the common ones. What is no key here exists not."""

_STABLE_VARIANTS = ("normal", "inpaint", "depth")
_KLEIN = ("klein_4b", "klein_4b_base", "klein_9b", "klein_9b_base", "dev")

_VARIANTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{("main", base): _STABLE_VARIANTS for base in _STABLE.split()},
    ("main", "flux"): ("schnell", "dev", "dev_fill"),
    ("main", "flux2"): _KLEIN,
    ("main", "krea-2"): ("krea2_turbo", "krea2_base"),
    ("main", "z-image"): ("turbo", "zbase"),
    ("main", "qwen-image"): ("generate", "edit"),
    ("main", "wan"): ("t2v_a14b", "i2v_a14b", "ti2v_5b"),
    ("lora", "flux2"): _KLEIN,
    ("lora", "z-image"): ("turbo", "zbase"),
    ("lora", "wan"): ("a14b", "5b"),
    ("clip_embed", "any"): ("large", "gigantic"),
    ("qwen3_encoder", "any"): ("qwen3_4b", "qwen3_8b", "qwen3_06b"),
    ("mistral_encoder", "any"): ("cow_mistral3_small", "mistral3_24b"),
    **{
        ("pid_decoder", base): ("res2k_sr4x", "res2kto4k_sr4x")
        for base in ("sd-3", "sdxl", "flux", "flux2", "qwen-image")
    },
}


def class_fields(type_: str, base: str, format_: str) -> tuple[str, ...] | None:
    """The fields of a class beyond the common ones and type, base, format; None if there is no such class."""
    return CLASSES.get((type_, base, format_))


def variants(type_: str, base: str) -> tuple[str, ...]:
    """The values `variant` may have in a record of this type and base; empty if it has none."""
    return _VARIANTS.get((type_, base), ())
