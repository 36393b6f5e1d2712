"""Model records shaped as InvokeAI 6.14 sends them.

1.25 kB each on average, one in ten with 5 kB of `source_api_response`; 65 % have a null description and 14 %
a base or type that older clients do not know, as real libraries do. `tame` gives the same library without
these two, for a client that refuses the whole list over one of them.
"""

from __future__ import annotations

import json
import random
from typing import Any
from uuid import UUID

_LORA = {"weight": None, "weight_min": None, "weight_max": None}
_MAIN = {
    "vae": None, "vae_precision": None, "scheduler": None, "steps": None, "cfg_scale": None,
    "cfg_rescale_multiplier": None, "width": 1024, "height": 1024, "guidance": None, "cpu_only": None,
    "fp8_storage": None,
}  # fmt: skip
_KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("lora", "lycoris", {"trigger_phrases": None, "default_settings": _LORA}),
    ("lora", "diffusers", {"trigger_phrases": None, "default_settings": _LORA}),
    ("main", "checkpoint", {"trigger_phrases": None, "default_settings": _MAIN, "config_path": None,
                            "prediction_type": "epsilon", "variant": "normal"}),
    ("main", "diffusers", {"trigger_phrases": None, "default_settings": _MAIN, "repo_variant": "fp16",
                           "prediction_type": "v_prediction", "variant": "inpaint"}),
    ("vae", "checkpoint", {"config_path": None, "cpu_only": None}),
    ("embedding", "embedding_file", {}),
    ("controlnet", "checkpoint",
     {"config_path": None,
      "default_settings": {"preprocessor": "canny_image_processor", "fp8_storage": None}}),
)  # fmt: skip
_BASES = ("sd-1", "sd-2", "sdxl", "sd-3", "flux")
_NEW_BASES = ("flux2", "qwen-image", "z-image", "krea-2")
_WORDS = (
    "amber", "birch", "cobalt", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper", "kelp",
    "lumen", "marble", "nimbus", "onyx", "pewter", "quartz", "russet", "saffron", "timber", "umber", "velvet",
    "willow", "xenon", "yarrow", "zephyr",
)  # fmt: skip


def _record(rng: random.Random, number: int, *, tame: bool) -> dict[str, Any]:
    kind, form, extra = rng.choice(_KINDS)
    name = f"{rng.choice(_WORDS).title()} {rng.choice(_WORDS).title()} v{number:06}"
    slug = name.lower().replace(" ", "-")
    key = str(UUID(int=rng.getrandbits(128), version=4))
    hub = rng.random() < 0.10
    in_place = rng.random() < 0.4
    folder = f"/srv/models/collections/{rng.choice(_WORDS)}/{kind}/{rng.choice(_WORDS)}"
    newer, described = rng.random() < 0.14, rng.random() < 0.35
    record: dict[str, Any] = {
        "key": key,
        "hash": f"blake3:{rng.getrandbits(256):064x}",
        "path": f"{folder}/{slug}.safetensors" if in_place else f"{key}/{slug}.safetensors",
        "file_size": rng.randrange(100_000, 24_000_000_000),
        "name": name,
        "description": " ".join(rng.choices(_WORDS, k=30)) if described else "" if tame else None,
        "source": f"{slug}/{slug}-repository" if hub else f"{folder}/{slug}.safetensors",
        "source_type": "hf_repo_id" if hub else "path",
        "source_api_response": _hub_response(rng, slug) if hub else None,
        "source_url": f"https://models.example/{slug}" if rng.random() < 0.3 else None,
        "cover_image": f"api/v2/models/i/{key}/image?{key}" if rng.random() < 0.3 else None,
        "type": kind,
        "format": form,
        "base": rng.choice(_NEW_BASES) if newer and not tame else rng.choice(_BASES),
        **extra,
    }
    if "trigger_phrases" in extra and rng.random() < 0.5:
        record["trigger_phrases"] = sorted(rng.sample(_WORDS, 3))
    return record


def _hub_response(rng: random.Random, slug: str) -> str:
    files = [{"rfilename": f"{rng.choice(_WORDS)}/{rng.choice(_WORDS)}_{i}.safetensors",
              "blobId": f"{rng.getrandbits(160):040x}"} for i in range(45)]  # fmt: skip
    return json.dumps(
        {"id": f"{slug}/{slug}-repository", "sha": f"{rng.getrandbits(160):040x}", "siblings": files}
    )


def records(count: int, *, tame: bool = False) -> list[dict[str, Any]]:
    """`count` records, the same ones every time."""
    rng = random.Random(6142)
    return [_record(rng, number, tame=tame) for number in range(count)]


def list_body(count: int, *, tame: bool = False) -> bytes:
    """The bytes of `GET /api/v2/models/`."""
    return json.dumps({"models": records(count, tame=tame)}, separators=(",", ":")).encode()


def record_body(*, tame: bool = False) -> bytes:
    """The bytes of `GET /api/v2/models/i/{KEY}`: one record of about 1.2 kB."""
    record = {**records(1, tame=tame)[0], "key": KEY, "description": " ".join(_WORDS * 3)}
    return json.dumps(record, separators=(",", ":")).encode()


KEY = "5f2a1b3c-0d4e-4f6a-8b7c-9d0e1f2a3b4c"
