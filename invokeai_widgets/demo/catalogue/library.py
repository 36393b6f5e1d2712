"""Libraries of any size: the same seed gives the same models."""

from __future__ import annotations

import itertools
import random
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from invokeai_widgets.demo.identify import complete_fields, variants

from .repositories import ADDRESS, ORGANISATIONS

Record = dict[str, Any]

_MB = 10**6
_KINDS: tuple[tuple[int, str, str, str, int, int], ...] = (
    # how often, type, base, format, size from and to in MB
    (9, "main", "sdxl", "checkpoint", 6_400, 7_200),
    (6, "main", "sd-1", "checkpoint", 1_900, 4_300),
    (3, "main", "sdxl", "diffusers", 6_900, 13_900),
    (2, "main", "sd-1", "diffusers", 2_700, 5_500),
    (1, "main", "sd-2", "checkpoint", 5_200, 5_300),
    (3, "main", "flux", "checkpoint", 11_900, 23_800),
    (2, "main", "flux", "gguf_quantized", 6_800, 12_700),
    (1, "main", "z-image", "checkpoint", 12_000, 12_400),
    (1, "main", "sdxl-refiner", "checkpoint", 6_000, 6_100),
    (16, "lora", "sdxl", "lycoris", 20, 450),
    (9, "lora", "sd-1", "lycoris", 8, 150),
    (7, "lora", "flux", "lycoris", 18, 650),
    (3, "embedding", "sd-1", "embedding_file", 0, 1),
    (2, "embedding", "sdxl", "embedding_file", 0, 1),
    (3, "controlnet", "sd-1", "checkpoint", 720, 1_450),
    (3, "controlnet", "sdxl", "diffusers", 1_250, 5_000),
    (1, "t2i_adapter", "sdxl", "diffusers", 150, 160),
    (2, "vae", "sd-1", "checkpoint", 330, 340),
    (2, "vae", "sdxl", "checkpoint", 330, 340),
    (1, "vae", "flux", "checkpoint", 330, 340),
    (1, "ip_adapter", "sd-1", "checkpoint", 40, 100),
    (1, "ip_adapter", "sdxl", "checkpoint", 690, 850),
    (1, "clip_vision", "any", "diffusers", 2_500, 3_700),
    (1, "clip_embed", "any", "diffusers", 240, 1_400),
    (1, "t5_encoder", "any", "bnb_quantized_int8b", 4_900, 5_100),
    (1, "spandrel_image_to_image", "any", "checkpoint", 4, 70),
    (1, "unknown", "unknown", "unknown", 1, 900),
)
_FIRST = (
    "Amber", "Birch", "Cinder", "Dusk", "Ember", "Fjord", "Glass", "Harbour", "Iris", "Juniper", "Kestrel",
    "Lichen", "Marble", "Nocturne", "Ochre", "Pine", "Quartz", "Rowan", "Slate", "Thistle", "Umbra", "Velvet",
    "Willow", "Yarrow", "Zephyr",
)  # fmt: skip
_SECOND = {
    "main": ("Dream", "Vision", "Studio", "Realism", "Mix", "Diffusion", "Canvas", "Cinema"),
    "lora": ("Style", "Brush", "Mood", "Detail", "Portrait", "Light", "Lines", "Texture"),
    "embedding": ("Negative", "Hands", "Tone"),
    "controlnet": ("Canny", "Depth", "Pose", "Lineart", "Scribble"),
    "t2i_adapter": ("Sketch", "Lineart"),
    "ip_adapter": ("Likeness", "Face", "Composition"),
    "vae": ("VAE",),
    "clip_vision": ("Image Encoder",),
    "clip_embed": ("Text Encoder",),
    "t5_encoder": ("Text Encoder",),
    "spandrel_image_to_image": ("Upscaler",),
    "unknown": ("Merge", "Experiment"),
}
_ABOUT = {
    "main": (
        "An all-rounder with a soft look.", "Best at 25 to 35 steps.", "Made for portraits in window light.",
        "Merged from three others; strong colours.", "Wants long prompts.",
    ),
    "lora": (
        "Works best at a low weight.", "Try 0.6 to 0.8.", "Trained on scanned sketchbooks.",
        "Goes well with others.", "Say the trigger first.",
    ),
}  # fmt: skip
_EXTENSIONS = {"gguf_quantized": ".gguf", "diffusers": "", "bnb_quantized_int8b": ""}
_FILES = (".safetensors", ".gguf")
_WHO = sorted(ORGANISATIONS)

_IN_PLACE, _MISSING, _AGAIN = 13, 500, 29  # how rare they are: one of so many
_BACK = 19  # how far back the model lies that is there again
_LINKED = 1000  # models, the first, which may be linked to others
_PICTURED = frozenset({"main", "lora", "embedding"})

