"""Who we are to the server: a token, kept where nothing shows it."""

from __future__ import annotations

from .errors import InvalidInput


class Auth:
    """The `Authorization` of all requests: a bearer token, else what the server's URL held, else none."""

    def __init__(self, token: str | None = None, *, fallback: str | None = None) -> None:
        self._fallback = fallback
        self._token: str | None = None
        self.set_token(token)

    def __repr__(self) -> str:
        return f"Auth({'with' if self.headers() else 'without'} credentials)"

    @property
    def token(self) -> str | None:
        """The bearer token as it is. Do not show it."""
        return self._token

    def set_token(self, token: str | None) -> None:
        """Use another token from now on; None for none.

        Raises:
            InvalidInput: The token cannot be sent.
        """
        if token is not None and (not token.isascii() or not token.isprintable() or not token.strip()):
            raise InvalidInput(
                "The token is empty, or holds characters that no token has.",
                advice="Copy it again, without line breaks.",
            )
        self._token = token.strip() if token is not None else None

    def renew(self, token: str, sent: str | None) -> None:
        """Take a token that the server renewed, unless another one was set since the request was sent."""
        if sent == self.headers().get("Authorization"):
            self.set_token(token)

    def headers(self) -> dict[str, str]:
        """The header to send with a request, on HTTP and on the socket."""
        value = f"Bearer {self._token}" if self._token else self._fallback
        return {"Authorization": value} if value else {}
