"""Installs and their jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.endpoints import installs
from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.flows.looking import seen
from invokeai_widgets.client.hub_names import hub_source

from .base import Operations

if TYPE_CHECKING:
    from invokeai_widgets.client.jobs import AsyncModelInstJobHandle
    from invokeai_widgets.client.watch import JobWatch


class InstallOperations(Operations):
    """The operations on install jobs."""

    #: Gives the watch on the client's jobs, which is made when it is needed first.
    _watch: Callable[[], JobWatch]

    async def install_model(
        self,
        source: str | PathLike[str],
        *,
        config: Mapping[str, Any] | None = None,
        inplace: bool = True,
        access_token: str | None = None,
    ) -> AsyncModelInstJobHandle:
        """Have the server install a model, and give the handle of the job (`POST /api/v2/models/install`).

        A model that is there already ends well too: the job is `completed`, its `extra["reason"]` is
        `"already_installed"`, and `model_key` the key of that model, which is not changed. What was asked for
        and could not be had is in the job's `warning`.

        Args:
            source: A path on the server (text or `Path`), an http(s) URL, a repository `org/name`,
                `org/name:variant`, `org/name::folder`, or `external://provider/model`. A user, password or
                token in a URL is shown nowhere here, but to whoever may see the server's list of jobs; the
                server would also keep it in the model's `source`, which is cleaned when the install is
                complete. Better give `access_token`.
            config: Fields of the record that are to be other than what the server finds: `name`,
                `description`, `trigger_phrases`, ... Those that the server itself would drop are set when the
                install is complete, before the wait for it ends, by this client: leave it open until then.
            inplace: True leaves a local file where it is. **False makes the server move the file, or what is
                in the folder, away into its own models folder** (InvokeAI 5 copies it). Of no matter for
                other sources.
            access_token: For the download. It is not shown, logged or kept here; the server keeps it for as
                long as it knows the job.

        Raises:
            InvalidInput: The source is empty, a folder of several models, or something else cannot be.
            ModelInstallStartError: The server refused to start; the key in `config` is in use; or an install
                of the same file, `inplace` otherwise, is under way.
            NotSupported: This version of the server would take no notice of something that was asked for.
            Unreachable, RequestTimedOut, UnexpectedReply, ServerFault: There was no good answer, and no job
                of that source has appeared; the request is not sent again.
        """
        from invokeai_widgets.client.installing import start_install

        return await start_install(
            self._watch(), source, config=config, inplace=inplace, access_token=access_token
        )

    async def install_huggingface(
        self,
        repo_id: str,
        *,
        variant: str | None = None,
        subfolder: str | None = None,
        config: Mapping[str, Any] | None = None,
        access_token: str | None = None,
    ) -> AsyncModelInstJobHandle:
        """Have the server install a Hugging Face repository, and give the handle of the job.

        `POST /api/v2/models/install`, as `install_model` does.

        For one checkpoint file out of a repository, install its URL: `lookup_huggingface` lists them. For a
        gated repository log the server in by `hf_login` first: `access_token` is used for the files only.

        Args:
            repo_id: `org/name`.
            variant: `fp16`, `fp32`, `onnx`, `openvino`, `flax`, or None for what the server takes by itself.
            subfolder: Only this folder of the repository; several joined by `+`.
            config, access_token: As in `install_model`.

        Raises:
            InvalidInput: It is not a repository.
            ModelInstallStartError: There is no such repository, it is gated, or nothing in it can be
                installed.
        """
        source = hub_source(repo_id, variant, subfolder)
        # Were there a folder of that name where the server was started, it would be moved otherwise.
        return await self.install_model(source, config=config, inplace=True, access_token=access_token)

    async def list_install_jobs(self) -> list[AsyncModelInstJobHandle]:
        """Handles of all jobs that the server knows, running and ended (`GET /api/v2/models/install`).

        After a restart of the server those that were downloading are there again, under other numbers.
        """
        from invokeai_widgets.client.jobs import AsyncModelInstJobHandle

        watch = self._watch()
        asked_at = watch.now()
        found = await self._transport.send(installs.list_jobs())
        handles = [AsyncModelInstJobHandle(watch, watch.take(info, asked_at)) for info in found]
        await watch.settled()
        return handles

    async def get_install_job(self, job_id: int) -> AsyncModelInstJobHandle | None:
        """The handle of a job, or None if the server does not know it (`GET /api/v2/models/install/{id}`)."""
        from invokeai_widgets.client.jobs import AsyncModelInstJobHandle

        watch = self._watch()
        asked_at = watch.now()
        info = await self._transport.send(installs.get_job(job_id))
        if info is None:
            return None
        handle = AsyncModelInstJobHandle(watch, watch.take(info, asked_at))
        await watch.settled()
        return handle

    async def prune_install_jobs(self) -> None:
        """Have the server forget the jobs that have ended (`DELETE /api/v2/models/install`).

        One that was cancelled while it was `running` is forgotten too, and goes on unseen to its model.
        """
        try:
            await self._transport.send(installs.prune())
        except InvokeAIError as error:
            if not error.maybe_done or await seen(self._ended_jobs(), error):
                raise
        self._watch().forget_unlisted()

    async def _ended_jobs(self) -> bool:
        return any(info.is_final for info in await self._transport.send(installs.list_jobs()))
