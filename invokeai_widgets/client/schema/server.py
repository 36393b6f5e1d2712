"""What the server says about itself, its users, its cache, its folders and its hub."""

from __future__ import annotations

import re
from typing import Any, TypedDict

import msgspec

from .base import Value, Wire


class ServerVersion(Wire, frozen=True, kw_only=True, eq=False):
    """The version of InvokeAI (`GET /api/v1/app/version`)."""

    version: str = ""

    @property
    def release(self) -> tuple[int, ...]:
        """The numbers of it, e.g. `(6, 14, 2)`; empty if it cannot be read."""
        found = re.match(r"\d+(?:\.\d+)*", self.version)
        return tuple(int(part) for part in found.group().split(".")) if found else ()

    def __str__(self) -> str:
        return self.version


class FoundModel(Wire, frozen=True, kw_only=True, eq=False):
    """A file or folder in a scanned folder that could be a model (`GET /api/v2/models/scan_folder`).

    Attributes:
        path: Absolute, on the server.
        is_installed: Whether InvokeAI has a record of it.
    """

    path: str = ""
    is_installed: bool = False


class CacheStats(Wire, frozen=True, kw_only=True, eq=False):
    """What the model cache did since the server last ran something (`GET /api/v2/models/stats`).

    Attributes:
        hits, misses: Models found in the cache, or not.
        high_watermark: The most bytes used so far.
        in_cache: Number of models in it.
        cleared: Number of models dropped from it.
        cache_size: Its size in bytes.
        loaded_model_sizes: Bytes by model.
    """

    hits: int = 0
    misses: int = 0
    high_watermark: int = 0
    in_cache: int = 0
    cleared: int = 0
    cache_size: int = 0
    loaded_model_sizes: dict[str, int] = msgspec.field(default_factory=dict)


class HFStatus(Value, frozen=True, kw_only=True):
    """Whether the server can log in to Hugging Face; true if it can (`GET /api/v2/models/hf_login`).

    Attributes:
        status: `valid`, `invalid` (no token stored) or `unknown` (a token the hub did not confirm).
        note: What else to know, or None.
    """

    status: str
    note: str | None = None

    def __bool__(self) -> bool:
        return self.status == "valid"

    @property
    def meaning(self) -> str:
        """The status in words."""
        return _HF_MEANING.get(self.status, f"The server says: {self.status}.")


_HF_MEANING = {
    "valid": "Logged in to Hugging Face.",
    "invalid": "The server has no Hugging Face token.",
    "unknown": "The hub did not confirm the server's token: it may be wrong, or the hub away.",
}


class HuggingFaceFiles(Wire, frozen=True, kw_only=True, eq=False):
    """What can be installed from a Hugging Face repository (`GET /api/v2/models/hugging_face`).

    Attributes:
        urls: Its checkpoint files, each of which can be installed by itself; None if there are none.
        is_diffusers: Whether the repository as a whole is one model.
    """

    urls: list[str] | None = None
    is_diffusers: bool = False


class StarterModel(Wire, frozen=True, kw_only=True, eq=False):
    """A model that InvokeAI suggests (`GET /api/v2/models/starter_models`).

    Attributes:
        source: What `install_model` takes: a repository, a URL, or an external service.
        type, base, format: InvokeAI's words, `unknown` or None if it does not say.
        is_installed: Whether the server has it already.
        dependencies: Other starter models that it needs, as the server describes them; None for none.
    """

    name: str = ""
    description: str | None = None
    source: str = ""
    type: str = "unknown"
    base: str = "unknown"
    format: str | None = None
    is_installed: bool = False
    dependencies: list[dict[str, Any]] | None = None


class StarterBundle(Value, frozen=True, kw_only=True):
    """Suggested models that go together (`GET /api/v2/models/starter_models`).

    Attributes:
        key: The server's name of it: a base, e.g. `sdxl`.
        name: The same for people.
        models: All that belong to it, those installed already too.
    """

    key: str
    name: str
    models: tuple[StarterModel, ...]


class StarterList(Value, frozen=True, kw_only=True):
    """All that InvokeAI suggests (`GET /api/v2/models/starter_models`)."""

    models: tuple[StarterModel, ...] = ()
    bundles: tuple[StarterBundle, ...] = ()


class OrphanedFolder(Wire, frozen=True, kw_only=True, eq=False):
    """A folder in InvokeAI's models folder that belongs to no model (`GET /api/v2/models/sync/orphaned`).

    Attributes:
        path: Relative to the models folder.
        absolute_path: The same, absolute, on the server.
        files: Relative to the folder.
        size_bytes: Of all its files.
    """

    path: str = ""
    absolute_path: str = ""
    files: list[str] = msgspec.field(default_factory=list)
    size_bytes: int = 0


class User(Wire, frozen=True, kw_only=True, eq=False):
    """A user of a multi-user server (`GET /api/v1/auth/me`).

    Attributes:
        user_id: Does not change.
        display_name: For people, or None.
        is_admin: Whether models may be changed; others may only look.
        is_active: Whether a login is possible.
    """

    user_id: str = ""
    email: str = ""
    display_name: str | None = None
    is_admin: bool = False
    is_active: bool = True


class AuthStatus(Wire, frozen=True, kw_only=True, eq=False):
    """How one gets in (`GET /api/v1/auth/status`); a server too old to know of users is a single-user one.

    Attributes:
        multiuser_enabled: Whether the server asks for a login.
        setup_required: Whether its first administrator is still to be made, on its own page.
        strict_password_checking: Whether weak passwords are refused.
        admin_email: Of the first administrator, or None.
    """

    multiuser_enabled: bool = False
    setup_required: bool = False
    strict_password_checking: bool = False
    admin_email: str | None = None


class BulkResult(Value, frozen=True, kw_only=True):
    """The outcome of an operation on several models.

    Attributes:
        succeeded: The keys (or paths) it worked for, in the order asked.
        failed: The reason by key (or path) for the others.
    """

    succeeded: tuple[str, ...] = ()
    failed: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many were asked for."""
        return len(self.succeeded) + len(self.failed)

    @property
    def ok(self) -> bool:
        """Whether it worked for all."""
        return not self.failed


class DeleteSummary(TypedDict):
    """What `delete_all_models` did: numbers, and the reason by key for those that are still there."""

    total: int
    deleted: int
    failed: int
    errors: dict[str, str]
