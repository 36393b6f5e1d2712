"""Other sites than the server, which are asked how large their files are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from .errors import InvalidInput
from .transport import content_length, open_pool

_SECONDS: Final = 5.0
_AT_ONCE: Final = 8


async def file_sizes(urls: Iterable[str]) -> dict[str, int]:
    """The bytes of files on the web; those that their sites do not tell are left out.

    Nothing of ours goes there, no token and no cookie.
    """
    asked = list(dict.fromkeys(urls))
    gate = asyncio.Semaphore(_AT_ONCE)
    try:
        opened = open_pool(follow_redirects=True, timeout=_SECONDS)
    except InvalidInput:  # it is said when the server is asked for something
        return {}
    async with opened as pool:

        async def one(url: str) -> int | None:
            async with gate:
                return await content_length(pool, url)

        sizes = await asyncio.gather(*map(one, asked))
    return {url: size for url, size in zip(asked, sizes, strict=True) if size is not None}
