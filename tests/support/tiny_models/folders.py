"""The models that are folders: their files, and what the server is expected to make of them."""

from __future__ import annotations

from typing import Any

from .tensors import weight

Files = dict[str, dict[str, Any]]  # relative path -> JSON (a .json file) or tensors
Entry = tuple[Files, dict[str, str]]

_WEIGHTS = "diffusion_pytorch_model.safetensors"


def folders() -> dict[str, Entry]:
    """Folder name -> its entry."""
    return {**_pipelines(), **_parts(), **_encoders()}


def _expected(type_: str, base: str = "any", format_: str = "diffusers") -> dict[str, str]:
    return {"type": type_, "base": base, "format": format_}


def _some_weights() -> dict[str, Any]:
    return {"dummy.weight": weight(4, 4)}


def _pipelines() -> dict[str, Entry]:
    return {
        "tiny-sd1-diffusers": (_pipeline("StableDiffusionPipeline", 768), _expected("main", "sd-1")),
        "tiny-sdxl-diffusers": (_pipeline("StableDiffusionXLPipeline", 2048), _expected("main", "sdxl")),
    }


def _pipeline(class_name: str, context: int) -> Files:
    unet = {"_class_name": "UNet2DConditionModel", "in_channels": 4, "cross_attention_dim": context}
    return {
        "model_index.json": {
            "_class_name": class_name,
            "_diffusers_version": "0.40.0",
            "scheduler": ["diffusers", "EulerDiscreteScheduler"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
        "unet/config.json": unet,
        f"unet/{_WEIGHTS}": _some_weights(),
        "vae/config.json": {"_class_name": "AutoencoderKL", "latent_channels": 4},
        f"vae/{_WEIGHTS}": _some_weights(),
        "scheduler/scheduler_config.json": {
            "_class_name": "EulerDiscreteScheduler",
            "prediction_type": "epsilon",
        },
    }


def _parts() -> dict[str, Entry]:
    table: dict[str, tuple[str, str, dict[str, Any]]] = {
        "tiny-vae-diffusers": ("vae", "sd-1", {"_class_name": "AutoencoderKL", "latent_channels": 4}),
        "tiny-controlnet-sdxl": (
            "controlnet",
            "sdxl",
            {"_class_name": "ControlNetModel", "cross_attention_dim": 2048},
        ),
        "tiny-t2i-adapter-sdxl": (
            "t2i_adapter",
            "sdxl",
            {"_class_name": "T2IAdapter", "adapter_type": "full_adapter_xl"},
        ),
    }
    return {
        name: ({"config.json": config, _WEIGHTS: _some_weights()}, _expected(type_, base))
        for name, (type_, base, config) in table.items()
    }


def _encoders() -> dict[str, Entry]:
    table: dict[str, tuple[str, dict[str, Any]]] = {
        "tiny-clip-vision": ("clip_vision", {"architectures": ["CLIPVisionModelWithProjection"]}),
        "tiny-clip-embed-large": (
            "clip_embed",
            {"architectures": ["CLIPTextModel"], "hidden_size": 768},
        ),
        "tiny-clip-embed-gigantic": (
            "clip_embed",
            {"architectures": ["CLIPTextModelWithProjection"], "hidden_size": 1280},
        ),
        "tiny-siglip": ("siglip", {"architectures": ["SiglipModel"]}),
        "tiny-text-llm": ("text_llm", {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}),
    }
    made: dict[str, Entry] = {
        name: ({"config.json": config, "model.safetensors": _some_weights()}, _expected(type_))
        for name, (type_, config) in table.items()
    }
    made["tiny-text-llm"][0]["tokenizer_config.json"] = {}
    t5: Files = {
        "text_encoder_2/config.json": {"architectures": ["T5EncoderModel"]},
        "text_encoder_2/model.safetensors.index.json": {"metadata": {}, "weight_map": {}},
        "text_encoder_2/model-00001-of-00001.safetensors": _some_weights(),
    }
    made["tiny-t5-encoder"] = (t5, _expected("t5_encoder", "any", "t5_encoder"))
    return made
