"""LoRAs in single files, and what the server makes of them."""

from __future__ import annotations

from .shapes import Sample, layer, peft

OMI = {"modelspec.sai_model_spec": "1.0.0", "ot_branch": "omi_format"}
TEXT = "lora_te{}_text_model_encoder_layers_0_self_attn_k_proj"
QKV = "double_blocks.0.img_attn.qkv"
XLABS = "double_blocks.0.processor."

LORAS: dict[str, Sample] = {
    "lora_sd2.safetensors": (
        layer("lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k", 1024, 4),
        None,
        "lora sd-2 lycoris",
    ),
    "lora_sdxl_text.safetensors": (
        {"lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_ff_net_2.alpha": ()}
        | {f"{TEXT.format(1)}.lora_down.weight": (1, 768), f"{TEXT.format(2)}.lora_down.weight": (1, 1280)},
        None,
        "lora sdxl lycoris",
    ),
    # The server forgets the width of the first encoder when it meets a tensor that has none.
    "lora_sdxl_text_only.safetensors": (
        {"lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_ff_net_2.alpha": ()}
        | layer(TEXT.format(1), 768, 768)
        | layer(TEXT.format(2), 1280, 1280),
        None,
        "unknown",
    ),
    "lora_sdxl_slider.safetensors": (
        layer("lora_unet_down_blocks_2_attentions_1_transformer_blocks_7_attn1_to_q", 1280, 1280),
        None,
        "lora sdxl lycoris",
    ),
    "lora_sd1_loha.safetensors": (
        {
            f"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.hada_w{n}_{h}": s
            for n in (1, 2)
            for h, s in (("a", (320, 1)), ("b", (1, 768)))
        },
        None,
        "lora sd-1 lycoris",
    ),
    "lora_sd1_lokr.safetensors": (
        {
            "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w1": (8, 8),
            "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w2": (40, 96),
        },
        None,
        "lora sd-1 lycoris",
    ),
    "lora_sd1_peft.safetensors": (
        peft("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k", 768, 320),
        None,
        "unknown",
    ),
    "lora_flux_kohya_mlp.safetensors": (
        layer("lora_unet_double_blocks_0_img_mlp_0", 3072, 12288),
        None,
        "lora flux lycoris",
    ),
    "lora_flux_onetrainer.safetensors": (
        layer("lora_transformer_single_transformer_blocks_0_attn_to_k", 3072, 3072),
        None,
        "lora flux lycoris",
    ),
    "lora_flux_onetrainer_bfl.safetensors": (
        layer(f"transformer.{QKV}.0", 3072, 3072),
        None,
        "lora flux lycoris",
    ),
    "lora_flux_diffusers.safetensors": (
        peft("transformer.single_transformer_blocks.0.attn.to_q", 3072, 3072)
        | peft("transformer.transformer_blocks.0.attn.add_q_proj", 3072, 3072),
        None,
        "lora flux lycoris",
    ),
    "lora_flux_adapter_name.safetensors": (
        {
            name.replace(".weight", ".default.weight"): shape
            for name, shape in (
                peft("transformer.single_transformer_blocks.0.attn.to_q", 8, 8)
                | peft("transformer.transformer_blocks.0.attn.add_q_proj", 8, 8)
            ).items()
        },
        None,
        "lora flux lycoris",
    ),
    "lora_flux_aitoolkit.safetensors": (
        peft(f"diffusion_model.{QKV}", 3072, 9216),
        {"software": '{"name": "ai-toolkit"}'},
        "lora flux lycoris",
    ),
    "lora_flux_xlabs.safetensors": (
        {f"{XLABS}qkv_lora1.down.weight": (1, 3072), f"{XLABS}qkv_lora1.up.weight": (9216, 1)},
        None,
        "lora flux lycoris",
    ),
    "lora_flux_peft.safetensors": (peft(f"base_model.model.{QKV}", 3072, 9216), None, "lora flux lycoris"),
    "lora_klein_9b.safetensors": (
        peft("diffusion_model.double_blocks.0.img_attn.proj", 4096, 4096),
        None,
        "lora flux2 lycoris variant=klein_9b",
    ),
    "lora_klein_4b.safetensors": (
        peft("diffusion_model.double_blocks.0.img_attn.proj", 3072, 3072)
        | peft("diffusion_model.double_blocks.0.img_mlp.0", 3072, 18432),
        None,
        "lora flux2 lycoris variant=klein_4b",
    ),
    "lora_flux2_context.safetensors": (
        peft("diffusion_model.txt_in", 15360, 6144) | peft(f"diffusion_model.{QKV}", 6144, 4),
        None,
        "lora flux2 lycoris variant=dev",
    ),
    "lora_flux2_fused.safetensors": (
        peft("transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj", 4096, 4),
        None,
        "lora flux2 lycoris variant=klein_9b",
    ),
    "lora_flux2_kohya.safetensors": (
        layer("lora_unet_double_blocks_0_img_attn_proj", 4096, 4096),
        None,
        "lora flux2 lycoris variant=klein_9b",
    ),
    "lora_z_image.safetensors": (
        peft("diffusion_model.layers.0.attention.to_k", 3840, 4),
        None,
        "lora z-image lycoris",
    ),
    "lora_z_image_kohya.safetensors": (
        layer("lora_unet__layers_0_attention_to_k", 3840, 4),
        None,
        "lora z-image lycoris",
    ),
    "lora_qwen_image.safetensors": (
        layer("transformer_blocks.0.attn.to_k", 3072, 4),
        None,
        "lora qwen-image lycoris",
    ),
    "lora_anima.safetensors": (
        layer("lora_unet_blocks_0_cross_attn_k_proj", 2048, 4),
        None,
        "lora anima lycoris",
    ),
    "lora_omi_sdxl.safetensors": (
        layer("unet.conv_in", 4, 4),
        {**OMI, "modelspec.architecture": "stable-diffusion-xl-v1-base/lora"},
        "lora sdxl omi",
    ),
    "lora_omi_flux.safetensors": (
        layer("transformer.x", 4, 4),
        {**OMI, "modelspec.architecture": "Flux.1-dev/lora"},
        "lora flux omi",
    ),
    # Without any tensor, every rule that asks "are all names like this?" says yes.
    "no_tensors.safetensors": ({}, None, "lora flux lycoris"),
}
