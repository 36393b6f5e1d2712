"""VAEs, control models, adapters, embeddings and encoders in single files."""

from __future__ import annotations

from .shapes import SMALL, Sample, unet, vae

STREAM = "double_blocks.0.processor.ip_adapter_double_stream_"

PARTS: dict[str, Sample] = {
    "some_vae.safetensors": (vae(8, 4, 3, 3), None, "vae sd-1 checkpoint"),
    "autoencoder_sd2.safetensors": (vae(8, 4, 3, 3), None, "vae sd-2 checkpoint"),
    "plain_ae.safetensors": (vae(8, 4, 3, 3), None, "vae sd-1 checkpoint"),
    "flux2_vae.safetensors": (vae(8, 32, 3, 3), None, "vae flux2 checkpoint"),
    "qwen_vae.safetensors": (vae(8, 16, 3, 3, 3), None, "vae qwen-image checkpoint"),
    "wan_2_1_vae.safetensors": (vae(8, 16, 3, 3, 3), None, "vae wan checkpoint latent_channels=16"),
    "video_vae.safetensors": (vae(8, 48, 3, 3, 3), None, "vae wan checkpoint latent_channels=48"),
    "anima_vae.safetensors": (
        {f"{part}.0.weight": (4,) for part in ("encoder.downsamples", "decoder.upsamples", "decoder.middle")},
        None,
        "vae anima checkpoint",
    ),
    # control
    "controlnet_depth_sdxl.safetensors": (
        {
            "controlnet_cond_embedding.x": (4,),
            "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight": (4, 2048),
        },
        None,
        "controlnet sdxl checkpoint",
    ),
    "controlnet_sd2.safetensors": ({SMALL: (4, 1024)}, None, "controlnet sd-2 checkpoint"),
    "controlnet_flux_union.safetensors": (
        {
            f"{part}.{kind}": (4,)
            for part in ("controlnet_blocks.0", "controlnet_x_embedder")
            for kind in ("bias", "weight")
        },
        None,
        "controlnet flux checkpoint",
    ),
    "controlnet_flux_xlabs.safetensors": (
        {
            f"{part}.{kind}": (4,)
            for part in ("controlnet_blocks.0", "input_hint_block.0", "pos_embed_input")
            for kind in ("bias", "weight")
        },
        None,
        "controlnet flux checkpoint",
    ),
    "z_image_control.safetensors": (
        {"control_layers.0.x": (4,), "control_noise_refiner.0.x": (4,)},
        None,
        "controlnet z-image checkpoint",
    ),
    "anima_lllite.safetensors": (
        {"lllite_conditioning1.conv1.weight": (4, 3, 4, 4), "lllite_dit_blocks_0.x": (4,)},
        None,
        "controlnet anima checkpoint cond_in_channels=3",
    ),
    # adapters, embeddings, encoders, others
    "ip_adapter_sd2.safetensors": (
        {"image_proj.x": (4,), "ip_adapter.1.to_k_ip.weight": (4, 1024)},
        None,
        "ip_adapter sd-2 checkpoint",
    ),
    "ip_adapter_flux.safetensors": (
        {
            f"{part}.{kind}": (4,)
            for part in (
                f"{STREAM}k_proj",
                f"{STREAM}v_proj",
                "ip_adapter_proj_model.norm",
                "ip_adapter_proj_model.proj",
            )
            for kind in ("bias", "weight")
        },
        None,
        "ip_adapter flux checkpoint",
    ),
    "embedding_sd2.safetensors": ({"emb_params": (2, 1024)}, None, "embedding sd-2 embedding_file"),
    "embedding_bare.safetensors": ({"<style>": (768,)}, None, "embedding sd-1 embedding_file"),
    "qwen3_4b.safetensors": (
        {"model.embed_tokens.weight": (4, 2560), "model.layers.0.self_attn.q_norm.weight": (4,)},
        None,
        "qwen3_encoder any checkpoint variant=qwen3_4b",
    ),
    "unknown_upper.SAFETENSORS": (unet(SMALL, 768), None, "unknown"),
}
