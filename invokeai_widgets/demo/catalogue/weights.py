"""The beginnings of weight files by which they are recognised; the rest of such a file is holes."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping

Shapes = Mapping[str, tuple[int, ...]]

INVENTED = "invented_by"  # in the metadata of every file of the catalogue
_UNET = "model.diffusion_model."
_SMALL, _LARGE = "input_blocks.2.1", "input_blocks.4.1"
_NORM = "double_blocks.0.img_attn.norm.key_norm.scale"


def _unet(block: str, width: int) -> Shapes:
    attention = f"{_UNET}{block}.transformer_blocks.0.attn2.to_k.weight"
    return {f"{_UNET}input_blocks.0.0.weight": (8, 4, 3, 3), attention: (16, width)}


def _lora(key: str, inner: int, outer: int) -> Shapes:
    return {f"{key}.lora_down.weight": (4, inner), f"{key}.lora_up.weight": (outer, 4)}


def _vae(latent: int) -> Shapes:
    return {"encoder.conv_in.weight": (8, 3, 3, 3), "decoder.conv_in.weight": (8, latent, 3, 3)}


_SHAPES: Mapping[str, Shapes] = {
    "main sd-1": _unet(_SMALL, 768),
    "main sd-2": _unet(_SMALL, 1024),
    "main sdxl": _unet(_LARGE, 2048),
    "main flux": {_NORM: (16,), "img_in.weight": (16, 64), "guidance_in.out_layer.weight": (4, 4)},
    "lora sd-1": _lora("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 768, 320),
    "lora sdxl": _lora("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 2048, 640),
    "lora flux": _lora("lora_unet_double_blocks_0_img_attn_proj", 3072, 3072),
    "vae sd-1": _vae(4),
    "vae flux": _vae(16),
    "controlnet sd-1": {
        f"control_model.{_SMALL}.transformer_blocks.0.attn2.to_k.weight": (16, 768),
    },
    "ip_adapter sd-1": {"image_proj.proj.weight": (16, 16), "ip_adapter.1.to_k_ip.weight": (16, 768)},
    "ip_adapter sdxl": {"image_proj.proj.weight": (16, 16), "ip_adapter.1.to_k_ip.weight": (16, 2048)},
    "embedding sd-1": {"emb_params": (8, 768)},
    "flux_redux flux": {
        "redux_down.bias": (4,),
        "redux_down.weight": (4, 8),
        "redux_up.bias": (8,),
        "redux_up.weight": (8, 4),
    },
    "": {"weight": (4, 4)},  # of a folder, which its configuration files tell about
}  # fmt: skip
KINDS = tuple(kind for kind in _SHAPES if kind)
"""What there are single files of: "type base"."""
_BLOCKS = 12  # layers of a LoRA
_PADDED = {"main", "vae", "controlnet", ""}  # kinds which one more tensor does not turn into another


def header(kind: str, size: int, name: str) -> tuple[bytes, int]:
    """The first bytes of a weight file of about `size` bytes, and how long it really is.

    `kind` is "type base", or "" for a part of a folder model; `name` makes files differ that are alike
    otherwise.
    """
    shapes = dict(_SHAPES[kind])
    if kind.partition(" ")[0] in _PADDED:
        shapes["padding"] = (max(size - _bytes(shapes), 0) // 2,)
    elif "lora" in kind:
        shapes = dict(_more_layers(shapes, size))
    entries: dict[str, object] = {"__metadata__": {INVENTED: "invokeai_widgets", "name": name}}
    position = 0
    for tensor, shape in shapes.items():
        end = position + math.prod(shape) * 2
        entries[tensor] = {"dtype": "F16", "shape": list(shape), "data_offsets": [position, end]}
        position = end
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text, 8 + len(text) + position


def _bytes(shapes: Shapes) -> int:
    return sum(math.prod(shape) for shape in shapes.values()) * 2


def _more_layers(shapes: Shapes, size: int) -> Shapes:
    """The two halves of a LoRA's layer again, for other blocks, and as thick as the size asks for."""
    (down, (_, inner)), (up, (outer, _)) = shapes.items()
    rank = max(size // _BLOCKS // (inner + outer) // 2, 1)
    layers: dict[str, tuple[int, ...]] = {}
    for number in range(_BLOCKS):
        mark = f"blocks_{number}_"
        layers[down.replace("blocks_0_", mark, 1)] = (rank, inner)
        layers[up.replace("blocks_0_", mark, 1)] = (outer, rank)
    return layers
