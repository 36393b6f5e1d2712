"""Everything about one model, for the table's side pane."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.fates import removals
from invokeai_widgets.library.labels import label
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.table.editing import editor_fields, settings_in_words
from invokeai_widgets.widgets.table.shelf import Shelf

_FACTS = (
    ("Size", "size"),
    ("Variant", "variant"),
    ("Source", "source"),
    ("From", "source_type"),
    ("Path", "path"),
    ("Hash", "hash"),
    ("Key", "key"),
)
_MONO = {"path", "hash", "key"}
#: Shown elsewhere in the pane, or of no use to people.
_NOT_FACTS = {"submodels", "source_api_response", "image_encoder_model_id"}


def details_of(shelf: Shelf, key: str, related: Iterable[str]) -> dict[str, Any]:
    """What the pane shows beyond the row itself. Texts only, and no secrets."""
    catalog, record = shelf.catalog, shelf.models.get(key)
    row = catalog.row_of[key]
    triggers = catalog.frame["trigger_phrases"].iloc[row]
    settings = catalog.frame["default_settings"].iloc[row]
    return {
        "key": key,
        "facts": [*_facts(shelf, row), *_more_facts(record)],
        "description": catalog.values("description")[row],
        "triggers": list(triggers or ()),
        "settings": settings_in_words(settings),
        "files": _files(catalog, key),
        "related": [_named(shelf, other) for other in related if other in catalog.row_of],
        "editor": {"fields": editor_fields(record)} if record is not None else None,
    }


def _facts(shelf: Shelf, row: int) -> list[dict[str, Any]]:
    facts = []
    for title, name in _FACTS:
        value = shelf.catalog.values(name)[row]
        if value is None or value == "":
            continue
        text = _size(value) if name == "size" else label(name, str(value))
        facts.append({"label": title, "text": text, "mono": name in _MONO})
    return facts


def _size(size: int) -> str:
    return f"{words.size(size)} ({size:,} bytes)" if size >= 1000 else words.size(size)


def _more_facts(record: Any) -> list[dict[str, Any]]:
    """What else this server says of it, under the server's own words."""
    if record is None:
        return []
    extra = {"source_url": record.source_url, **record.model_extra}
    return [
        {
            "label": name.replace("_", " ").capitalize().replace(" url", " URL"),
            "text": redact_text(str(value)),
            "mono": False,
        }
        for name, value in extra.items()
        if name not in _NOT_FACTS and isinstance(value, (str, int, float)) and value != ""
    ]


def _files(catalog: Catalog, key: str) -> str:
    (removal,) = removals(catalog, [key])
    return "In InvokeAI's models folder: deleted together with the model." if removal.goes else removal.why


def _named(shelf: Shelf, key: str) -> dict[str, Any]:
    row = shelf.catalog.row_of[key]
    return {name: shelf.catalog.values(name)[row] for name in ("key", "name", "type", "base")}
