"""What a hub tells about a repository, and which of its files a model needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Protocol

_CHECKPOINTS = (".safetensors", ".bin", ".pth", ".pt", ".ckpt")
_TEXTS = (".json", ".txt", ".jinja")
_ALWAYS = (
    "learned_embeds.bin", "ip_adapter.bin", "lora_weights.safetensors", "weights.pb", "onnx_data",
    "spiece.model",
)  # fmt: skip
_MODEL = re.compile(r"model.*\.(safetensors|bin|onnx|xml|pth|pt|ckpt|msgpack)$")
_SINGLE = {".safetensors", ".bin", ".onnx", ".xml", ".pth", ".pt", ".ckpt", ".msgpack"}
_WEIGHTS = {".bin", ".safetensors", ".pt", ".ckpt"}
_MARKED = {"onnx": None, "openvino": "openvino_model", "flax": "flax_model"}


class UnknownRepositoryError(Exception):
    """No such repository, or none that may be seen without logging in."""


class HubUnreachableError(Exception):
    """Nobody answers at the hub's address."""


@dataclass(frozen=True)
class HubFile:
    """One file; `path` begins with the repository's name, as in `source_metadata`."""

    url: str
    path: PurePosixPath
    size: int
    sha256: str | None = None


@dataclass(frozen=True)
class Repository:
    """What the hub said."""

    id: str
    files: tuple[HubFile, ...]
    api_response: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The part after the slash."""
        return self.id.partition("/")[2]

    @property
    def is_diffusers(self) -> bool:
        """Whether it is a folder to be taken as a whole."""
        return any(file.url.endswith(("model_index.json", "config.json")) for file in self.files)

    @property
    def checkpoints(self) -> list[str] | None:
        """The addresses of single models; None of a folder model."""
        return None if self.is_diffusers else [f.url for f in self.files if f.url.endswith(_CHECKPOINTS)]


class Hub(Protocol):
    """Answers for repositories and tokens."""

    async def repository(self, repo_id: str, revision: str | None, token: str | None) -> Repository:
        """What the repository holds; raises `UnknownRepositoryError` and `HubUnreachableError`."""
        ...

    async def knows(self, token: str) -> bool:
        """Whether the token is somebody's; raises `HubUnreachableError`."""
        ...


def wanted(
    files: Iterable[HubFile], variant: str | None, subfolders: Iterable[PurePosixPath] = ()
) -> list[HubFile]:
    """The files a model consists of, in the repository's order; none if nothing fits.

    `variant` is fp16, fp32, onnx, openvino, flax, or None; only what lies in `subfolders` counts, if there
    are any. A subfolder that is a file means that file.
    """
    all_files = list(files)
    if not all_files:
        return []
    top = PurePosixPath(all_files[0].path.parts[0])
    folders = [top / each for each in subfolders]
    if len(folders) == 1 and folders[0].suffix in _SINGLE:
        chosen = {folders[0]}
    else:
        paths = [file.path for file in all_files if _may_belong(file.path)]
        if folders:
            paths = [path for path in paths if any(folder in path.parents for folder in folders)]
        chosen = _of_variant(paths, variant)
    return [file for file in all_files if file.path in chosen]


def _may_belong(path: PurePosixPath) -> bool:
    name = path.name
    return name.endswith(_TEXTS) or name.endswith(_ALWAYS) or bool(_MODEL.search(name))


def _of_variant(paths: list[PurePosixPath], variant: str | None) -> set[PurePosixPath]:
    chosen: set[PurePosixPath] = set()
    weights: dict[PurePosixPath, list[PurePosixPath]] = {}
    safetensors = any(path.suffix == ".safetensors" for path in paths)
    for path in paths:
        special = _special(path)
        if special:
            if special == variant:
                chosen.add(path)
        elif path.suffix in {".json", ".txt", ".model", ".jinja"}:
            chosen.add(path)
        elif (
            path.suffix in _WEIGHTS and variant not in _MARKED and not (safetensors and path.suffix == ".bin")
        ):
            weights.setdefault(path.parent, []).append(path)
    for candidates in weights.values():
        chosen.update(_best(candidates, variant))
    if variant in _MARKED and not any(variant in path.name for path in chosen):
        return set()
    count: dict[PurePosixPath, int] = {}
    for path in chosen:
        count[path.parent] = count.get(path.parent, 0) + 1
    return {path for path in chosen if count[path.parent] > 1 or path.name != "config.json"}


def _special(path: PurePosixPath) -> str | None:
    """The variant which alone has use for this file."""
    if path.suffix in {".onnx", ".pb", ".onnx_data"}:
        return "onnx"
    return next((variant for variant, mark in _MARKED.items() if mark and mark in path.name), None)


def _best(candidates: list[PurePosixPath], variant: str | None) -> set[PurePosixPath]:
    """Of weights in one folder those of the variant; all, if they do not come in variants."""

    def score(path: PurePosixPath) -> int:
        label = path.suffixes[0] if len(path.suffixes) == 2 else None
        exact = label is not None and variant is not None and label.startswith(f".{variant}")
        plain = label is None and variant in (None, "fp32")
        return (path.suffix == ".safetensors") + (exact or plain)

    best = max(candidates, key=score)
    if not any(len(path.suffixes) == 2 and path.suffixes[0].startswith(".fp16") for path in candidates):
        return set(candidates)
    shard = re.match(r"^(.*?)-\d+-of-\d+(\.\w+)$", best.as_posix())
    if not shard:
        return {best}
    return {
        path
        for path in candidates
        if path.as_posix().startswith(shard[1]) and path.as_posix().endswith(shard[2])
    }
