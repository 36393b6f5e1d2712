"""The server's versions that the tests know, and what pip has to install for each."""

from __future__ import annotations

# The exact torch is asked for first: where a CPU build of it is at hand, pip takes that one. Any newer torch
# satisfies the server too, but brings several GB of CUDA packages.
TORCH = ("torch==2.13.0", "torchvision==0.28.0")

NEWEST = "6.14.2"

# starlette: from 1.8 on, the server answers 500 to a Socket.IO polling handshake that accepts gzip.
_NEWEST_NEEDS = """
numpy<2.0.0 diffusers==0.40.0 transformers>=5.5,<5.6 accelerate compel>=2.4,<3 gguf safetensors
sentencepiece==0.2.0 spandrel psutil fastapi>=0.141.1,<0.142 fastapi-events huggingface-hub
pydantic-settings python-socketio uvicorn[standard] blake3 bcrypt<4.0.0 Deprecated dynamicprompts
einops email-validator>=2 fonttools passlib[bcrypt] picklescan pillow python-jose[cryptography]
python-multipart requests semver~=3.0.1 starlette<1.8
"""

_OLD_NEEDS = """
numpy<2.0.0 transformers>=4.56,<5 accelerate compel==2.1.1 gguf safetensors sentencepiece==0.2.0
spandrel psutil fastapi==0.118.3 fastapi-events huggingface-hub pydantic-settings python-socketio
uvicorn[standard] blake3 Deprecated dnspython dynamicprompts einops picklescan pillow
python-multipart requests semver~=3.0.1
"""

VERSIONS: dict[str, list[str]] = {
    "5.15.0": [*_OLD_NEEDS.split(), "diffusers==0.33.0"],
    "6.8.1": [*_OLD_NEEDS.split(), "diffusers==0.33.0"],
    "6.11.1": [*_OLD_NEEDS.split(), "diffusers==0.36.0"],
    NEWEST: _NEWEST_NEEDS.split(),
}


def at_least(version: str, wanted: str) -> bool:
    """Whether `version` is `wanted` or newer."""
    return _numbers(version) >= _numbers(wanted)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
