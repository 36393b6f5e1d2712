"""The calls about the users of a multi-user server."""

from __future__ import annotations

import json

from invokeai_widgets.client.schema import AuthStatus, User

from . import readers
from .call import Call

_AUTH = "api/v1/auth"


def status() -> Call[AuthStatus]:
    return Call("find out who may log in", "GET", f"{_AUTH}/status", readers.one(AuthStatus))


def login(email: str, password: str, remember_me: bool) -> Call[tuple[str, User]]:
    body = {"email": email, "password": password, "remember_me": remember_me}
    return Call(f"log in as {email}", "POST", f"{_AUTH}/login", _token_and_user, body=body)


def logout() -> Call[None]:
    return Call("log out", "POST", f"{_AUTH}/logout", readers.nothing)


def me() -> Call[User]:
    return Call("read who is logged in", "GET", f"{_AUTH}/me", readers.one(User))


def _token_and_user(body: bytes) -> tuple[str, User]:
    answer = json.loads(body)
    return str(answer["token"]), User.from_wire(answer.get("user"))
