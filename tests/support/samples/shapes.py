"""Tensor names and shapes of the layers that the samples are made of."""

from __future__ import annotations

Shapes = dict[str, tuple[int, ...]]
Sample = tuple[Shapes, dict[str, str] | None, str]
"""Tensors, metadata, and the expected type, base, format and other fields."""

UNET = "model.diffusion_model."
SMALL = "input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight"
LARGE = "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight"
NORM = "double_blocks.0.img_attn.norm.key_norm.scale"


def unet(attention: str, width: int, channels: int = 4) -> Shapes:
    """The tensors of a UNet by which its base and its variant show."""
    return {f"{UNET}input_blocks.0.0.weight": (4, channels, 3, 3), f"{UNET}{attention}": (4, width)}


def layer(key: str, inner: int, outer: int, halves: tuple[str, str] = ("lora_down", "lora_up")) -> Shapes:
    """The two halves of a LoRA's layer, as kohya's tools name them."""
    return {f"{key}.{halves[0]}.weight": (1, inner), f"{key}.{halves[1]}.weight": (outer, 1)}


def peft(key: str, inner: int, outer: int) -> Shapes:
    """The two halves of a LoRA's layer, as PEFT names them."""
    return layer(key, inner, outer, ("lora_A", "lora_B"))


def flux(channels: int = 64, dev: bool = False, root: str = "") -> Shapes:
    """The tensors of a FLUX transformer by which its variant shows."""
    guidance: Shapes = {f"{root}guidance_in.out_layer.weight": (4, 4)} if dev else {}
    return {f"{root}{NORM}": (4,), f"{root}img_in.weight": (4, channels), **guidance}


def vae(*decoder: int) -> Shapes:
    """A VAE with this shape of its decoder's first layer."""
    return {"encoder.conv_in.weight": (4, 3, 3, 3), "decoder.conv_in.weight": decoder}


QWEN_IMAGE: Shapes = {
    f"{part}.weight": (4, 4) for part in ("txt_in", "txt_norm", "img_in", "transformer_blocks.0.attn.to_q")
}
