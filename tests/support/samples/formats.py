"""Files of other formats than safetensors: pickled by torch, and GGUF."""

from __future__ import annotations

from typing import Any

from .shapes import LARGE, QWEN_IMAGE, SMALL, Shapes, flux, unet, vae

PICKLED: dict[str, tuple[dict[str, Any], str]] = {
    "main_sd1.ckpt": ({"epoch": 3, "state_dict": unet(SMALL, 768)}, "main sd-1 checkpoint variant=normal"),
    "main_sdxl.pt": (unet(LARGE, 2048), "main sdxl checkpoint variant=normal"),
    "vae_sd1.pth": (vae(8, 4, 3, 3), "vae sd-1 checkpoint"),
    "embedding_old.pt": (
        {"string_to_token": {"*": 265}, "string_to_param": {"*": (2, 768)}, "name": "x", "step": 9},
        "embedding sd-1 embedding_file",
    ),
    "embedding_bare.bin": ({"<cat>": (1024,)}, "embedding sd-2 embedding_file"),
}

GGUF: dict[str, tuple[Shapes, dict[str, str | int] | None, str]] = {
    "flux_dev_q4.gguf": (flux(dev=True), None, "main flux gguf_quantized variant=dev"),
    "klein_4b_q8.gguf": (
        flux(128) | {"txt_in.weight": (1, 7680)},
        None,
        "main flux2 gguf_quantized variant=klein_4b",
    ),
    "z_image_q8.gguf": ({"cap_embedder.0.weight": (32,)}, None, "main z-image gguf_quantized variant=turbo"),
    "qwen_image_q2.gguf": (QWEN_IMAGE, None, "main qwen-image gguf_quantized variant=generate"),
    "t5_q5.gguf": (
        {"enc.blk.0.attn_k.weight": (4, 4), "token_embd.weight": (4, 4)},
        None,
        "t5_encoder any gguf_quantized",
    ),
    "qwen3_8b_q4.gguf": (
        {"token_embd.weight": (4, 4096), "blk.0.attn_q_norm.weight": (4,)},
        None,
        "qwen3_encoder any gguf_quantized variant=qwen3_8b",
    ),
    # Of the right width, any language model passes for this encoder.
    "llama_q4.gguf": (
        {"token_embd.weight": (4, 4096), "blk.0.attn_q.weight": (4, 4)},
        None,
        "qwen3_encoder any gguf_quantized",
    ),
    "gemma_q4.gguf": ({"token_embd.weight": (4, 2560), "blk.0.post_ffw_norm.weight": (4,)}, None, "unknown"),
}
