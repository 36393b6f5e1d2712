"""InvokeAI's own words as people write them: "sd-1" is "SD 1". Unknown words stay as they are."""

from __future__ import annotations

#: InvokeAI's own words for bases and types, as its users write them. Unknown ones are shown as they are.
_NAMES = {
    "sd-1": "SD 1",
    "sd-2": "SD 2",
    "sd-3": "SD 3",
    "sdxl": "SDXL",
    "sdxl-refiner": "SDXL Refiner",
    "flux": "FLUX",
    "flux2": "FLUX.2",
    "cogview4": "CogView4",
    "z-image": "Z-Image",
    "qwen-image": "Qwen Image",
    "main": "Main",
    "lora": "LoRA",
    "control_lora": "Control LoRA",
    "vae": "VAE",
    "controlnet": "ControlNet",
    "t2i_adapter": "T2I Adapter",
    "ip_adapter": "IP Adapter",
    "embedding": "Embedding",
    "clip_vision": "CLIP Vision",
    "clip_embed": "CLIP",
    "t5_encoder": "T5 Encoder",
    "spandrel_image_to_image": "Upscaler",
    "external_image_generator": "External",
    "siglip": "SigLIP",
    "flux_redux": "FLUX Redux",
    "llava_onevision": "LLaVA",
    "text_llm": "Text LLM",
}


def name_of(word: str) -> str:
    """A base or type as people write it: "sd-1" is "SD 1", "lora" is "LoRA"."""
    return _NAMES.get(word, word)


_SOURCES = {"path": "Local path", "url": "URL", "hf_repo_id": "Hugging Face", "external": "External"}


_MEANT = {
    column: {written.casefold(): word for word, shown in names.items() for written in (word, shown)}
    for column, names in (("base", _NAMES), ("type", _NAMES), ("source_type", _SOURCES))
}


def word_of(column: str, written: str) -> str:
    """InvokeAI's word for what a person writes, be it the word or its label, in whatever case."""
    return _MEANT.get(column, {}).get(written.casefold(), written)


def label(column: str, word: str) -> str:
    """A word of the columns `base`, `type`, `source_type` as it is shown; any other unchanged."""
    if column == "source_type":
        return _SOURCES.get(word, word)
    return name_of(word) if column in ("base", "type") else word
