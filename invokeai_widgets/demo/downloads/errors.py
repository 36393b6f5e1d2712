"""What a download fails with, by the names the server gives in `error_reason`."""

from __future__ import annotations


class HTTPError(Exception):
    """The file server refused; the text is its reason."""


class ConnectionError(Exception):  # noqa: A001
    """Nobody answers at that address."""


class ChunkedEncodingError(Exception):
    """The connection ended before the file did."""

    def __init__(self, received: int, missing: int) -> None:
        cut = f"IncompleteRead({received} bytes read, {missing} more expected)"
        super().__init__(f"('Connection broken: {cut}', {cut})")


class UnsafeDownloadURLException(Exception):  # noqa: N818
    """The address is one that only the server can reach."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Refusing to download from '{host}': it resolves to a non-public address. "
            "Set `allow_private_download_urls` to allow this."
        )


class PausedError(Exception):
    """The download stopped, and its partial file is kept."""


class RefusedRangeError(PausedError):
    """The file server would not go on from where the partial file ends."""
