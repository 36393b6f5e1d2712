"""The repository of configuration files that the server asks the hub for when it converts."""

from __future__ import annotations

import json
from pathlib import Path

from . import shapes
from .shapes import FIRST_WORD, LAST_WORD, vocabulary

REPOSITORY = "stable-diffusion-v1-5/stable-diffusion-v1-5"


def write_hub_repository(folder: Path) -> Path:
    """Write it below `folder`, where a `Hub` of that folder serves it; the repository's own folder."""
    root = folder / REPOSITORY
    for name, content in _files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return root


def _files() -> dict[str, object]:
    return {
        "model_index.json": _index(),
        "unet/config.json": _unet(),
        "vae/config.json": _vae(),
        "text_encoder/config.json": _text_encoder(),
        "scheduler/scheduler_config.json": _scheduler(),
        **_tokenizer(),
    }


def _index() -> dict[str, object]:
    return {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.30.0",
        "feature_extractor": [None, None],
        "image_encoder": [None, None],
        "requires_safety_checker": False,
        "safety_checker": [None, None],
        "scheduler": ["diffusers", "PNDMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }


def _unet() -> dict[str, object]:
    return {
        "_class_name": "UNet2DConditionModel",
        "sample_size": 64,
        "in_channels": 4,
        "out_channels": 4,
        "layers_per_block": 2,
        "block_out_channels": (shapes.SMALL, shapes.LARGE),
        "norm_num_groups": shapes.GROUPS,
        "attention_head_dim": 2,
        "cross_attention_dim": shapes.CONTEXT,
        "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
    }


def _vae() -> dict[str, object]:
    return {
        "_class_name": "AutoencoderKL",
        "sample_size": 64,
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": 4,
        "layers_per_block": 1,
        "block_out_channels": (shapes.SMALL, shapes.LARGE),
        "norm_num_groups": shapes.GROUPS,
        "down_block_types": ["DownEncoderBlock2D"] * 2,
        "up_block_types": ["UpDecoderBlock2D"] * 2,
        "scaling_factor": 0.18215,
    }


def _text_encoder() -> dict[str, object]:
    words = vocabulary()
    return {
        "architectures": ["CLIPTextModel"],
        "model_type": "clip_text_model",
        "vocab_size": len(words),
        "hidden_size": shapes.TEXT_WIDTH,
        "projection_dim": shapes.TEXT_WIDTH,
        "intermediate_size": shapes.TEXT_INNER,
        "num_hidden_layers": shapes.TEXT_LAYERS,
        "num_attention_heads": shapes.TEXT_HEADS,
        "max_position_embeddings": shapes.TEXT_POSITIONS,
        "bos_token_id": words[FIRST_WORD],
        "eos_token_id": words[LAST_WORD],
        "pad_token_id": words[LAST_WORD],
    }


def _scheduler() -> dict[str, object]:
    return {
        "_class_name": "PNDMScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "prediction_type": "epsilon",
        "set_alpha_to_one": False,
        "skip_prk_steps": True,
        "steps_offset": 1,
    }


def _tokenizer() -> dict[str, object]:
    special = {
        "bos_token": FIRST_WORD,
        "eos_token": LAST_WORD,
        "pad_token": LAST_WORD,
        "unk_token": LAST_WORD,
    }
    return {
        "tokenizer/vocab.json": vocabulary(),
        "tokenizer/merges.txt": "#version: 0.2\n",
        "tokenizer/special_tokens_map.json": special,
        "tokenizer/tokenizer_config.json": {
            "tokenizer_class": "CLIPTokenizer",
            "model_max_length": shapes.TEXT_POSITIONS,
            **special,
        },
    }
