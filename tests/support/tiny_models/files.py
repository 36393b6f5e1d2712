"""The models of one file: tensors, metadata, and what the server is expected to make of them."""

from __future__ import annotations

import json

from .tensors import Tensors, lora_layer, weight

Expected = dict[str, str]
Entry = tuple[Tensors, dict[str, str] | None, Expected]

_ATTENTION = "transformer_blocks.0.attn2.to_k.weight"
_KOHYA = {"ss_tag_frequency": json.dumps({"1_tiny": {"tiny style": 12, "sketch": 5}}), "ss_network_dim": "4"}


def single_files() -> dict[str, Entry]:
    """File name -> its entry."""
    return {**_loras(), **_embeddings(), **_vaes(), **_adapters(), **_mains(), **_odd_ones()}


def _expected(type_: str, base: str, format_: str = "checkpoint") -> Expected:
    return {"type": type_, "base": base, "format": format_}


def _loras() -> dict[str, Entry]:
    sd1 = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    sdxl = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"
    flux = "lora_unet_double_blocks_0_img_attn_proj"
    control = {
        "img_in.lora_A.weight": weight(1, 128),
        "img_in.lora_B.weight": weight(3072, 1),
        "img_in.lora_B.bias": weight(3072),
    }
    return {
        "lora_sd1.safetensors": (lora_layer(sd1, 768, 320), _KOHYA, _expected("lora", "sd-1", "lycoris")),
        "lora_sdxl.safetensors": (lora_layer(sdxl, 2048, 640), None, _expected("lora", "sdxl", "lycoris")),
        "lora_flux.safetensors": (
            lora_layer(flux, 3072, 3072, 1),
            None,
            _expected("lora", "flux", "lycoris"),
        ),
        "control_lora_flux.safetensors": (control, None, _expected("control_lora", "flux", "lycoris")),
    }


def _embeddings() -> dict[str, Entry]:
    sdxl = {"clip_g": weight(2, 1280), "clip_l": weight(2, 768)}
    return {
        "embedding_sd1.safetensors": (
            {"emb_params": weight(2, 768)},
            None,
            _expected("embedding", "sd-1", "embedding_file"),
        ),
        "embedding_sdxl.safetensors": (sdxl, None, _expected("embedding", "sdxl", "embedding_file")),
    }


def _vaes() -> dict[str, Entry]:
    def vae(latent: int) -> Tensors:
        return {
            "encoder.conv_in.weight": weight(8, 3, 3, 3),
            "decoder.conv_in.weight": weight(8, latent, 3, 3),
        }

    return {
        "vae_sd1.safetensors": (vae(4), None, _expected("vae", "sd-1")),
        "sdxl_vae.safetensors": (vae(4), None, _expected("vae", "sdxl")),
        "flux_ae.safetensors": (vae(16), None, _expected("vae", "flux")),
    }


def _adapters() -> dict[str, Entry]:
    def ip_adapter(context: int) -> Tensors:
        return {
            "image_proj.proj.weight": weight(16, 16),
            "ip_adapter.1.to_k_ip.weight": weight(16, context),
        }

    controlnet = {f"control_model.input_blocks.2.1.{_ATTENTION}": weight(16, 768)}
    redux = {
        "redux_down.bias": weight(4),
        "redux_down.weight": weight(4, 8),
        "redux_up.bias": weight(8),
        "redux_up.weight": weight(8, 4),
    }
    return {
        "controlnet_canny_sd1.safetensors": (controlnet, None, _expected("controlnet", "sd-1")),
        "ip_adapter_sd1.safetensors": (ip_adapter(768), None, _expected("ip_adapter", "sd-1")),
        "ip_adapter_sdxl.safetensors": (ip_adapter(2048), None, _expected("ip_adapter", "sdxl")),
        "flux_redux.safetensors": (redux, None, _expected("flux_redux", "flux")),
    }


def _mains() -> dict[str, Entry]:
    root = "model.diffusion_model."

    def unet(block: str, context: int) -> Tensors:
        return {
            f"{root}input_blocks.0.0.weight": weight(8, 4, 3, 3),
            f"{root}input_blocks.{block}.{_ATTENTION}": weight(16, context),
        }

    flux = {"double_blocks.0.img_attn.norm.key_norm.scale": weight(16), "img_in.weight": weight(16, 64)}
    return {
        "main_sd1.safetensors": (unet("2.1", 768), None, _expected("main", "sd-1")),
        "main_sdxl.safetensors": (unet("4.1", 2048), None, _expected("main", "sdxl")),
        "main_flux_schnell.safetensors": (flux, None, _expected("main", "flux")),
    }


def _odd_ones() -> dict[str, Entry]:
    mystery = {f"mystery.layer_{number}.tensor": weight(3, 5) for number in range(12)}
    # Recognised as a PiD decoder, then refused as incomplete: the one readable file that ends in an error.
    truncated = {"lq_proj.latent_proj.0.weight": weight(512, 4, 3, 3)}
    return {
        "unknown_thing.safetensors": (mystery, None, _expected("unknown", "unknown", "unknown")),
        "truncated_pid_decoder.safetensors": (truncated, None, {"error": "InvalidModelConfigException"}),
    }
