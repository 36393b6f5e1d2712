"""Main models in single files, and what the server makes of them."""

from __future__ import annotations

from .shapes import LARGE, QWEN_IMAGE, SMALL, UNET, Sample, flux, unet

MAINS: dict[str, Sample] = {
    "main_sd2.safetensors": (
        unet(SMALL, 1024),
        None,
        "main sd-2 checkpoint prediction_type=v_prediction variant=normal",
    ),
    "main_sd2_depth.safetensors": (unet(SMALL, 1024, 5), None, "main sd-2 checkpoint variant=depth"),
    "main_sd1_inpaint.safetensors": (unet(SMALL, 768, 9), None, "main sd-1 checkpoint variant=inpaint"),
    "main_sd1_odd.safetensors": (unet(SMALL, 768, 7), None, "unknown"),
    "main_refiner.safetensors": (unet(LARGE, 1280), None, "main sdxl-refiner checkpoint variant=normal"),
    "main_flux_dev.safetensors": (flux(dev=True), None, "main flux checkpoint variant=dev"),
    "main_flux_fill.safetensors": (
        flux(384, dev=True, root=UNET),
        None,
        "main flux checkpoint variant=dev_fill",
    ),
    "main_flux_nf4.safetensors": (
        flux(1, dev=True) | {"double_blocks.0.img_attn.proj.weight.quant_state.bitsandbytes__nf4": (4,)},
        None,
        "main flux bnb_quantized_nf4b variant=dev",
    ),
    "main_klein_9b.safetensors": (
        flux(128) | {"txt_in.weight": (1, 12288)},
        None,
        "main flux2 checkpoint variant=klein_9b",
    ),
    "main_klein_base_4b.safetensors": (
        flux(128) | {"txt_in.weight": (1, 7680)},
        None,
        "main flux2 checkpoint variant=klein_4b_base",
    ),
    "main_z_image.safetensors": (
        {"cap_embedder.0.weight": (4,), "layers.0.attention.to_q.weight": (4, 4)},
        None,
        "main z-image checkpoint variant=turbo",
    ),
    "qwen_image_edit_2509.safetensors": (QWEN_IMAGE, None, "main qwen-image checkpoint variant=edit"),
    "qwen_image_comfy.safetensors": (
        {f"{UNET}{name}": shape for name, shape in QWEN_IMAGE.items()},
        None,
        "main qwen-image checkpoint variant=generate",
    ),
    "main_anima.safetensors": (
        {"net.llm_adapter.x.weight": (4,), "net.blocks.0.mlp.weight": (4, 4)},
        None,
        "main anima checkpoint",
    ),
}
