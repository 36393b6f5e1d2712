"""Tells what a model file or folder is, as InvokeAI 6.14.2 would, from its headers alone.

The rules are two tables to read: `files.RULES` for single files and `folders.RULES` for folders. What
InvokeAI knows beyond them (SDNQ-quantised models, Wan and Krea 2 checkpoints, Ideogram, Mistral and
vision-language encoders, upscalers other than ESRGAN's kin) is identified as unknown here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from . import files, folders, parts
from .checks import check_looks_like_model
from .classes import CLASSES, COMMON, class_fields, variants
from .hashing import hash_of, size_of
from .identified import Identified, complete_fields
from .rule import Rule
from .settings import default_settings
from .sidecar import read_sidecar
from .subject import Subject

__all__ = [
    "CLASSES",
    "COMMON",
    "Identified",
    "InvalidModelConfigException",
    "check_looks_like_model",
    "class_fields",
    "complete_fields",
    "default_settings",
    "hash_of",
    "identify",
    "size_of",
    "variants",
]


class InvalidModelConfigException(Exception):  # noqa: N818 - the name the server gives in `error_reason`
    """The model is recognised but cannot be used: the only refusal after identification."""


def identify(path: Path, overrides: Mapping[str, str | None] | None = None) -> Identified:
    """What the file or folder at `path` is; type, base and format are "unknown" if no rule applies.

    `overrides` may name `type`, `base`, `format` and `variant` (only a class that fits them is taken, so
    wrong ones lead to unknown), `name` (some rules and settings look at it) and `hash` and `file_size`
    (then not computed). Blocks while it hashes: about a second per gigabyte or two.

    Raises `ValueError` for what InvokeAI refuses to look at, and `InvalidModelConfigException` for a
    model that is recognised and incomplete, both in the server's words.
    """
    given = {name: value for name, value in (overrides or {}).items() if value}
    check_looks_like_model(path)
    subject = Subject(path, given.get("name"))
    type_, base, format_, told = _class_of(subject, given)
    fields = complete_fields(type_, base, format_, subject.name, told)
    description, phrases = read_sidecar(path.resolve()) if type_ == "lora" else (None, None)
    if phrases:
        fields["trigger_phrases"] = phrases
    return Identified(
        type=type_,
        base=base,
        format=format_,
        path=path.as_posix(),
        name=subject.name,
        hash=given.get("hash") or hash_of(path),
        file_size=int(given.get("file_size") or size_of(path)),
        description=description,
        fields=fields,
    )


def _class_of(subject: Subject, given: Mapping[str, str]) -> tuple[str, str, str, dict[str, object]]:
    is_file = subject.path.is_file()
    rules = files.RULES if is_file else folders.RULES
    if not is_file or subject.readable:
        for rule in rules:
            found = _fitting(rule, subject, given)
            if found is not None:
                return found
        if is_file and (reason := parts.refusal(subject)):
            raise InvalidModelConfigException(f"Model at {subject.path} cannot be used: {reason}")
    return "unknown", "unknown", "unknown", {}


def _fitting(
    rule: Rule, subject: Subject, given: Mapping[str, str]
) -> tuple[str, str, str, dict[str, object]] | None:
    """The class of the rule with what it tells, if it applies and agrees with what was given."""
    if given.get("type", rule.type) != rule.type or given.get("format", rule.format) != rule.format:
        return None
    found = rule.apply(subject)
    if found is None or given.get("base", found[0]) != found[0]:
        return None
    base, told = found
    if "variant" in given:
        if given["variant"] not in variants(rule.type, base):
            return None
        told["variant"] = given["variant"]
    return rule.type, base, rule.format, told
