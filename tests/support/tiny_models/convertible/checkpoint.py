"""The checkpoint: random weights in the key layout of the original Stable Diffusion (LDM)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.support.tiny_models.tensors import write_tensors

from .shapes import CONTEXT, LARGE, SMALL, TEXT_INNER, TEXT_LAYERS, TEXT_POSITIONS, TEXT_WIDTH, vocabulary

TIME = 4 * SMALL  # width of the time embedding


def write_convertible(path: Path, seed: int = 1) -> Path:
    """Write the checkpoint, 0.5 MB; another `seed` makes another one."""
    layers = _Layers(seed)
    _unet(layers)
    _vae(layers)
    _text_encoder(layers)
    write_tensors(path, layers.tensors, {"format": "pt"})
    return path


class _Layers:
    def __init__(self, seed: int) -> None:
        self.tensors: dict[str, np.ndarray[Any, Any]] = {}
        self._random = np.random.default_rng(seed)

    def weight(self, key: str, *shape: int) -> None:
        self.tensors[key] = (self._random.standard_normal(shape) * 0.02).astype(np.float16)

    def layer(self, key: str, out: int, *shape: int) -> None:
        """A convolution or a linear layer."""
        self.weight(f"{key}.weight", out, *shape)
        self.tensors[f"{key}.bias"] = np.zeros(out, np.float16)

    def norm(self, key: str, width: int) -> None:
        self.tensors[f"{key}.weight"] = np.ones(width, np.float16)
        self.tensors[f"{key}.bias"] = np.zeros(width, np.float16)


def _unet(to: _Layers, root: str = "model.diffusion_model.") -> None:
    to.layer(f"{root}time_embed.0", TIME, SMALL)
    to.layer(f"{root}time_embed.2", TIME, TIME)
    to.layer(f"{root}input_blocks.0.0", SMALL, 4, 3, 3)
    for number in (1, 2):
        _unet_resnet(to, f"{root}input_blocks.{number}.0", SMALL, SMALL)
        _transformer(to, f"{root}input_blocks.{number}.1", SMALL)
    to.layer(f"{root}input_blocks.3.0.op", SMALL, SMALL, 3, 3)
    _unet_resnet(to, f"{root}input_blocks.4.0", SMALL, LARGE)
    _unet_resnet(to, f"{root}input_blocks.5.0", LARGE, LARGE)
    _unet_resnet(to, f"{root}middle_block.0", LARGE, LARGE)
    _transformer(to, f"{root}middle_block.1", LARGE)
    _unet_resnet(to, f"{root}middle_block.2", LARGE, LARGE)
    # Each takes the output of the block before and that of its counterpart on the way down.
    for number, counterpart in enumerate((LARGE, LARGE, SMALL)):
        _unet_resnet(to, f"{root}output_blocks.{number}.0", LARGE + counterpart, LARGE)
    to.layer(f"{root}output_blocks.2.1.conv", LARGE, LARGE, 3, 3)
    for number, before in ((3, LARGE), (4, SMALL), (5, SMALL)):
        _unet_resnet(to, f"{root}output_blocks.{number}.0", before + SMALL, SMALL)
        _transformer(to, f"{root}output_blocks.{number}.1", SMALL)
    to.norm(f"{root}out.0", SMALL)
    to.layer(f"{root}out.2", 4, SMALL, 3, 3)


def _unet_resnet(to: _Layers, key: str, width_in: int, width_out: int) -> None:
    to.norm(f"{key}.in_layers.0", width_in)
    to.layer(f"{key}.in_layers.2", width_out, width_in, 3, 3)
    to.layer(f"{key}.emb_layers.1", width_out, TIME)
    to.norm(f"{key}.out_layers.0", width_out)
    to.layer(f"{key}.out_layers.3", width_out, width_out, 3, 3)
    if width_in != width_out:
        to.layer(f"{key}.skip_connection", width_out, width_in, 1, 1)


def _transformer(to: _Layers, key: str, width: int) -> None:
    to.norm(f"{key}.norm", width)
    to.layer(f"{key}.proj_in", width, width, 1, 1)
    block = f"{key}.transformer_blocks.0"
    for name, context in (("attn1", width), ("attn2", CONTEXT)):
        to.weight(f"{block}.{name}.to_q.weight", width, width)
        to.weight(f"{block}.{name}.to_k.weight", width, context)
        to.weight(f"{block}.{name}.to_v.weight", width, context)
        to.layer(f"{block}.{name}.to_out.0", width, width)
    to.layer(f"{block}.ff.net.0.proj", 8 * width, width)
    to.layer(f"{block}.ff.net.2", width, 4 * width)
    for number in (1, 2, 3):
        to.norm(f"{block}.norm{number}", width)
    to.layer(f"{key}.proj_out", width, width, 1, 1)


def _vae(to: _Layers, root: str = "first_stage_model.") -> None:
    to.layer(f"{root}encoder.conv_in", SMALL, 3, 3, 3)
    _vae_resnet(to, f"{root}encoder.down.0.block.0", SMALL, SMALL)
    to.layer(f"{root}encoder.down.0.downsample.conv", SMALL, SMALL, 3, 3)
    _vae_resnet(to, f"{root}encoder.down.1.block.0", SMALL, LARGE)
    _vae_middle(to, f"{root}encoder.mid")
    to.norm(f"{root}encoder.norm_out", LARGE)
    to.layer(f"{root}encoder.conv_out", 8, LARGE, 3, 3)
    to.layer(f"{root}quant_conv", 8, 8, 1, 1)
    to.layer(f"{root}post_quant_conv", 4, 4, 1, 1)
    to.layer(f"{root}decoder.conv_in", LARGE, 4, 3, 3)
    _vae_middle(to, f"{root}decoder.mid")
    _vae_resnet(to, f"{root}decoder.up.1.block.0", LARGE, LARGE)
    _vae_resnet(to, f"{root}decoder.up.1.block.1", LARGE, LARGE)
    to.layer(f"{root}decoder.up.1.upsample.conv", LARGE, LARGE, 3, 3)
    _vae_resnet(to, f"{root}decoder.up.0.block.0", LARGE, SMALL)
    _vae_resnet(to, f"{root}decoder.up.0.block.1", SMALL, SMALL)
    to.norm(f"{root}decoder.norm_out", SMALL)
    to.layer(f"{root}decoder.conv_out", 3, SMALL, 3, 3)


def _vae_resnet(to: _Layers, key: str, width_in: int, width_out: int) -> None:
    to.norm(f"{key}.norm1", width_in)
    to.layer(f"{key}.conv1", width_out, width_in, 3, 3)
    to.norm(f"{key}.norm2", width_out)
    to.layer(f"{key}.conv2", width_out, width_out, 3, 3)
    if width_in != width_out:
        to.layer(f"{key}.nin_shortcut", width_out, width_in, 1, 1)


def _vae_middle(to: _Layers, key: str) -> None:
    _vae_resnet(to, f"{key}.block_1", LARGE, LARGE)
    to.norm(f"{key}.attn_1.norm", LARGE)
    for name in ("q", "k", "v", "proj_out"):
        to.layer(f"{key}.attn_1.{name}", LARGE, LARGE, 1, 1)
    _vae_resnet(to, f"{key}.block_2", LARGE, LARGE)


def _text_encoder(to: _Layers, root: str = "cond_stage_model.transformer.text_model.") -> None:
    to.weight(f"{root}embeddings.token_embedding.weight", len(vocabulary()), TEXT_WIDTH)
    to.weight(f"{root}embeddings.position_embedding.weight", TEXT_POSITIONS, TEXT_WIDTH)
    for number in range(TEXT_LAYERS):
        layer = f"{root}encoder.layers.{number}"
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            to.layer(f"{layer}.self_attn.{name}", TEXT_WIDTH, TEXT_WIDTH)
        to.norm(f"{layer}.layer_norm1", TEXT_WIDTH)
        to.layer(f"{layer}.mlp.fc1", TEXT_INNER, TEXT_WIDTH)
        to.layer(f"{layer}.mlp.fc2", TEXT_WIDTH, TEXT_INNER)
        to.norm(f"{layer}.layer_norm2", TEXT_WIDTH)
    to.norm(f"{root}final_layer_norm", TEXT_WIDTH)
