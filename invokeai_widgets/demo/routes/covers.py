"""Cover images."""

from __future__ import annotations

from email.utils import formatdate

from starlette.datastructures import UploadFile
from starlette.responses import Response

from invokeai_widgets.demo.store import UnknownModelError
from invokeai_widgets.demo.web.answers import Crash, Refusal, json_answer, nothing
from invokeai_widgets.demo.web.asking import missing

from .table import MODELS, OPEN, Asked, Route

_PATH = f"{MODELS}/i/{{key}}/image"


async def get_image(asked: Asked) -> Response:
    """The image: a WEBP which is said to be a PNG. None: 500, where 404 is meant."""
    key = asked.request.path_params["key"]
    try:
        file = asked.backend.covers.file(key)
    except KeyError as error:
        raise Crash("File does not exist") from error
    # Not by FileResponse: one that is cancelled, as at the end of the server, leaves its file open.
    changed = file.stat().st_mtime
    return Response(
        file.read_bytes(),
        media_type="image/png",
        headers={
            "cache-control": "max-age=31536000",
            "content-disposition": f'inline; filename="{key}.png"',
            "etag": f'"{int(changed * 1e6):x}"',
            "last-modified": formatdate(changed, usegmt=True),
        },
    )


async def set_image(asked: Asked) -> Response:
    """Take a new image."""
    backend, key = asked.backend, asked.request.path_params["key"]
    async with asked.request.form() as form:
        image = form.get("image")
        if not isinstance(image, UploadFile):
            raise Refusal(422, [missing("body", "image")])
        if not (image.content_type or "").startswith("image"):
            raise Refusal(415, "Not an image")
        with backend.claim(key):
            if backend.version.release >= (6, 13):
                _check(asked, key)
            try:
                backend.covers.save(key, await image.read())
            except ValueError as error:
                raise Refusal(415, str(error)) from None
    return json_answer(None)


async def delete_image(asked: Asked) -> Response:
    """Remove the image; also that of a model which is gone."""
    backend, key = asked.backend, asked.request.path_params["key"]
    with backend.claim(key):
        if not backend.covers.delete(key):
            if backend.version.release < (6, 13):
                raise Crash
            raise Refusal(404, "Model image file not found")
    return nothing()


def _check(asked: Asked, key: str) -> None:
    try:
        asked.backend.records.get(key)
    except UnknownModelError as error:
        raise Refusal(404, str(error)) from None


ROUTES = (
    Route("GET", _PATH, get_image, OPEN),
    Route("PATCH", _PATH, set_image),
    Route("DELETE", _PATH, delete_image),
)
