"""Cover images: one small WEBP file a key."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

from PIL import Image

from invokeai_widgets.demo.paths import is_plain_filename

_SIDE = 256  # pixels


class Covers:
    """The folder of the images. They stay when their model goes, as InvokeAI's do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = {file.stem for file in folder.glob("*.webp")} if folder.exists() else set()

    def save(self, key: str, content: bytes) -> None:
        """Shrink an image and keep it; raises `ValueError` if it is none."""
        try:
            with Image.open(io.BytesIO(content)) as image:
                small = image.convert("RGBA" if "A" in image.getbands() else "RGB")
        except Exception as error:  # pillow raises many kinds for bytes that are no image
            raise ValueError("Failed to read image") from error
        small.thumbnail((_SIDE, _SIDE))
        self._folder.mkdir(parents=True, exist_ok=True)
        small.save(self.file(key), "WEBP")
        self._known.add(key)

    def file(self, key: str) -> Path:
        """Where the image of that key is, or would be; raises `ValueError` for a key no file can have."""
        if not is_plain_filename(key):
            raise ValueError("Model image file not found")
        return self._folder / f"{key}.webp"

    def delete(self, key: str) -> bool:
        """Remove it; False if there was none."""
        if key not in self._known:
            return False
        self.file(key).unlink(missing_ok=True)
        self._known.discard(key)
        return True

    def move(self, key: str, new_key: str) -> None:
        """Give it to another key, if there is one."""
        if key in self._known:
            self.file(key).replace(self.file(new_key))
            self._known.discard(key)
            self._known.add(new_key)

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __bool__(self) -> bool:
        return bool(self._known)

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with the address of its image, whose tag is new in every answer."""
        key = record["key"]
        address = f"api/v2/models/i/{key}/image?{uuid.uuid4()}" if key in self else None
        return record | {"cover_image": address}
