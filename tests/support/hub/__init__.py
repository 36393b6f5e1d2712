"""A stand-in for the Hugging Face hub on 127.0.0.1, enough for huggingface_hub and for InvokeAI."""

from .server import Hub

__all__ = ["Hub"]
