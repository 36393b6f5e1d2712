"""`InstallForm`: start an install, knowing beforehand what will happen."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.errors import InvalidInput, InvokeAIError
from invokeai_widgets.client.schema import ServerVersion
from invokeai_widgets.client.sources import same_source, usable_source
from invokeai_widgets.library.labels import label
from invokeai_widgets.widgets.followed import Followed, FollowedJobsPanel
from invokeai_widgets.widgets.job_rows import file_name

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelInstJobInfo, ModelRecord
    from invokeai_widgets.live.store import Snapshot

_COPIES_BEFORE = (6, 1)
"""Servers older than this copy a local file that is not used in place; all others move it."""

#: What can be said beforehand of a model, and the words that InvokeAI has for it.
_CHOICES = {
    "base": (
        *("sd-1", "sd-2", "sd-3", "sdxl", "sdxl-refiner", "flux", "flux2", "cogview4", "z-image"),
        *("qwen-image", "any"),
    ),
    "type": (
        *("main", "lora", "control_lora", "vae", "controlnet", "t2i_adapter", "ip_adapter", "embedding"),
        *("clip_vision", "clip_embed", "t5_encoder", "spandrel_image_to_image", "siglip", "flux_redux"),
        *("llava_onevision", "text_llm"),
    ),
    "variant": ("normal", "inpaint", "depth", "large", "gigantic", "schnell", "dev", "dev_fill", "turbo"),
    "prediction_type": ("epsilon", "v_prediction", "sample"),
}
_TOLD_BEFOREHAND = ("name", "description", *_CHOICES)


class InstallForm(FollowedJobsPanel):
    """A form for one install: source, in place, name, more if wanted, and an access token that is never kept.

    `source` is a server's address or a client. `in_place` is how the box begins: on, since off means that
    InvokeAI MOVES a local file into its models folder. With `show_jobs` the form shows the bars of what it
    started; inside the manager the queue does.
    """

    built = "install"
    wants_models = True

    in_place = traitlets.Bool(True, help="By Python, once: how the box begins.").tag(sync=True)
    show_jobs = traitlets.Bool(True, help="By Python, once: show the bars of what it started.").tag(sync=True)
    moves = traitlets.Bool(True, help="By Python: a local file not in place is moved, not copied.").tag(
        sync=True
    )
    choices = traitlets.Dict(help="By Python: field -> pairs of a word and how it is shown.").tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((), *args, face="form", **kwargs)

    @property
    def started(self) -> list[int]:
        """The numbers of the jobs it started."""
        return [job.info.job_id for job in self._followed]

    def shown_jobs(self, snapshot: Snapshot) -> list[ModelInstJobInfo]:
        """The jobs started here, but those that have ended and were cleared away since."""
        jobs = [_listed(job.info, snapshot) or job.info for job in self._followed]
        return [job for job in jobs if not _is_cleared(job, snapshot)]

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """The jobs started here, and what the server does with a file."""
        return {
            **super().project(snapshot),
            "moves": _moves(snapshot.version),
            "choices": {field: _pairs(field, words) for field, words in _CHOICES.items()},
        }

    # -- intents --------------------------------------------------------------------------------------------

    async def do_install(
        self,
        sources: list[str],
        in_place: bool = True,
        token: str | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Start these: {source, ok, job, message, advice} of each. A refusal belongs into the form.

        The token goes to the server with these requests and is not kept.
        """
        told = {name: value for name, value in (config or {}).items() if name in _TOLD_BEFOREHAND and value}
        return [await self._start(source, told, in_place, token) for source in sources]

    async def _start(
        self, source: str, config: Mapping[str, Any], in_place: bool, token: str | None
    ) -> dict[str, Any]:
        outcome: dict[str, Any] = {"source": source, "ok": False, "job": None, "message": "", "advice": None}
        try:
            handle = await self.connection.install(
                usable_source(source), config=config, inplace=in_place, access_token=token or None
            )
        except InvokeAIError as error:
            return {**outcome, "message": error.message, "advice": error.advice}
        self._followed.append(Followed(handle))
        return {**outcome, "ok": True, "job": handle.job_id}

    async def do_known(self, source: str) -> dict[str, Any]:
        """What there is of this source: {models: names, job: whether one is at work on it}."""
        try:
            wanted = usable_source(source)
        except InvalidInput:
            return {"models": [], "job": False}
        snapshot = self.connection.snapshot
        models = [model.name for model in snapshot.models.values() if _came_from(model, wanted)]
        jobs = (*snapshot.jobs.values(), *self.shown_jobs(snapshot))
        busy = any(not job.is_final and same_source(job.source, wanted) for job in jobs)
        return {"models": models, "job": busy}

    async def do_look_up(self, repo: str) -> dict[str, Any]:
        """What can be installed from a repository: {whole, files: [{url, name}]}, or {message, advice}."""
        try:
            found = await self.connection.look_up(repo)
        except InvokeAIError as error:
            return {"message": error.message, "advice": error.advice}
        files = [{"url": url, "name": file_name(url)} for url in found.urls or ()]
        return {"whole": found.is_diffusers, "files": files}

    async def do_sizes(self, urls: list[str]) -> dict[str, int]:
        """Bytes by address of such files, as far as they can be known."""
        return await self.connection.file_sizes(urls)

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        """How to do the same without the form."""
        return (
            f"Install a model at {self.connection.base_url}:"
            " client.dnn_model_repo.install_model(source, inplace=True)"
        )

    def plain_html(self) -> str:
        """As text; the form itself needs a kernel."""
        return f"<p>{self.plain_text()}</p>"


def _listed(job: ModelInstJobInfo, snapshot: Snapshot) -> ModelInstJobInfo | None:
    """What the snapshot has of that job: its number may be another job's by now."""
    listed = snapshot.jobs.get(job.job_id)
    return listed if listed is not None and listed.source == job.source else None


def _is_cleared(job: ModelInstJobInfo, snapshot: Snapshot) -> bool:
    """Whether the server no longer lists an ended job. One that had nothing to do never was in a list."""
    return job.is_final and job.job_id >= 0 and _listed(job, snapshot) is None


def _came_from(model: ModelRecord, wanted: str) -> bool:
    tail = posixpath.basename(wanted.rstrip("/")).lower()
    places = (model.source, model.source_url, model.path)
    return any(place and tail in place.lower() and same_source(place, wanted) for place in places)


def _pairs(field: str, words: Iterable[str]) -> list[list[str]]:
    return [[word, label(field, word)] for word in words]


def _moves(version: str | None) -> bool:
    """Whether a server of that version moves a file; one that cannot be read is that of a new server."""
    release = ServerVersion(version=version or "").release
    return not release or release >= _COPIES_BEFORE
