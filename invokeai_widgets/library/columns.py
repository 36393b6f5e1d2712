"""The columns of the model frame: the one place that says what each holds and where it comes from.

The index is `key`, InvokeAI's identity of a record (it changes only when a model is converted). Dtypes are
the same whatever the records hold, an empty frame included.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind (see `KINDS`), and what it holds."""

    name: str
    kind: str
    says: str


KINDS = {
    "category": "pandas categorical of strings; missing where the server says nothing",
    "text": "pandas `string`; missing where the server says nothing",
    "bytes": "`Int64`, whole bytes of any size; missing where unknown",
    "flag": "`bool`",
    "object": "Python values, None where there are none",
}

COLUMNS = (
    Column("name", "text", "The name people gave it. Not unique."),
    Column("type", "category", "InvokeAI's type, e.g. `main`, `lora`, `vae`; `unknown` if not identified."),
    Column("base", "category", "The base it works with, e.g. `sd-1`, `sdxl`, `flux`; `any`; `unknown`."),
    Column("format", "category", "How it is stored, e.g. `checkpoint`, `diffusers`, `lycoris`."),
    Column("variant", "category", "E.g. `normal`, `inpaint`, `schnell`, for types that have variants."),
    Column("size", "bytes", "Of the file, or of all files of the folder (`file_size`), in bytes."),
    Column("hash", "text", "Of the content, e.g. `blake3:...`. Two records with one hash are duplicates."),
    Column("path", "text", "On the server: absolute if used in place, else relative to its models folder."),
    Column("in_place", "flag", "The file lies where the user put it, outside InvokeAI's models folder."),
    Column("missing", "flag", "The server does not find the file (`GET /api/v2/models/missing`)."),
    Column("source", "text", "Where it came from: a path, a URL or a repository, without tokens."),
    Column("source_type", "category", "`path`, `url`, `hf_repo_id` or `external`."),
    Column("description", "text", "Free text."),
    Column("trigger_phrases", "object", "A sorted tuple of strings: the server keeps them in no order."),
    Column("default_settings", "object", "A dict; the type of model says with which entries."),
    Column("cover", "flag", "Whether it has a cover image."),
)

NAMES = tuple(column.name for column in COLUMNS)
BY_NAME = {column.name: column for column in COLUMNS}


def describe() -> str:
    """The columns as text, one a line, for docstrings and the documentation."""
    return "\n".join(f"{c.name} ({KINDS[c.kind].split(';')[0]}): {c.says}" for c in COLUMNS)
