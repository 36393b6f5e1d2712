"""Tiny model files that InvokeAI identifies like real ones.

Each carries only the tensor names, tensor shapes or config files which the server's identification looks at,
so most are a few KB; none can make an image. `write_tiny_models` writes them all and says what the server is
expected to make of each.
"""

from .convertible import write_convertible, write_hub_repository
from .manifest import EXPECTED_ERRORS, Manifest, good, write_tiny_models
from .tensors import write_lora

__all__ = [
    "EXPECTED_ERRORS",
    "Manifest",
    "good",
    "write_convertible",
    "write_hub_repository",
    "write_lora",
    "write_tiny_models",
]
