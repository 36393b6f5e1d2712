"""The repositories of the invented hub."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from .weights import header

ADDRESS = "https://hub.invalid"
"""Where files of the hub would be; `.invalid` leads nowhere on the real net, by RFC 2606."""
TOKEN = "hf_demo"  # noqa: S105 - the one token the invented hub knows; it opens nothing else
_MB, _GB = 10**6, 10**9


@dataclass(frozen=True)
class CatalogueFile:
    """A file: what is really in it, and how large it is said to be."""

    path: str
    content: bytes
    size: int


@dataclass(frozen=True)
class RepositoryRow:
    """One repository, with one file or with a folder model."""

    id: str
    title: str
    kind: str  # "type base"
    size: int  # bytes, of its largest file
    text: str
    file: str | None = None  # None: a folder in diffusers' layout
    variant: str | None = None
    needs: tuple[str, ...] = ()  # other repositories
    gated: bool = False

    @property
    def source(self) -> str:
        """What to install it by."""
        return f"{ADDRESS}/{self.id}/resolve/main/{self.file}" if self.file else self.id

    @cached_property
    def files(self) -> tuple[CatalogueFile, ...]:
        """Its files."""
        readme = _text("README.md", f"# {self.title}\n\n{self.text}\nInvented; there is no such model.\n")
        if self.file:
            return readme, _weights(self.file, self.kind, self.size, self.id)
        return readme, *_FOLDERS[self.kind](self)


def _text(path: str, text: str) -> CatalogueFile:
    content = text.encode()
    return CatalogueFile(path, content, len(content))


def _json(path: str, value: object) -> CatalogueFile:
    return _text(path, json.dumps(value, indent=2))


def _weights(path: str, kind: str, size: int, name: str) -> CatalogueFile:
    content, length = header(kind, size, f"{name}/{path}")
    return CatalogueFile(path, content, length)


def _pipeline(row: RepositoryRow) -> tuple[CatalogueFile, ...]:
    sdxl = row.kind == "main sdxl"
    parts = {"scheduler": ["diffusers", "EulerDiscreteScheduler"], "vae": ["diffusers", "AutoencoderKL"]}
    unet = {
        "_class_name": "UNet2DConditionModel",
        "in_channels": 4,
        "cross_attention_dim": 2048 if sdxl else 768,
    }
    weights = "diffusion_pytorch_model.safetensors"
    return (
        _json(
            "model_index.json",
            {
                "_class_name": "StableDiffusionXLPipeline" if sdxl else "StableDiffusionPipeline",
                "unet": ["diffusers", "UNet2DConditionModel"],
                **parts,
            },
        ),
        _json(
            "scheduler/scheduler_config.json",
            {"_class_name": "EulerDiscreteScheduler", "prediction_type": "epsilon"},
        ),
        _json("unet/config.json", unet),
        _weights(f"unet/{weights}", "", row.size, row.id),
        _json("vae/config.json", {"_class_name": "AutoencoderKL", "latent_channels": 4}),
        _weights(f"vae/{weights}", "", 167 * _MB, row.id),
    )


def _part(row: RepositoryRow) -> tuple[CatalogueFile, ...]:
    config = {
        "controlnet sdxl": {"_class_name": "ControlNetModel", "cross_attention_dim": 2048},
        "t2i_adapter sdxl": {"_class_name": "T2IAdapter", "adapter_type": "full_adapter_xl"},
        "clip_vision any": {"architectures": ["CLIPVisionModelWithProjection"]},
    }[row.kind]
    return _json("config.json", config), _weights("model.safetensors", "", row.size, row.id)


_FOLDERS = {
    "main sd-1": _pipeline,
    "main sdxl": _pipeline,
    "controlnet sdxl": _part,
    "t2i_adapter sdxl": _part,
    "clip_vision any": _part,
}

_ROWS: tuple[RepositoryRow, ...] = (
    RepositoryRow(
        "larkspur/heron-1", "Heron 1", "main sd-1", 3 * _GB,
        "A small, quick all-rounder.",
    ),
    RepositoryRow(
        "larkspur/heron-xl", "Heron XL", "main sdxl", 5 * _GB,
        "The large Heron, for detail.",
    ),
    RepositoryRow(
        "larkspur/heron-vae", "Heron VAE", "vae sd-1", 334 * _MB,
        "Cleaner colours for Heron 1.", "heron_vae.safetensors",
    ),
    RepositoryRow(
        "quillwort/inkwell", "Inkwell", "main sd-1", 2 * _GB,
        "Line drawings and etchings.", "inkwell_v2.safetensors",
    ),
    RepositoryRow(
        "quillwort/inkwell-lines", "Inkwell Lines", "lora sd-1", 36 * _MB,
        "Adds cross-hatching.", "inkwell_lines.safetensors", needs=("quillwort/inkwell",),
    ),
    RepositoryRow(
        "quillwort/gouache-xl", "Gouache XL", "lora sdxl", 228 * _MB,
        "Flat, opaque paint.", "gouache_xl.safetensors", needs=("larkspur/heron-xl",),
    ),
    RepositoryRow(
        "quillwort/woodcut-xl", "Woodcut XL", "lora sdxl", 114 * _MB,
        "Bold prints in two colours.", "woodcut_xl.safetensors",
    ),
    RepositoryRow(
        "northlight/atelier", "Atelier", "main sdxl", 6_900 * _MB,
        "Portraits in window light.", "atelier_v3.safetensors",
    ),
    RepositoryRow(
        "northlight/atelier-mini", "Atelier Mini", "main sd-1", 2 * _GB,
        "Atelier for small machines.", "atelier_mini.safetensors",
    ),
    RepositoryRow(
        "northlight/studio-2", "Studio 2", "main sd-2", 5 * _GB,
        "Product shots on grey.", "studio_2.safetensors",
    ),
    RepositoryRow(
        "northlight/soft-focus", "Soft Focus", "lora sd-1", 18 * _MB,
        "A veil over everything.", "soft_focus.safetensors",
    ),
    RepositoryRow(
        "northlight/rim-light", "Rim Light", "embedding sd-1", 12_800,
        "A word for light from behind.", "rim_light.safetensors",
    ),
    RepositoryRow(
        "saltmarsh/tideline-dev", "Tideline dev", "main flux", 11_900 * _MB,
        "The large one. Ask for access first.", "tideline_dev.safetensors",
        "dev", ("saltmarsh/tideline-vae",), gated=True,
    ),
    RepositoryRow(
        "saltmarsh/tideline-vae", "Tideline VAE", "vae flux", 335 * _MB,
        "Needed by Tideline.", "ae.safetensors",
    ),
    RepositoryRow(
        "saltmarsh/tideline-coast", "Tideline Coast", "lora flux", 180 * _MB,
        "Sand, foam and sky.", "coast.safetensors", needs=("saltmarsh/tideline-dev",),
    ),
    RepositoryRow(
        "saltmarsh/tideline-redux", "Tideline Redux", "flux_redux flux", 900,
        "Variations of an image.", "redux.safetensors", needs=("saltmarsh/tideline-dev",),
    ),
    RepositoryRow(
        "copperbeech/edges", "Edges", "controlnet sd-1", 1_450 * _MB,
        "Follows outlines (canny).", "edges_canny.safetensors",
    ),
    RepositoryRow(
        "copperbeech/depth", "Depth", "controlnet sd-1", 1_450 * _MB,
        "Follows distances.", "depth.safetensors",
    ),
    RepositoryRow(
        "copperbeech/pose-xl", "Pose XL", "controlnet sdxl", 2_500 * _MB,
        "Follows a pose.",
    ),
    RepositoryRow(
        "copperbeech/sketch-xl", "Sketch XL", "t2i_adapter sdxl", 158 * _MB,
        "Follows a scribble, lightly.",
    ),
    RepositoryRow(
        "copperbeech/likeness", "Likeness", "ip_adapter sd-1", 10_000,
        "Takes over what an image shows.", "likeness.safetensors", needs=("copperbeech/eyes",),
    ),
    RepositoryRow(
        "copperbeech/likeness-xl", "Likeness XL", "ip_adapter sdxl", 10_000,
        "The same for large models.", "likeness_xl.safetensors", needs=("copperbeech/eyes",),
    ),
    RepositoryRow(
        "copperbeech/eyes", "Eyes", "clip_vision any", 2_528 * _MB,
        "Looks at images for Likeness.",
    ),
    RepositoryRow(
        "fernhill/meadow-xl", "Meadow XL", "main sdxl", 6_600 * _MB,
        "Plants, insects, weather.", "meadow_xl.safetensors",
    ),
    RepositoryRow(
        "fernhill/moss", "Moss", "lora sdxl", 57 * _MB,
        "Grows on anything.", "moss.safetensors", needs=("fernhill/meadow-xl",),
    ),
    RepositoryRow(
        "fernhill/field-notes", "Field Notes", "lora sd-1", 9 * _MB,
        "Pages of a naturalist's notebook.", "field_notes.safetensors",
    ),
    RepositoryRow(
        "fernhill/herbarium", "Herbarium", "main sd-1", 4 * _GB,
        "Pressed flowers. Ask for access first.", gated=True,
    ),
    RepositoryRow(
        "tinkerbox/spark", "Spark", "lora sd-1", 40_000,
        "As small as they come: done at once.", "spark.safetensors",
    ),
    RepositoryRow(
        "tinkerbox/clay", "Clay", "lora flux", 90 * _MB,
        "Figures made by hand.", "clay.safetensors",
    ),
    RepositoryRow(
        "tinkerbox/paper", "Paper", "lora sdxl", 28 * _MB,
        "Folded and cut.", "paper.safetensors",
    ),
    RepositoryRow(
        "tinkerbox/gears", "Gears", "main sdxl", 6_500 * _MB,
        "Machines that might work.", "gears.safetensors",
    ),
    RepositoryRow(
        "tinkerbox/vae-sharp", "Sharp VAE", "vae sd-1", 334 * _MB,
        "A sharper last step.", "vae_sharp.safetensors",
    ),
)  # fmt: skip

_STYLES = (
    "Aquatint", "Batik", "Cyanotype", "Daguerreotype", "Encaustic", "Fresco", "Grisaille", "Halftone",
    "Intaglio", "Kintsugi", "Lithograph", "Mezzotint", "Nihonga", "Origami", "Pastel", "Quilling",
    "Risograph", "Scratchboard", "Tempera", "Ukiyo", "Watercolour", "Xylograph", "Zine", "Ambrotype",
    "Blueprint", "Charcoal", "Diorama", "Embroidery", "Felt", "Gilding", "Impasto", "Jigsaw",
    "Knitting", "Linocut", "Mosaic", "Needlework", "Ombre", "Plasticine", "Stencil", "Tapestry",
)  # fmt: skip
_OF_STYLES = (("lora sdxl", 114 * _MB, ""), ("lora sd-1", 19 * _MB, " 1"), ("lora flux", 86 * _MB, " F"))


def _style(number: int, word: str) -> RepositoryRow:
    kind, size, mark = _OF_STYLES[number % len(_OF_STYLES)]
    file = f"{word}{mark}".lower().replace(" ", "_")
    return RepositoryRow(
        f"manystyles/{file}", f"{word}{mark}", kind, size, f"Anything, as {word}.", f"{file}.safetensors"
    )


REPOSITORIES = {row.id: row for row in (*_ROWS, *(_style(*each) for each in enumerate(_STYLES)))}
ORGANISATIONS = frozenset(row.id.partition("/")[0] for row in REPOSITORIES.values())
