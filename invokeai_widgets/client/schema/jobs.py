"""Install jobs, as InvokeAI reports them, without the secrets it echoes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from invokeai_widgets.client.secrets import holds_secret, redact, redact_text

from .base import Value, Wire
from .records import ModelRecord

if TYPE_CHECKING:
    from typing_extensions import Self


class InstallStatus:
    """The states of an install job. A server may know others; they are kept as they are."""

    WAITING: Final = "waiting"
    DOWNLOADING: Final = "downloading"
    DOWNLOADS_DONE: Final = "downloads_done"
    RUNNING: Final = "running"
    PAUSED: Final = "paused"
    COMPLETED: Final = "completed"
    ERROR: Final = "error"
    CANCELLED: Final = "cancelled"
    #: Ours: the server no longer knows the job.
    LOST: Final = "lost"

    FINAL: Final = frozenset({"completed", "error", "cancelled", "lost"})
    FAILED: Final = frozenset({"error", "cancelled", "lost"})


class DownloadPart(Wire, frozen=True, kw_only=True, eq=False):
    """One file of a remote install.

    Attributes:
        url: Where it comes from, without passwords and tokens.
        local_path: Where it goes on the server, or None before it has begun.
        status: `waiting`, `running`, `paused`, `completed`, `cancelled` or `error`.
        bytes, total_bytes: Arrived so far, and in all; in bytes, 0 if not known yet.
        error: The server's own words if it failed, else None.
    """

    url: str = msgspec.field(default="", name="source")
    local_path: str | None = msgspec.field(default=None, name="download_path")
    status: str = "waiting"
    bytes: int = 0
    total_bytes: int = 0
    error: str | None = None


class ModelInstJobInfo(Value, frozen=True, kw_only=True):
    """The state of an install job (`GET /api/v2/models/install/{id}`). Holds no secrets.

    Attributes:
        job_id: The number on the server. Numbers begin at 0 again when the server restarts. -1 if there was
            nothing to do, as the model is there.
        status: One of `InstallStatus`, or a word that a newer server uses.
        source: What is installed: a path, a URL or a repository; secrets left out.
        inplace: Whether the file is left where it is.
        local_path: The file on the server, while it is being installed.
        bytes, total_bytes: Downloaded so far, and in all, in bytes; 0 if not known (yet).
        error_reason: The kind of error, a class name of the server's.
        error: The server's own words.
        config_out: The record that came of it, once completed.
        model_key: Its key.
        parts: The files of a remote install.
        warning: Completed, but with something the user should know; in words, or None.
        advice: After a failure: the plain cause and the next step; or None.
        withheld: Whether a password or token came with the source, which is not kept here.
        extra: What else there is: the job's other fields (`config_in`, `source` as an object, ...) and
            `reason`, e.g. `"already_installed"`.
        speed: Bytes per second, smoothed; None if nothing moves.
        eta: Seconds to the end of the download, or None if not known.
    """

    job_id: int
    status: str = InstallStatus.WAITING
    source: str = ""
    inplace: bool = False
    local_path: str | None = None
    bytes: int = 0
    total_bytes: int = 0
    error_reason: str | None = None
    error: str | None = None
    config_out: ModelRecord | None = None
    model_key: str | None = None
    parts: tuple[DownloadPart, ...] = ()
    warning: str | None = None
    advice: str | None = None
    withheld: bool = False
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    speed: float | None = None
    eta: float | None = None
    #: The fields of the body that it was read from, of those which are fields here.
    told_: frozenset[str] = frozenset()

    @property
    def progress(self) -> float | None:
        """The share downloaded, 0 to 1; 1 once completed; None if it cannot be known."""
        if self.status == InstallStatus.COMPLETED:
            return 1.0
        return min(1.0, max(0.0, self.bytes / self.total_bytes)) if self.total_bytes > 0 else None

    @property
    def is_final(self) -> bool:
        """Whether the job has ended (a restart can open it again)."""
        return self.status in InstallStatus.FINAL

    @property
    def is_failed(self) -> bool:
        """Whether it ended without a model: error, cancelled or lost."""
        return self.status in InstallStatus.FAILED

    @property
    def is_remote(self) -> bool:
        """Whether something is downloaded for it."""
        return self.source_type in ("url", "hf")

    @property
    def source_type(self) -> str | None:
        """`local`, `url`, `hf` or `external`."""
        source = self.extra.get("source")
        kind = source.get("type") if isinstance(source, Mapping) else None
        return kind if isinstance(kind, str) else None

    @classmethod
    def from_wire(cls, raw: Any) -> Self:
        """The state of a decoded job body. Secrets are dropped here; unknown fields go to `extra`.

        Raises:
            ValueError: It is not a job at all: not an object, or without an integer id.
        """
        if not isinstance(raw, Mapping) or type(raw.get("id")) is not int:
            raise ValueError("not an install job: it has no id")
        body = redact(dict(raw))
        fields: dict[str, Any] = {}
        for name, kind in _KINDS.items():
            try:
                fields[name] = msgspec.convert(_built(name, body[name]), kind)
            except (KeyError, msgspec.MsgspecError, ValueError):
                continue
        told = frozenset(fields)
        extra = {name: value for name, value in body.items() if name not in told and name != "id"}
        source, record = extra.get("source"), fields.get("config_out")
        if "download_parts" in fields:
            fields["parts"] = fields.pop("download_parts")
        return cls(
            job_id=body["id"],
            source=source_text(source) if isinstance(source, Mapping) else "",
            model_key=(record and record.key) or None,
            withheld=_holds_secret(raw.get("source")),
            extra=extra,
            told_=told,
            **fields,
        )

    def to_wire(self) -> dict[str, Any]:
        """The job body it was read from, without its secrets; fields of ours are left out."""
        usual = type(self)(job_id=self.job_id)
        body: dict[str, Any] = {"id": self.job_id, **self.extra}
        for name in _KINDS:
            own = _OWN_NAMES.get(name, name)
            value = getattr(self, own)
            if name in self.told_ or value != getattr(usual, own):
                body[name] = _plain(value)
        return body

    def _shown(self) -> dict[str, Any]:
        return {name: value for name, value in super()._shown().items() if name != "extra"}


#: The fields of a body that are fields here, and what they hold; any other is in `extra`.
_KINDS: Final[Mapping[str, Any]] = {
    "status": str,
    "inplace": bool,
    "local_path": str | None,
    "bytes": int,
    "total_bytes": int,
    "error_reason": str | None,
    "error": str | None,
    "config_out": ModelRecord | None,
    "download_parts": tuple[DownloadPart, ...],
}
_OWN_NAMES: Final = {"download_parts": "parts"}


def _built(name: str, value: Any) -> Any:
    """The record and the files as values, which take whatever is in them."""
    if name == "config_out" and isinstance(value, Mapping):
        return ModelRecord.from_wire(value)
    if name == "download_parts" and isinstance(value, list):
        return tuple(DownloadPart.from_wire(each) if isinstance(each, Mapping) else each for each in value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.to_wire() if isinstance(value, Wire) else value


def _holds_secret(source: Any) -> bool:
    if not isinstance(source, Mapping):
        return False
    return bool(source.get("access_token")) or holds_secret(str(source.get("url") or ""))


def source_text(source: Mapping[str, Any]) -> str:
    """The source of a job or event as one types it, without passwords and tokens."""
    kind = source.get("type")
    if kind == "hf":
        parts = [source.get("repo_id"), source.get("variant"), source.get("subfolder")]
        return "{}:{}:{}".format(*(part or "" for part in parts)).rstrip(":")
    if kind == "external":
        return f"external://{source.get('provider_id', '')}/{source.get('provider_model_id', '')}"
    return redact_text(str(source.get("path") or source.get("url") or ""))
