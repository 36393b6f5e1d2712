"""The table of rules for folders: diffusers pipelines, their parts, adapters and encoders.

Read like the table for files. Mostly the class named in `model_index.json` or `config.json` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import files, lora
from .rule import Rule, known
from .subject import Subject

_BY_CONTEXT = {768: "sd-1", 1024: "sd-2", 2048: "sdxl", 1280: "sdxl-refiner"}
_TOKENIZER = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json")


def _named(*classes: str, of: tuple[str, ...] = ()) -> Callable[[Subject], bool]:
    """The configuration names one of these classes."""
    return lambda subject: subject.class_name(*of) in classes


# --- pipelines -----------------------------------------------------------------------------------

_STABLE = _named(
    "StableDiffusionPipeline",
    "StableDiffusionInpaintPipeline",
    "StableDiffusionXLPipeline",
    "StableDiffusionXLInpaintPipeline",
    "StableDiffusionXLImg2ImgPipeline",
    "LatentConsistencyModelPipeline",
)


def _stable_base(subject: Subject) -> str | None:
    return _BY_CONTEXT.get(subject.config("unet/config.json").get("cross_attention_dim", 0))


def _stable_variant(subject: Subject) -> str:
    channels = subject.config("unet/config.json").get("in_channels")
    return known({4: "normal", 5: "depth", 9: "inpaint"}.get(channels or 0))


def _prediction(subject: Subject) -> str:
    config = known(subject.config("scheduler/scheduler_config.json") or None)
    told = str(config.get("prediction_type", "epsilon"))
    return known(told if told in ("epsilon", "v_prediction") else None)


def _flux_variant(subject: Subject) -> str:
    config = known(subject.config("transformer/config.json") or None)
    if config.get("in_channels") == 384:
        return "dev_fill"
    return "dev" if config.get("guidance_embeds") else "schnell"


def _flux2_variant(subject: Subject) -> str:
    config = known(subject.config("transformer/config.json", "config.json") or None)
    by_context = {12288: "klein_9b", 15360: "dev"}
    variant = by_context.get(config.get("joint_attention_dim", 0), "klein_4b")
    base = variant != "dev" and "base" in subject.file_name.lower()
    return f"{variant}_base" if base else variant


def _z_image_variant(subject: Subject) -> str:
    config = known(subject.config("scheduler/scheduler_config.json") or None)
    return "zbase" if config.get("shift", 3.0) >= 5.0 else "turbo"


def _krea_variant(subject: Subject) -> str:
    return "krea2_turbo" if subject.config("model_index.json").get("is_distilled") else "krea2_base"


def _repo(subject: Subject) -> str:
    return subject.repo_variant


# --- parts ---------------------------------------------------------------------------------------


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


def _ip_adapter_base(subject: Subject) -> str | None:
    shape = subject.weights.shape("1.to_k_ip.weight", inside="ip_adapter")
    base = _BY_CONTEXT.get(shape[-1] if shape else 0)
    return None if base == "sdxl-refiner" else base


def _image_encoder(subject: Subject) -> str:
    return (subject.path / "image_encoder.txt").read_text(encoding="utf-8").strip()


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


# --- adapters in folders -------------------------------------------------------------------------


def _lora_base(subject: Subject) -> str | None:
    for name in ("pytorch_lora_weights.bin", "pytorch_lora_weights.safetensors"):
        if subject.has(name):
            weights = subject.read(subject.path / name)
            flux = lora.flux_style(weights) is not None
            return ("flux2" if lora.is_flux2(weights) else "flux") if flux else lora.sd_base(weights)
    return None


def _lora_variant(subject: Subject) -> str | None:
    return lora.flux2_variant(subject.weights)


def _embedding_base(subject: Subject) -> str | None:
    for path in subject.weight_files():
        file = Subject(path)
        if files.is_embedding(file):
            return files.embedding_base(file)
    return None


def _class(name: str, base: str, **fields: Callable[[Subject], str]) -> Rule:
    """A pipeline that its class name alone identifies."""
    return Rule("main", base, "diffusers", _named(name), {**fields, "repo_variant": _repo})


RULES: tuple[Rule, ...] = (
    # type, base, format, how it is recognised, what else shows
    Rule(
        "main",
        _stable_base,
        "diffusers",
        _STABLE,
        {"prediction_type": _prediction, "variant": _stable_variant, "repo_variant": _repo},
    ),
    _class("FluxPipeline", "flux", variant=_flux_variant),
    _class("FluxFillPipeline", "flux", variant=_flux_variant),
    _class("FluxTransformer2DModel", "flux", variant=_flux_variant),
    Rule(
        "main",
        "flux2",
        "diffusers",
        lambda s: _is_pipeline(s) and s.class_name().startswith("Flux2"),
        {"variant": _flux2_variant, "repo_variant": _repo},
    ),
    _class("StableDiffusion3Pipeline", "sd-3"),
    _class("SD3Transformer2DModel", "sd-3"),
    _class("CogView4Pipeline", "cogview4"),
    _class("ZImagePipeline", "z-image", variant=_z_image_variant),
    _class("QwenImagePipeline", "qwen-image", variant=lambda s: "generate"),
    _class("QwenImagePlusPipeline", "qwen-image", variant=lambda s: "generate"),
    _class("QwenImageEditPlusPipeline", "qwen-image", variant=lambda s: "edit"),
    _class("Krea2Pipeline", "krea-2", variant=_krea_variant),
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
        {"repo_variant": _repo},
    ),
    Rule("t2i_adapter", _t2i_base, "diffusers", _named("T2IAdapter")),
    Rule(
        "ip_adapter",
        _ip_adapter_base,
        "invokeai",
        lambda s: s.has("ip_adapter.bin") and s.has("image_encoder.txt"),
        {"image_encoder_model_id": _image_encoder},
    ),
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