INVENTED_HASH = "blake3:00dec0de"
"""How the hashes of invented records begin, so that nobody looks for their files."""


def varied_records(number: int, seed: int = 0) -> Iterator[Record]:
    """That many records of many kinds, with names, sizes, settings and trigger words as they might be.

    Some are used in place. One of those is missing, as if on a drive that is not there. A few are copies of
    another: same hash, other key.
    """
    draw = random.Random(seed)
    kinds = draw.choices(_KINDS, weights=[kind[0] for kind in _KINDS], k=number)
    # Every kind is there before any comes by chance, if there is room for them.
    kinds[: len(_KINDS)] = _KINDS[:number]
    former: deque[Record] = deque(maxlen=_BACK)
    for index, kind in enumerate(kinds):
        record = _record(draw, index, kind)
        if index % _AGAIN == _AGAIN - 1:
            record = _copy(former[0], record["key"])
        former.append(record)
        yield record


def links(library: Iterable[Record], seed: int = 0) -> Iterator[tuple[str, str]]:
    """Pairs of keys: a main model, and a part of its base that goes well with it."""
    draw = random.Random(seed)
    mains: dict[str, list[str]] = {}
    for record in itertools.islice(library, _LINKED):
        if record["type"] == "main":
            mains.setdefault(record["base"], []).append(record["key"])
        elif record["base"] in mains and draw.random() < 0.5:
            yield record["key"], draw.choice(mains[record["base"]])


def with_covers(library: Iterable[Record]) -> list[str]:
    """The keys of the models that have a picture: most of those that somebody would paint with."""
    return [each["key"] for each in library if each["type"] in _PICTURED and int(each["key"][:2], 16) < 180]


def named(draw: random.Random, type_: str, base: str) -> str:
    """A name such as people give to models of that kind."""
    mark = {"sdxl": " XL", "flux": " F", "sd-2": " 2"}.get(base, "")
    version = f"v{draw.randint(1, 9)}.{draw.randint(0, 9)}"
    return f"{draw.choice(_FIRST)} {draw.choice(_SECOND[type_])}{mark} {version}"


def _record(draw: random.Random, index: int, row: tuple[int, str, str, str, int, int]) -> Record:
    _, type_, base, format_, low, high = row
    name = named(draw, type_, base)
    key = str(uuid.UUID(int=draw.getrandbits(128), version=4))
    file = name.lower().replace(" ", "_") + _EXTENSIONS.get(format_, ".safetensors")
    in_place, is_missing = index % _IN_PLACE == _IN_PLACE - 1, index % _MISSING == _IN_PLACE - 1
    page = f"{ADDRESS}/{draw.choice(_WHO)}/{file}"
    place = f"/media/{'unplugged' if is_missing else 'models'}/{index}/{file}"
    digest = f"{draw.getrandbits(256):064x}"
    return {
        "key": key,
        "hash": f"blake3:{digest}" if is_missing else INVENTED_HASH + digest[8:],
        "path": place if in_place else f"{key}/{file}" if file.endswith(_FILES) else key,
        "file_size": draw.randint(max(low * _MB, 20_000), high * _MB),
        "name": name,
        "description": draw.choice(_ABOUT.get(type_, (None,))) if draw.random() < 0.6 else None,
        "source": place if in_place else f"{page}/resolve/main/{file}",
        "source_type": "path" if in_place else "url",
        "source_api_response": None,
        "source_url": None if in_place else page,
        "cover_image": None,
        "type": type_,
        "base": base,
        "format": format_,
        **_fields(draw, type_, base, format_, name),
    }


def _copy(record: Record, key: str) -> Record:
    """The same model taken in a second time."""
    file = record["path"].rpartition("/")[2]
    path = f"{key}/{file}" if file.endswith(_FILES) else key
    return record | {"key": key, "path": path, "name": f"{record['name']} copy"}


def _fields(draw: random.Random, type_: str, base: str, format_: str, name: str) -> Mapping[str, Any]:
    known = variants(type_, base)
    told: dict[str, Any] = {"variant": draw.choice(known)} if known and type_ != "lora" else {}
    if base in ("sd-1", "sd-2", "sdxl", "sdxl-refiner"):
        told |= {"prediction_type": "epsilon", "variant": "normal"}
    fields = complete_fields(type_, base, format_, name, told)
    if "trigger_phrases" in fields and draw.random() < 0.5:
        words = draw.sample(_FIRST, draw.randint(1, 4))
        fields["trigger_phrases"] = [word.lower() for word in words]
    if type_ == "lora" and draw.random() < 0.5:
        fields["default_settings"] = {
            "weight": draw.choice((0.5, 0.7, 0.8)),
            "weight_min": None,
            "weight_max": None,
        }
    return fields
