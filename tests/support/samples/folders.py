"""Folders: the configuration files that the server looks at, and what it makes of them."""

from __future__ import annotations

from typing import Any

_WEIGHTS = {"dummy.weight": (4, 4)}
_FILE = "diffusion_pytorch_model.safetensors"
_HALF = "diffusion_pytorch_model.fp16.safetensors"


def _pipeline(name: str, part: str, config: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "model_index.json": {"_class_name": name, **more},
        f"{part}/config.json": config,
        f"{part}/{_FILE}": _WEIGHTS,
    }


def _stable(name: str, width: int, channels: int = 4, prediction: str = "epsilon") -> dict[str, Any]:
    unet = {"cross_attention_dim": width, "in_channels": channels}
    return _pipeline(name, "unet", unet) | {
        "scheduler/scheduler_config.json": {"prediction_type": prediction}
    }


def _model(config: dict[str, Any], file: str = _FILE) -> dict[str, Any]:
    return {"config.json": config, file: _WEIGHTS}


_CLIP = {"architectures": ["CLIPTextModel"], "hidden_size": 768}
_LORA = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"

FOLDERS: dict[str, tuple[dict[str, Any], str]] = {
    "sd2": (
        _stable("StableDiffusionPipeline", 1024, prediction="v_prediction"),
        "main sd-2 diffusers prediction_type=v_prediction",
    ),
    "sd1-inpaint": (_stable("StableDiffusionInpaintPipeline", 768, 9), "main sd-1 diffusers variant=inpaint"),
    "refiner": (
        _stable("StableDiffusionXLImg2ImgPipeline", 1280),
        "main sdxl-refiner diffusers variant=normal",
    ),
    "sdxl-with-text-encoder": (
        _stable("StableDiffusionXLPipeline", 2048) | {"text_encoder/config.json": _CLIP},
        "main sdxl diffusers",
    ),
    "sdxl-fp16": (
        _stable("StableDiffusionXLPipeline", 2048) | {f"vae/{_HALF}": _WEIGHTS},
        "main sdxl diffusers repo_variant=fp16",
    ),
    "sd1-without-scheduler": (
        _pipeline("StableDiffusionPipeline", "unet", {"cross_attention_dim": 768, "in_channels": 4}),
        "unknown",
    ),
    "flux-dev": (
        _pipeline("FluxPipeline", "transformer", {"in_channels": 64, "guidance_embeds": True}),
        "main flux diffusers variant=dev",
    ),
    "flux-fill": (
        _pipeline("FluxFillPipeline", "transformer", {"in_channels": 384, "guidance_embeds": True}),
        "main flux diffusers variant=dev_fill",
    ),
    "klein": (
        _pipeline("Flux2KleinPipeline", "transformer", {"joint_attention_dim": 7680}),
        "main flux2 diffusers variant=klein_4b",
    ),
    "klein-base-9b": (
        _pipeline("Flux2KleinPipeline", "transformer", {"joint_attention_dim": 12288}),
        "main flux2 diffusers variant=klein_9b_base",
    ),
    "sd3": (
        _pipeline(
            "StableDiffusion3Pipeline",
            "transformer",
            {},
            transformer=["diffusers", "SD3Transformer2DModel"],
            text_encoder=["transformers", "CLIPTextModelWithProjection"],
        )
        | {"text_encoder/config.json": {"hidden_size": 768}},
        "main sd-3 diffusers",
    ),
    "cogview": (_pipeline("CogView4Pipeline", "transformer", {}), "main cogview4 diffusers"),
    "z-image": (
        _pipeline("ZImagePipeline", "transformer", {}) | {"scheduler/scheduler_config.json": {"shift": 6.0}},
        "main z-image diffusers variant=zbase",
    ),
    "qwen-edit": (
        _pipeline("QwenImageEditPlusPipeline", "transformer", {}),
        "main qwen-image diffusers variant=edit",
    ),
    "krea": (
        _pipeline("Krea2Pipeline", "transformer", {}, is_distilled=True),
        "main krea-2 diffusers variant=krea2_turbo",
    ),
    "ernie-turbo": (_pipeline("ErnieImagePipeline", "transformer", {}), "main ernie-image diffusers"),
    "some-vae-xl": (_model({"_class_name": "AutoencoderKL"}), "vae sdxl diffusers"),
    "vae-by-factor": (
        _model({"_class_name": "AutoencoderKL", "scaling_factor": 0.13025, "sample_size": 1024}),
        "vae sdxl diffusers",
    ),
    "taesd": (_model({"_class_name": "AutoencoderTiny"}), "vae sd-1 diffusers"),
    "flux2-vae": (_model({"_class_name": "AutoencoderKLFlux2"}), "vae flux2 diffusers"),
    "wan-vae": (
        _model({"_class_name": "AutoencoderKLWan", "z_dim": 48}),
        "vae wan diffusers latent_channels=48",
    ),
    "controlnet-tile": (
        _model({"_class_name": "ControlNetModel", "cross_attention_dim": 768}, _HALF),
        "controlnet sd-1 diffusers repo_variant=fp16",
    ),
    "controlnet-flux": (_model({"_class_name": "FluxControlNetModel"}), "controlnet flux diffusers"),
    "t2i-sketch": (
        _model({"_class_name": "T2IAdapter", "adapter_type": "full_adapter"}),
        "t2i_adapter sd-1 diffusers",
    ),
    "clip-model": (
        _model({"architectures": ["CLIPModel"], "vision_config": {}}, "model.safetensors"),
        "clip_vision any diffusers",
    ),
    "clip-in-subfolder": (
        {"text_encoder/config.json": _CLIP, "text_encoder/model.safetensors": _WEIGHTS},
        "clip_embed any diffusers variant=large",
    ),
    "t5-int8": (
        {
            "text_encoder_2/config.json": {"architectures": ["T5EncoderModel"]},
            "text_encoder_2/llm_int8.safetensors": {"a.SCB": (4,)},
        },
        "t5_encoder any bnb_quantized_int8b",
    ),
    "qwen3-encoder": (
        _model({"architectures": ["Qwen3ForCausalLM"], "hidden_size": 2560}, "model.safetensors"),
        "qwen3_encoder any qwen3_encoder variant=qwen3_4b",
    ),
    "umt5": (_model({"model_type": "umt5"}, "model.safetensors"), "wan_t5_encoder any wan_t5_encoder"),
    "gemma": (
        _model({"architectures": ["Gemma2ForCausalLM"], "hidden_size": 2304}, "model.safetensors")
        | {"tokenizer.json": {}},
        "gemma2_encoder any gemma2_encoder",
    ),
    "llava": (
        _model({"architectures": ["LlavaOnevisionForConditionalGeneration"]}, "model.safetensors"),
        "llava_onevision any diffusers",
    ),
    # Recognised, but the server leaves out a field that its own class needs.
    "ip-adapter": (
        {
            "ip_adapter.bin": {"image_proj": {"x": (4,)}, "ip_adapter": {"1.to_k_ip.weight": (4, 2048)}},
            "image_encoder.txt": "org/encoder\n",
        },
        "unknown",
    ),
    "lora-sd1": (
        {"pytorch_lora_weights.safetensors": {f"{_LORA}.lora_down.weight": (1, 768)}},
        "lora sd-1 diffusers",
    ),
    "lora-klein": (
        {
            "pytorch_lora_weights.safetensors": {
                f"transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj.lora_{h}.weight": s
                for h, s in (("A", (1, 4096)), ("B", (4, 1)))
            }
        },
        "lora flux2 diffusers variant=klein_9b",
    ),
    "concept": ({"learned_embeds.bin": {"<cat>": (768,)}}, "embedding sd-1 embedding_folder"),
    "two-loose-loras": (
        {
            f"{n}.safetensors": {
                f"{_LORA}.lora_down.weight": (1, 768),
                f"{_LORA}.lora_up.weight": (4, 1),
                f"{_LORA}.alpha": (),
            }
            for n in "ab"
        },
        "unknown",
    ),
    "config-of-nothing": (
        {"config.json": {"hello": 1}, "weights/x.safetensors": {f"x{n}": (3, 5) for n in range(12)}},
        "unknown",
    ),
}
