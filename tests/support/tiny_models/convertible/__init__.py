"""A tiny Stable Diffusion 1 checkpoint that InvokeAI can really convert to diffusers.

diffusers takes the shapes for a conversion from a repository of the Hugging Face hub, not from the file, so a
conversion works only where `write_hub_repository` replaces the real one: ``Hub(folder)`` serves it, and the
server is started with ``hf_endpoint=hub.url``. The parts do not fit together to make an image.
"""

from .checkpoint import write_convertible
from .repository import REPOSITORY, write_hub_repository

__all__ = ["REPOSITORY", "write_convertible", "write_hub_repository"]
