"""Install jobs, as InvokeAI reports them, without the secrets it echoes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Self

from invokeai_widgets.client.secrets import redact, redact_text

from .base import Wire
from .records import ModelRecord


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


class DownloadPart(Wire):
    """One file of a remote install.

    Attributes:
        url: Where it comes from, without passwords and tokens.
        local_path: Where it goes on the server, or None before it has begun.
        status: `waiting`, `running`, `paused`, `completed`, `cancelled` or `error`.
        bytes, total_bytes: Arrived so far, and in all; in bytes, 0 if not known yet.
    """

    url: str = Field(default="", alias="source")
    local_path: str | None = Field(default=None, alias="download_path")
    status: str = "waiting"
    bytes: int = 0
    total_bytes: int = 0
    error: str | None = None

    model_config = ConfigDict(populate_by_name=True)


class ModelInstJobInfo(BaseModel):
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
        extra: What else there is: the job's other fields (`config_in`, `source` as an object, ...) and
            `reason`, e.g. `"already_installed"`.
        speed: Bytes per second, smoothed; None if nothing moves.
        eta: Seconds to the end of the download, or None if not known.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, protected_namespaces=())

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
    extra: dict[str, Any] = Field(default_factory=dict, repr=False)
    speed: float | None = None
    eta: float | None = None

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
        job = _WireJob.from_wire(_with_parts(redact(dict(raw))))
        known = job.model_fields_set
        fields: dict[str, Any] = {name: getattr(job, name) for name in _SAME if name in known}
        if "download_parts" in known:
            fields["parts"] = tuple(job.download_parts)
        return cls(
            job_id=job.id,
            source=source_text(job.source),
            model_key=(job.config_out and job.config_out.key) or None,
            extra={
                **(job.model_extra or {}),
                **job._odd,
                **({"source": job.source} if "source" in known else {}),
            },
            **fields,
        )

    def to_wire(self) -> dict[str, Any]:
        """The job body it was read from, without its secrets; fields of ours are left out."""
        known = self.model_fields_set
        body: dict[str, Any] = {
            "id": self.job_id,
            **{name: getattr(self, name) for name in _SAME if name in known},
        }
        if self.config_out is not None:
            body["config_out"] = self.config_out.to_wire()
        if "parts" in known:
            body["download_parts"] = [part.to_wire() for part in self.parts]
        return {**body, **self.extra}


class _WireJob(Wire):
    """The fields of a job body that are read here."""

    id: int
    status: str = InstallStatus.WAITING
    source: dict[str, Any] = Field(default_factory=dict)
    inplace: bool = False
    local_path: str | None = None
    bytes: int = 0
    total_bytes: int = 0
    error_reason: str | None = None
    error: str | None = None
    config_out: ModelRecord | None = None
    download_parts: list[DownloadPart] = Field(default_factory=list)


#: Fields with the same name and meaning in the body and in `ModelInstJobInfo`.
_SAME: Final = (
    "status",
    "inplace",
    "local_path",
    "bytes",
    "total_bytes",
    "error_reason",
    "error",
    "config_out",
)


def source_text(source: Mapping[str, Any]) -> str:
    """The source of a job or event as one types it, without passwords and tokens."""
    kind = source.get("type")
    if kind == "hf":
        parts = [source.get("repo_id"), source.get("variant"), source.get("subfolder")]
        return "{}:{}:{}".format(*(part or "" for part in parts)).rstrip(":")
    if kind == "external":
        return f"external://{source.get('provider_id', '')}/{source.get('provider_model_id', '')}"
    return redact_text(str(source.get("path") or source.get("url") or ""))


def _with_parts(raw: dict[str, Any]) -> dict[str, Any]:
    """The body with its record and files as values, so that one odd field in them does not cost them all."""
    if isinstance(raw.get("config_out"), Mapping):
        raw["config_out"] = ModelRecord.from_wire(raw["config_out"])
    parts = raw.get("download_parts")
    if isinstance(parts, list) and all(isinstance(part, Mapping) for part in parts):
        raw["download_parts"] = [DownloadPart.from_wire(part) for part in parts]
    return raw
