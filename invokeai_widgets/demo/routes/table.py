"""What a row of the tables of routes says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from invokeai_widgets.demo.auth.accounts import User
from invokeai_widgets.demo.backend import Backend


class Asked(NamedTuple):
    """What a handler gets."""

    request: Request
    backend: Backend
    user: User | None


Handler = Callable[[Asked], Awaitable[Response]]

OPEN, USER, ADMIN = "open", "user", "admin"
MODELS = "/api/v2/models"


@dataclass(frozen=True)
class Route:
    """One method of one path. `rights`: who may ask in multi-user mode."""

    method: str
    path: str
    handler: Handler
    rights: str = ADMIN
    since: tuple[int, ...] = ()  # the first version that has it
