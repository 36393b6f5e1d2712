"""Models that run at a provider: a record and nothing else."""

from __future__ import annotations

import re
from typing import Any

from invokeai_widgets.demo.changes import ModelRecordChanges
from invokeai_widgets.demo.store import DuplicateModelException, Records

from .sources import ExternalSource

_CAPABILITIES: dict[str, Any] = {
    "modes": ["txt2img"],
    "supports_reference_images": False,
    "supports_negative_prompt": True,
    "supports_seed": False,
    "supports_guidance": False,
    "supports_steps": False,
    "max_images_per_request": None,
    "max_image_size": None,
    "allowed_aspect_ratios": None,
    "aspect_ratio_sizes": None,
    "resolution_presets": None,
    "max_reference_images": None,
    "mask_format": "none",
    "input_image_required_for": None,
}


def register(records: Records, source: ExternalSource, changes: ModelRecordChanges) -> dict[str, Any]:
    """Store the record, or rewrite the one of that model; raises `DuplicateModelException`."""
    given = changes.wire()
    known = records.first("source", str(source))
    key = known["key"] if known else given["key"] or _slug(source)
    record = {
        "key": key, "hash": "", "path": "", "file_size": 0,
        "name": given["name"] or f"{source.provider_id} {source.provider_model_id}",
        "description": given["description"], "source": str(source), "source_type": "external",
        "source_api_response": None, "source_url": None, "cover_image": None,
        "type": "external_image_generator", "base": "external", "format": "external_api",
        "provider_id": source.provider_id, "provider_model_id": source.provider_model_id,
        "capabilities": given["capabilities"] or _CAPABILITIES,
        "default_settings": None, "panel_schema": None, "tags": None, "is_default": False,
    }  # fmt: skip
    if known:
        records.replace(key, record)
        return record
    try:
        records.add(record)
    except DuplicateModelException:
        raise DuplicateModelException(
            f"Model key '{key}' already exists. Provide a different key to install this external model."
        ) from None
    return record


def _slug(source: ExternalSource) -> str:
    words = re.sub(r"[^\w\s-]", "", f"{source.provider_id}-{source.provider_model_id}".lower())
    return re.sub(r"[-\s]+", "-", words)
