"""Users: setup, login, and what an administrator does with them."""

from __future__ import annotations

import secrets

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from invokeai_widgets.demo.auth.accounts import User
from invokeai_widgets.demo.web.answers import Refusal, json_answer, nothing
from invokeai_widgets.demo.web.asking import body

from .table import ADMIN, OPEN, Asked, Route

_PATH = "/api/v1/auth"
_COOKIE = "invokeai_media_token"
_SINGLE_USER = "Multiuser mode is disabled. {} is not required in single-user mode."


class _WithEmail(BaseModel):
    email: str

    @field_validator("email")
    @classmethod
    def _looks_like_one(cls, value: str) -> str:
        name, at, host = value.partition("@")
        if not at:
            why = "An email address must have an @-sign."
        elif not name or not host or " " in value:
            why = "There must be something before and after the @-sign."
        else:
            return value
        raise PydanticCustomError("value_error", "Invalid email address: {why}", {"why": why})


class _Login(_WithEmail):
    password: str
    remember_me: bool = False


class _Setup(_WithEmail):
    password: str
    display_name: str | None = None


class _NewUser(_Setup):
    is_admin: bool = False


class _Profile(BaseModel):
    display_name: str | None = None
    current_password: str | None = None
    new_password: str | None = None


class _UserChanges(BaseModel):
    model_config = ConfigDict(extra="ignore")
    display_name: str | None = None
    password: str | None = None
    is_admin: bool | None = None
    is_active: bool | None = None


async def status(asked: Asked) -> Response:
    """The mode, and whether it is set up: how a client finds out that there are users."""
    accounts = asked.backend.accounts
    return json_answer(
        {
            "setup_required": accounts.multiuser and not accounts.has_admin,
            "multiuser_enabled": accounts.multiuser,
            "strict_password_checking": accounts.strict,
            "admin_email": None,
        }
    )


async def setup(asked: Asked) -> Response:
    """Make the first administrator."""
    given: _Setup = await body(asked.request, _Setup)
    _only_multiuser(asked, "Admin setup")
    if asked.backend.accounts.has_admin:
        raise Refusal(400, "Administrator account already configured")
    user = asked.backend.accounts.create(given.email, given.password, given.display_name, is_admin=True)
    return json_answer({"success": True, "user": user})


async def log_in(asked: Asked) -> Response:
    """A token for address and password."""
    given: _Login = await body(asked.request, _Login)
    _only_multiuser(asked, "Authentication")
    accounts = asked.backend.accounts
    user = accounts.log_in(given.email, given.password)
    if user is None:
        raise Refusal(401, "Incorrect email or password", {"WWW-Authenticate": "Bearer"})
    token, seconds = accounts.token(user, given.remember_me)
    answer = json_answer({"token": token, "user": user, "expires_in": seconds})
    answer.set_cookie(_COOKIE, token, max_age=seconds, path="/api/v1", httponly=True, samesite="lax")
    return answer


async def log_out(asked: Asked) -> Response:
    """Forget the cookie; the token stays good till it expires."""
    answer = json_answer({"success": True})
    answer.delete_cookie(_COOKIE, path="/api/v1", samesite="lax")
    return answer


async def me(asked: Asked) -> Response:
    """Who asks; a server without users knows nobody."""
    return json_answer(_who(asked))


async def change_me(asked: Asked) -> Response:
    """Change one's own name or password."""
    user, accounts = _who(asked), asked.backend.accounts
    given: _Profile = await body(asked.request, _Profile)
    changes = {}
    if given.new_password is not None:
        if not given.current_password:
            raise Refusal(400, "Current password is required to set a new password")
        if accounts.log_in(user["email"], given.current_password) is None:
            raise Refusal(400, "Current password is incorrect")
        changes["password"] = given.new_password
    if given.display_name is not None:
        changes["display_name"] = given.display_name
    return json_answer(accounts.change(user, **changes))


async def generate_password(asked: Asked) -> Response:
    """A password that strict checking takes."""
    return json_answer({"password": f"Aa1{secrets.token_urlsafe(12)}"})


async def list_users(asked: Asked) -> Response:
    """All users."""
    return json_answer(asked.backend.accounts.all())


async def create_user(asked: Asked) -> Response:
    """Add a user."""
    given: _NewUser = await body(asked.request, _NewUser)
    accounts = asked.backend.accounts
    return json_answer(accounts.create(given.email, given.password, given.display_name, given.is_admin), 201)


async def get_user(asked: Asked) -> Response:
    """One user."""
    return json_answer(_user(asked))


async def update_user(asked: Asked) -> Response:
    """Change a user; one who is switched off loses his sockets at once."""
    user, accounts = _user(asked), asked.backend.accounts
    given: _UserChanges = await body(asked.request, _UserChanges)
    changes = given.model_dump(exclude_none=True)
    stays = changes.get("is_admin", user["is_admin"]) and changes.get("is_active", user["is_active"])
    _keep_an_admin(asked, user, bool(stays))
    user = accounts.change(user, **changes)
    if not user["is_active"]:
        await asked.backend.events.drop_user(user["user_id"])
    return json_answer(user)


async def delete_user(asked: Asked) -> Response:
    """Remove a user."""
    user = _user(asked)
    _keep_an_admin(asked, user, stays=False)
    asked.backend.accounts.delete(user)
    await asked.backend.events.drop_user(user["user_id"])
    return nothing()


def _keep_an_admin(asked: Asked, user: User, stays: bool) -> None:
    admins = [each for each in asked.backend.accounts.all() if each["is_admin"] and each["is_active"]]
    if not stays and [each["user_id"] for each in admins] == [user["user_id"]]:
        raise Refusal(400, "Cannot remove the last administrator")


def _user(asked: Asked) -> User:
    user = asked.backend.accounts.get(asked.request.path_params["user_id"])
    if user is None:
        raise Refusal(404, "User not found")
    return user


def _who(asked: Asked) -> User:
    header = asked.request.headers.get("authorization")
    try:
        return asked.backend.accounts.of_header(header, "Missing authentication credentials")[0]
    except Refusal as error:
        if error.detail == "Invalid or expired token":
            error.detail = "Invalid or expired authentication token"
        raise Refusal(error.status, error.detail, {"WWW-Authenticate": "Bearer"}) from None


def _only_multiuser(asked: Asked, what: str) -> None:
    if not asked.backend.accounts.multiuser:
        raise Refusal(403, _SINGLE_USER.format(what))


_SINCE = (6, 13)

ROUTES = tuple(
    Route(method, f"{_PATH}{path}", handler, rights, _SINCE)
    for method, path, handler, rights in (
        ("GET", "/status", status, OPEN),
        ("POST", "/setup", setup, OPEN),
        ("POST", "/login", log_in, OPEN),
        ("POST", "/logout", log_out, OPEN),
        ("GET", "/me", me, OPEN),
        ("PATCH", "/me", change_me, OPEN),
        ("GET", "/generate-password", generate_password, ADMIN),
        ("GET", "/users", list_users, ADMIN),
        ("POST", "/users", create_user, ADMIN),
        ("GET", "/users/{user_id}", get_user, ADMIN),
        ("PATCH", "/users/{user_id}", update_user, ADMIN),
        ("DELETE", "/users/{user_id}", delete_user, ADMIN),
    )
)
