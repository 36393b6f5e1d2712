"""Cover images: one small WEBP file a key."""

from __future__ import annotations

import io
import sqlite3
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from invokeai_widgets.demo.paths import is_plain_filename

_SIDE = 256  # pixels
_NONE = '"cover_image":null'  # in the text of a record: quotes in its strings are escaped

Paint = Callable[[str], Image.Image]
"""The key of an invented model -> its picture."""


class Covers:
    """The folder of the images. They stay when their model goes, as InvokeAI's do.

    Those of an invented library are only promised, and painted when somebody looks: there may be 60,000.
    """

    def __init__(self, folder: Path, database: sqlite3.Connection, paint: Paint) -> None:
        self._folder, self._database, self._paint = folder, database, paint
        self._known = {file.stem for file in folder.glob("*.webp")} if folder.exists() else set()
        self._known.update(key for (key,) in database.execute("SELECT key FROM promised_covers"))

    def save(self, key: str, content: bytes) -> None:
        """Shrink an image and keep it; raises `ValueError` if it is none."""
        try:
            with Image.open(io.BytesIO(content)) as image:
                small = image.convert("RGBA" if "A" in image.getbands() else "RGB")
        except Exception as error:  # pillow raises many kinds for bytes that are no image
            raise ValueError("Failed to read image") from error
        small.thumbnail((_SIDE, _SIDE))
        self._keep(key, small)

    def promise(self, keys: Iterable[str]) -> None:
        """Let these have a picture, which is painted when it is asked for."""
        rows = [(key,) for key in keys]
        self._database.executemany("INSERT OR IGNORE INTO promised_covers VALUES (?)", rows)
        self._known.update(key for (key,) in rows)

    def file(self, key: str) -> Path:
        """Where the image of that key is; raises `KeyError` if it has none."""
        if key not in self._known:
            raise KeyError(key)
        file = self._place(key)
        if not file.exists():
            self._keep(key, self._paint(key))
        return file

    def delete(self, key: str) -> bool:
        """Remove it; False if there was none."""
        if key not in self._known:
            return False
        self._place(key).unlink(missing_ok=True)
        self._forget(key)
        return True

    def move(self, key: str, new_key: str) -> None:
        """Give it to another key, if there is one."""
        if key in self._known:
            self.file(key).replace(self._place(new_key))
            self._forget(key)
            self._known.add(new_key)

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with the address of its image, whose tag is new in every answer."""
        key = record["key"]
        return record | {"cover_image": _address(key) if key in self else None}

    def shown_text(self, key: str, text: str) -> str:
        """The same for the text of a record."""
        return text.replace(_NONE, f'"cover_image":"{_address(key)}"', 1) if key in self._known else text

    def _keep(self, key: str, image: Image.Image) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        image.save(self._place(key), "WEBP")
        self._known.add(key)

    def _forget(self, key: str) -> None:
        self._known.discard(key)
        self._database.execute("DELETE FROM promised_covers WHERE key = ?", (key,))

    def _place(self, key: str) -> Path:
        """Where the image of that key would be; raises `ValueError` for a key no file can have."""
        if not is_plain_filename(key):
            raise ValueError("Model image file not found")
        return self._folder / f"{key}.webp"


def _address(key: str) -> str:
    return f"api/v2/models/i/{key}/image?{uuid.uuid4()}"
