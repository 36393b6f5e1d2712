"""Installing the same thing again: what a job was asked for, read back from the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from invokeai_widgets.client.endpoints import installs
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.schema import InstallStatus, ModelInstJobInfo
from invokeai_widgets.client.schema.jobs import source_text

if TYPE_CHECKING:
    from invokeai_widgets.client.watch import JobWatch

#: What a user may have asked for. The server writes other fields of `config_in` itself.
_ASKED: Final = (
    "name",
    "description",
    "base",
    "type",
    "format",
    "variant",
    "prediction_type",
    "trigger_phrases",
    "default_settings",
    "source_url",
    "cpu_only",
)


@dataclass(frozen=True)
class Asked:
    """The arguments of the install that made a job. Source and token may be secrets: do not show them."""

    source: str = field(repr=False)
    config: Mapping[str, Any]
    inplace: bool
    access_token: str | None = field(repr=False)


async def asked_for(watch: JobWatch, info: ModelInstJobInfo) -> Asked:
    """What was asked for, from the job's body on the server; from `info` if the server forgot the job.

    Raises:
        InvalidInput: The server forgot the job, and a password or token came with it, which is not kept here.
    """
    body = await watch.transport.send(installs.get_raw_job(info.job_id))
    if not isinstance(body, Mapping) or not _is_same(body, info):
        body = info.to_wire()
        if info.withheld:
            raise InvalidInput(
                "The server no longer knows this job, and the password or token for it is not kept here.",
                advice="Install it anew, with the whole address and the token.",
            )
    source = body.get("source") or {}
    config = body.get("config_in") or {}
    asked = _ASKED if info.status == InstallStatus.COMPLETED else (*_ASKED, "key")  # else a model has it
    return Asked(
        source=_as_typed(source) or info.source,
        config={
            **{name: config[name] for name in asked if config.get(name) is not None},
            **watch.kept_back.get(info.source, {}),
        },
        inplace=info.inplace,
        access_token=source.get("access_token"),
    )


def _is_same(body: Mapping[str, Any], info: ModelInstJobInfo) -> bool:
    """Job numbers begin anew when the server restarts: the number may be another job's now."""
    return isinstance(body.get("source"), Mapping) and source_text(body["source"]) == info.source


def _as_typed(source: Mapping[str, Any]) -> str:
    """The source as it was typed, with what is secret in it."""
    if source.get("type") in ("hf", "external"):
        return source_text(source)
    return str(source.get("path") or source.get("url") or "")
