"""`AsyncInvokeAIClient`: the way in for programs that await."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .auth import Auth
from .endpoints import auth as auth_calls
from .errors import InvalidInput, NotFound, NotLoggedIn, NotSupported
from .repository import AsyncDnnModelRepository
from .schema import AuthStatus, ServerVersion, User
from .transport import Transport
from .urls import parse_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import httpx
    from typing_extensions import Self

    from .watch import JobWatch


class AsyncInvokeAIClient:
    """An InvokeAI server. Belongs to the event loop in which it is used first; close it when done.

    ```python
    async with AsyncInvokeAIClient.from_url("http://localhost:9090") as client:
        models = await client.dnn_model_repo.list_models()
    ```

    Attributes:
        dnn_model_repo: The models of the server.
    """

    def __init__(self, transport: Transport, watch: JobWatch | None = None) -> None:
        self._transport = transport
        self._watch = watch
        self.dnn_model_repo = AsyncDnnModelRepository(transport, lambda: self.jobs)

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        token: str | None = None,
        http: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> Self:
        """A client of the server at that address; nothing is sent yet.

        Args:
            url: E.g. `http://localhost:9090`, or `https://host/folder` behind a proxy. A user and password in
                it are sent as basic authorization, and shown nowhere.
            token: The token of a user of a multi-user server; `login` gets one.
            http: Makes the httpx transport to send with instead of the network: for tests and embedding.

        Raises:
            InvalidInput: The address or the token cannot be one.
        """
        address = parse_address(url)
        if token is not None and address.authorization is not None:
            raise InvalidInput(
                "There are a user in the address and a token, and only one of them can be sent.",
                advice="Leave one of them out.",
            )
        return cls(Transport(address, Auth(token, fallback=address.authorization), http=http))

    @property
    def base_url(self) -> str:
        """The server's address, with a slash at the end and without secrets."""
        return self._transport.address.base

    @property
    def jobs(self) -> JobWatch:
        """The install jobs, watched live while someone subscribes."""
        if self._watch is None:
            from .watch import JobWatch

            self._watch = JobWatch(self._transport)
        return self._watch

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    async def version(self) -> ServerVersion:
        """The version of the server (`GET /api/v1/app/version`). Asked once; needs no login."""
        return await self._transport.version()

    async def auth_status(self) -> AuthStatus:
        """Whether the server has users (`GET /api/v1/auth/status`). Needs no login."""
        try:
            return await self._transport.send(auth_calls.status())
        except NotSupported:  # servers before InvokeAI 6.13 know no users
            return AuthStatus()

    async def login(self, email: str, password: str, remember_me: bool = False) -> User:
        """Log in to a multi-user server; all that follows is asked as that user (`POST /api/v1/auth/login`).

        The token lasts a day, or a week with `remember_me`, and is renewed while changes are made.

        Raises:
            InvalidInput: The server's address has a user in it, and only one of the two can be sent.
            NotSupported: The server has no users: nobody needs to log in.
            NotLoggedIn: Wrong email or password; upper and lower case matter in both.
            NotAllowed: The account is switched off.
        """
        if self._transport.address.authorization is not None:
            raise InvalidInput(
                "There is a user in the server's address, and only one login can be sent.",
                advice="Leave the user out of the address.",
            )
        if not (await self.auth_status()).multiuser_enabled:
            raise NotSupported("This server has no users.", advice="Nobody needs to log in: go on without.")
        token, user = await self._transport.send(auth_calls.login(email, password, remember_me))
        self._be_another_user(token)
        return user

    async def logout(self) -> None:
        """Forget the token. On the server it stays good until it expires (`POST /api/v1/auth/logout`).

        Raises:
            Unreachable, RequestTimedOut, ServerFault: The server could not be told; the token is forgotten.
        """
        if self._transport.auth.token is None:
            return
        try:
            # Else the token was no longer good, or never one of this server.
            with suppress(NotFound, NotLoggedIn, NotSupported):
                await self._transport.send(auth_calls.logout())
        finally:
            self._be_another_user(None)

    async def whoami(self) -> User | None:
        """The user one is logged in as; None on a server without users (`GET /api/v1/auth/me`).

        Raises:
            NotLoggedIn: The server has users, and the token is missing or no longer good.
        """
        if not (await self.auth_status()).multiuser_enabled:
            return None
        return await self._transport.send(auth_calls.me())

    def _be_another_user(self, token: str | None) -> None:
        """The open socket still speaks for the one before."""
        self._transport.auth.set_token(token)
        if self._watch is not None:
            self._watch.begin_again()

    async def aclose(self) -> None:
        """End watching and close all connections. The client cannot be used afterwards."""
        if self._watch is not None:
            await self._watch.aclose()
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
