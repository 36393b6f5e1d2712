"""The users of a server, their passwords and tokens."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
import uuid
from datetime import datetime, timezone
from typing import Any

from invokeai_widgets.demo.web.answers import Refusal

from . import tokens

User = dict[str, Any]

DAY, WEEK = 86_400, 604_800  # seconds a token is good for, without and with `remember_me`
_ROUNDS = 20_000  # of hashing: a demo's password need not resist for long
_SINGLE = "system"  # the one user of a server without users


class Accounts:
    """Users in the database. In single-user mode everybody is the administrator, whatever his token."""

    def __init__(self, database: sqlite3.Connection, multiuser: bool, strict: bool) -> None:
        self._database = database
        self.multiuser, self.strict = multiuser, strict
        self._secret = secrets.token_bytes(32)

    @property
    def has_admin(self) -> bool:
        """Whether the server is set up."""
        return any(user["is_admin"] and user["is_active"] for user in self.all())

    def all(self) -> list[User]:
        """Every user, the oldest first."""
        return [
            json.loads(text) for (text,) in self._database.execute("SELECT record FROM users ORDER BY rowid")
        ]

    def get(self, user_id: str) -> User | None:
        """The user of that id."""
        row = self._database.execute("SELECT record FROM users WHERE user_id = ?", (user_id,)).fetchone()
        return json.loads(row[0]) if row else None

    def create(self, email: str, password: str, name: str | None, is_admin: bool) -> User:
        """A new user; refuses with 400 an address in use and, if strict, a weak password."""
        self._check_password(password)
        now = _now()
        user: User = {
            "user_id": str(uuid.uuid4()),
            "email": email,
            "display_name": name,
            "is_admin": is_admin,
            "is_active": True,
            "created_at": now,
            "updated_at": now,
            "last_login_at": None,
            "token_epoch": 0,
        }
        row = (user["user_id"], email, json.dumps(user), _hashed(password))
        try:
            self._database.execute("INSERT INTO users VALUES (?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            raise Refusal(400, f"User with email {email} already exists") from None
        return user

    def change(self, user: User, **changes: Any) -> User:
        """Change fields of a user; a `password` among them is hashed."""
        password = changes.pop("password", None)
        if password is not None:
            self._check_password(password)
            sql = "UPDATE users SET password = ? WHERE user_id = ?"
            self._database.execute(sql, (_hashed(password), user["user_id"]))
        user = user | changes | {"updated_at": _now()}
        self._database.execute(
            "UPDATE users SET record = ? WHERE user_id = ?", (json.dumps(user), user["user_id"])
        )
        return user

    def delete(self, user: User) -> None:
        """Remove a user."""
        self._database.execute("DELETE FROM users WHERE user_id = ?", (user["user_id"],))

    def log_in(self, email: str, password: str) -> User | None:
        """The user of that address and password; refuses with 403 one who is switched off."""
        sql = "SELECT record, password FROM users WHERE email = ?"
        row = self._database.execute(sql, (email,)).fetchone()
        if row is None or not _matches(password, row[1]):
            return None
        user: User = json.loads(row[0])
        if not user["is_active"]:
            raise Refusal(403, "User account is disabled")
        return self.change(user, last_login_at=f"{_now()}Z")

    def token(self, user: User, remember_me: bool) -> tuple[str, int]:
        """A token of the user, and how many seconds it is good for."""
        claims = {
            "user_id": user["user_id"],
            "email": user["email"],
            "is_admin": user["is_admin"],
            "remember_me": remember_me,
            "token_epoch": user["token_epoch"],
        }
        seconds = WEEK if remember_me else DAY
        return tokens.sign(self._secret, claims, seconds), seconds

    def of_header(self, header: str | None, nobody: str = "Authentication required") -> tuple[User, bool]:
        """The user of an Authorization header, and whether he is to be remembered; refuses with 401."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(401, nobody)
        claims = tokens.read(self._secret, token)
        if claims is None:
            raise Refusal(401, "Invalid or expired token")
        user = self.get(claims["user_id"])
        if user is None or not user["is_active"] or user["token_epoch"] != claims["token_epoch"]:
            raise Refusal(401, "User not found or inactive")
        return user, bool(claims["remember_me"])

    def of_socket(self, token: str | None) -> tuple[str, bool] | None:
        """Who connects with that token, and whether as an administrator; None: nobody who may."""
        if not self.multiuser:
            return _SINGLE, True
        try:
            user, _ = self.of_header(f"Bearer {token}" if token else None)
        except Refusal:
            return None
        return user["user_id"], user["is_admin"]

    def _check_password(self, password: str) -> None:
        if not self.strict:
            return
        kinds = (str.isupper, str.islower, str.isdigit)
        if len(password) < 8 or not all(any(kind(each) for each in password) for kind in kinds):
            raise Refusal(
                400,
                "Password must be at least 8 characters long and contain uppercase, lowercase, and numbers",
            )


def _now() -> str:
    return datetime.now(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds")


def _hashed(password: str) -> str:
    salt = secrets.token_hex(16)
    return f"{salt}:{_digest(password, salt)}"


def _matches(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition(":")
    return hmac.compare_digest(_digest(password, salt), digest)


def _digest(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), _ROUNDS).hex()
