"""The table of rules for folders: diffusers pipelines, their parts, adapters and encoders.

Read like the table for files. Mostly the class named in `model_index.json` or `config.json` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import flux_lora, lora, parts, pipelines
from .rule import Rule, known
from .subject import Subject

_BY_CONTEXT = {768: "sd-1", 1024: "sd-2", 2048: "sdxl", 1280: "sdxl-refiner"}
_TOKENIZER = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json")


def _named(*classes: str, of: tuple[str, ...] = ()) -> Callable[[Subject], bool]:
    """The configuration names one of these classes."""
    return lambda subject: subject.class_name(*of) in classes


def _vae_base(subject: Subject) -> str:
    config = subject.config()
    by_config = config.get("scaling_factor") == 0.13025 and config.get("sample_size") in (512, 1024)
    # The same shapes again: the name is all that is left.
    return "sdxl" if by_config or re.search(r"xl\b", subject.name, re.IGNORECASE) else "sd-1"


def _wan_channels(subject: Subject) -> int:
    return 48 if subject.config().get("z_dim") == 48 else 16


def _controlnet_base(subject: Subject) -> str | None:
    if subject.class_name() == "FluxControlNetModel":
        return "flux"
    base = _BY_CONTEXT.get(subject.config().get("cross_attention_dim", 0))
    return None if base == "sdxl-refiner" else base


def _t2i_base(subject: Subject) -> str | None:
    kinds = {"full_adapter_xl": "sdxl", "full_adapter": "sd-1", "light_adapter": "sd-1"}
    return kinds.get(str(subject.config().get("adapter_type")))


def _clip_variant(subject: Subject) -> str:
    config = subject.config("config.json", "text_encoder/config.json")
    return known({768: "large", 1280: "gigantic"}.get(config.get("hidden_size", 0)))


def _is_clip_vision(subject: Subject) -> bool:
    named = subject.class_name("config.json")
    whole = named == "CLIPModel" and "vision_config" in subject.config("config.json")
    return named == "CLIPVisionModelWithProjection" or whole


_T5 = "text_encoder_2/config.json"


def _is_t5(subject: Subject) -> bool:
    return subject.class_name(_T5) == "T5EncoderModel" and subject.has(
        "text_encoder_2/model.safetensors.index.json"
    )


def _is_t5_int8(subject: Subject) -> bool:
    named = any("llm_int8" in path.as_posix() for path in subject.weight_files())
    return subject.class_name(_T5) == "T5EncoderModel" and named and subject.weights.ends("SCB")


def _is_pipeline(subject: Subject) -> bool:
    return subject.has("model_index.json", "transformer")


def _is_qwen3(subject: Subject) -> bool:
    nested = subject.has("text_encoder/config.json")
    if _is_pipeline(subject) or (not nested and subject.has(*_TOKENIZER)):
        return False
    named = subject.class_name("text_encoder/config.json" if nested else "config.json")
    return named in ("Qwen2VLForConditionalGeneration", "Qwen2ForCausalLM", "Qwen3ForCausalLM")


def _qwen3_variant(subject: Subject) -> str:
    width = subject.config("text_encoder/config.json", "config.json").get("hidden_size", 0)
    return known({1024: "qwen3_06b", 2560: "qwen3_4b", 4096: "qwen3_8b"}.get(width))


def _is_wan_t5(subject: Subject) -> bool:
    kind = subject.config("text_encoder/config.json", "config.json").get("model_type")
    return kind == "umt5" and not _is_pipeline(subject)


def _is_text_llm(subject: Subject) -> bool:
    named, width = subject.class_name(), subject.config().get("hidden_size")
    small_gemma = named == "Gemma2ForCausalLM" and width == 2304
    return named.endswith("ForCausalLM") and not small_gemma and subject.has(*_TOKENIZER)


def _is_gemma(subject: Subject) -> bool:
    named = subject.class_name("config.json") == "Gemma2ForCausalLM"
    width = subject.config("config.json").get("hidden_size")
    return named and width == 2304 and subject.has(*_TOKENIZER[:2]) and not subject.has("model_index.json")


def _lora_base(subject: Subject) -> str | None:
    for name in ("pytorch_lora_weights.bin", "pytorch_lora_weights.safetensors"):
        if subject.has(name):
            weights = subject.read(subject.path / name)
            flux = flux_lora.style_of(weights) is not None
            return ("flux2" if flux_lora.is_flux2(weights) else "flux") if flux else lora.sd_base(weights)
    return None


def _lora_variant(subject: Subject) -> str | None:
    return flux_lora.flux2_variant(subject.weights)


def _embedding_base(subject: Subject) -> str | None:
    for path in subject.weight_files():
        file = Subject(path)
        if parts.is_embedding(file):
            return parts.embedding_base(file)
    return None


_STABLE = _named(
    "StableDiffusionPipeline",
    "StableDiffusionInpaintPipeline",
    "StableDiffusionXLPipeline",
    "StableDiffusionXLInpaintPipeline",
    "StableDiffusionXLImg2ImgPipeline",
    "LatentConsistencyModelPipeline",
)


def _class(name: str, base: str, **fields: Callable[[Subject], Any]) -> Rule:
    """A pipeline that its class name alone identifies."""
    return Rule("main", base, "diffusers", _named(name), {**fields, "repo_variant": pipelines.repo_variant})


RULES: tuple[Rule, ...] = (
    # type, base, format, how it is recognised, what else shows
    Rule(
        "main",
        pipelines.stable_base,
        "diffusers",
        _STABLE,
        {
            "prediction_type": pipelines.prediction,
            "variant": pipelines.stable_variant,
            "repo_variant": pipelines.repo_variant,
        },
    ),
    _class("FluxPipeline", "flux", variant=pipelines.flux_variant),
    _class("FluxFillPipeline", "flux", variant=pipelines.flux_variant),
    _class("FluxTransformer2DModel", "flux", variant=pipelines.flux_variant),
    Rule(
        "main",
        "flux2",
        "diffusers",
        lambda s: _is_pipeline(s) and s.class_name().startswith("Flux2"),
        {"variant": pipelines.flux2_variant, "repo_variant": pipelines.repo_variant},
    ),
    _class("StableDiffusion3Pipeline", "sd-3", submodels=pipelines.submodels),
    _class("SD3Transformer2DModel", "sd-3", submodels=pipelines.submodels),
    _class("CogView4Pipeline", "cogview4"),
    _class("ZImagePipeline", "z-image", variant=pipelines.z_image_variant),
    _class("QwenImagePipeline", "qwen-image", variant=lambda s: "generate"),
    _class("QwenImagePlusPipeline", "qwen-image", variant=lambda s: "generate"),
    _class("QwenImageEditPlusPipeline", "qwen-image", variant=lambda s: "edit"),
    _class("Krea2Pipeline", "krea-2", variant=pipelines.krea_variant),
    _class("ErnieImagePipeline", "ernie-image"),
    Rule("lora", "flux2", "diffusers", lambda s: _lora_base(s) == "flux2", {"variant": _lora_variant}),
    Rule("lora", _lora_base, "diffusers"),
    Rule(
        "clip_embed",
        "any",
        "diffusers",
        _named(
            "CLIPModel",
            "CLIPTextModel",
            "CLIPTextModelWithProjection",
            of=("config.json", "text_encoder/config.json"),
        ),
        {"variant": _clip_variant},
    ),
    Rule("vae", _vae_base, "diffusers", _named("AutoencoderKL", "AutoencoderTiny")),
    Rule("vae", "flux2", "diffusers", _named("AutoencoderKLFlux2")),
    Rule("vae", "wan", "diffusers", _named("AutoencoderKLWan"), {"latent_channels": _wan_channels}),
    Rule(
        "controlnet",
        _controlnet_base,
        "diffusers",
        _named("ControlNetModel", "FluxControlNetModel"),
        {"repo_variant": pipelines.repo_variant},
    ),
    Rule("t2i_adapter", _t2i_base, "diffusers", _named("T2IAdapter")),
    Rule("clip_vision", "any", "diffusers", _is_clip_vision),
    Rule("siglip", "any", "diffusers", _named("SiglipModel")),
    Rule("llava_onevision", "any", "diffusers", _named("LlavaOnevisionForConditionalGeneration")),
    Rule("t5_encoder", "any", "t5_encoder", _is_t5),
    Rule("t5_encoder", "any", "bnb_quantized_int8b", _is_t5_int8),
    Rule("qwen3_encoder", "any", "qwen3_encoder", _is_qwen3, {"variant": _qwen3_variant}),
    Rule("wan_t5_encoder", "any", "wan_t5_encoder", _is_wan_t5),
    Rule("gemma2_encoder", "any", "gemma2_encoder", _is_gemma),
    Rule("text_llm", "any", "diffusers", _is_text_llm),
    Rule("embedding", _embedding_base, "embedding_folder"),
)
