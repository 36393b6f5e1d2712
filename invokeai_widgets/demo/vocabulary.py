"""The words InvokeAI 6.14.2 knows: types, bases, formats, variants; in the order of its own complaints."""

from __future__ import annotations

from enum import Enum
from functools import reduce
from operator import or_
from typing import Any


def _words(name: str, words: str) -> Any:
    """An enumeration of these words, each a string that is its own value."""
    members = {f"V{number}": word for number, word in enumerate(words.split())}
    return Enum(name, members, type=str)


BaseModelType = _words(
    "BaseModelType",
    "any sd-1 sd-2 sd-3 sdxl sdxl-refiner flux flux2 cogview4 z-image ernie-image ideogram-4 external "
    "qwen-image anima krea-2 wan unknown",
)
ModelType = _words(
    "ModelType",
    "onnx main vae lora control_lora controlnet embedding ip_adapter clip_vision clip_embed t2i_adapter "
    "t5_encoder qwen3_encoder qwen_vl_encoder qwen3_vl_encoder mistral_encoder wan_t5_encoder "
    "gemma2_encoder spandrel_image_to_image siglip flux_redux llava_onevision prompt_enhancer text_llm "
    "external_image_generator pid_decoder unknown",
)
ModelFormat = _words(
    "ModelFormat",
    "omi diffusers checkpoint lycoris onnx olive embedding_file embedding_folder invokeai t5_encoder "
    "qwen3_encoder qwen_vl_encoder qwen3_vl_encoder mistral_encoder wan_t5_encoder gemma2_encoder "
    "bnb_quantized_int8b bnb_quantized_nf4b gguf_quantized external_api sdnq_quantized unknown",
)
ModelSourceType = _words("ModelSourceType", "path url hf_repo_id external")
SchedulerPredictionType = _words("SchedulerPredictionType", "epsilon v_prediction sample")
OrderBy = _words("ModelRecordOrderBy", "default type base name format size created_at updated_at path")
Direction = _words("SQLiteDirection", "ASC DESC")

VARIANTS = tuple(
    _words(name, words)
    for name, words in (
        ("ModelVariantType", "normal inpaint depth"),
        ("ClipVariantType", "large gigantic"),
        ("FluxVariantType", "schnell dev dev_fill"),
        ("Flux2VariantType", "klein_4b klein_4b_base klein_9b klein_9b_base dev"),
        ("ZImageVariantType", "turbo zbase"),
        ("QwenImageVariantType", "generate edit"),
        ("WanVariantType", "t2v_a14b i2v_a14b ti2v_5b"),
        ("WanLoRAVariantType", "a14b 5b"),
        ("Qwen3VariantType", "qwen3_4b qwen3_8b qwen3_06b"),
        ("Krea2VariantType", "krea2_turbo krea2_base"),
        ("MistralVariantType", "cow_mistral3_small mistral3_24b"),
        ("PiDDecoderVariantType", "res2k_sr4x res2kto4k_sr4x"),
    )
)
"""One enumeration a class of models, in the order in which a wrong word is complained about."""

AnyVariant: Any = reduce(or_, VARIANTS)
"""A word of any of them."""

SCHEDULERS = (
    "ddim", "ddpm", "deis", "deis_k", "lms", "lms_k", "pndm", "heun", "heun_k", "euler", "euler_k", "euler_a",
    "kdpm_2", "kdpm_2_k", "kdpm_2_a", "kdpm_2_a_k", "dpmpp_2s", "dpmpp_2s_k", "dpmpp_2m", "dpmpp_2m_k",
    "dpmpp_2m_sde", "dpmpp_2m_sde_k", "dpmpp_3m", "dpmpp_3m_k", "dpmpp_sde", "dpmpp_sde_k", "er_sde", "unipc",
    "unipc_k", "lcm", "tcd",
)  # fmt: skip
