"""`DnnModelRepository`: two lines an operation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.loop import LoopThread
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import (
    BulkResult,
    CacheStats,
    DeleteSummary,
    FoundModel,
    HFStatus,
    HuggingFaceFiles,
    ModelRecord,
    OrphanedFolder,
    StarterList,
)

from .veneer import Lease, worded_like

if TYPE_CHECKING:
    from invokeai_widgets.client.jobs import AsyncModelInstJobHandle

    from .jobs import ModelInstJobHandle


@worded_like(AsyncDnnModelRepository)
class DnnModelRepository:
    """The models of a server, and everything one can do with them; `client.dnn_model_repo`.

    The same operations as `AsyncDnnModelRepository`, which wait until they are done. Ctrl-C ends the waiting.
    """

    def __init__(self, aio: AsyncDnnModelRepository, thread: LoopThread, lease: Lease) -> None:
        self.aio = aio
        self._lease = lease
        self._run = thread.run
        self._thread = thread

    def _handle(self, job: AsyncModelInstJobHandle) -> ModelInstJobHandle:
        from .jobs import ModelInstJobHandle

        return ModelInstJobHandle(job, self._thread, self._lease)

    def list_models(
        self,
        *,
        base: str | Iterable[str] | None = None,
        type: str | None = None,  # noqa: A002 - InvokeAI's word
        name: str | None = None,
        format: str | None = None,  # noqa: A002 - InvokeAI's word
        order_by: str | None = None,
        direction: str | None = None,
    ) -> list[ModelRecord]:
        found = self.aio.list_models(
            base=base, type=type, name=name, format=format, order_by=order_by, direction=direction
        )
        return self._run(found)

    def get_model_by_key(self, key: str) -> ModelRecord | None:
        return self._run(self.aio.get_model_by_key(key))

    def get_model_by_attrs(
        self,
        *,
        name: str,
        type: str,  # noqa: A002 - InvokeAI's word
        base: str,
    ) -> ModelRecord | None:
        return self._run(self.aio.get_model_by_attrs(name=name, type=type, base=base))

    def get_models_by_hash(self, hash: str) -> list[ModelRecord]:  # noqa: A002 - InvokeAI's word
        return self._run(self.aio.get_models_by_hash(hash))

    def list_missing_models(self) -> list[ModelRecord]:
        return self._run(self.aio.list_missing_models())

    def update_model(self, key: str, **changes: Any) -> ModelRecord:
        return self._run(self.aio.update_model(key, **changes))

    def reidentify_model(self, key: str) -> ModelRecord:
        return self._run(self.aio.reidentify_model(key))

    def reidentify_models(self, keys: Iterable[str]) -> BulkResult:
        return self._run(self.aio.reidentify_models(keys))

    def convert_model(self, key: str, *, timeout: float | None = None) -> ModelRecord:
        return self._run(self.aio.convert_model(key, timeout=timeout))

    def delete_model(self, key: str) -> bool:
        return self._run(self.aio.delete_model(key))

    def delete_models(self, keys: Iterable[str]) -> BulkResult:
        return self._run(self.aio.delete_models(keys))

    def delete_all_models(self) -> DeleteSummary:
        return self._run(self.aio.delete_all_models())

    def get_cover_image(self, key: str) -> bytes | None:
        return self._run(self.aio.get_cover_image(key))

    def set_cover_image(self, key: str, image: bytes | str | os.PathLike[str]) -> None:
        self._run(self.aio.set_cover_image(key, image))

    def delete_cover_image(self, key: str) -> bool:
        return self._run(self.aio.delete_cover_image(key))

    def list_related_models(self, key: str) -> list[str]:
        return self._run(self.aio.list_related_models(key))

    def link_models(self, key: str, other: str) -> None:
        self._run(self.aio.link_models(key, other))

    def unlink_models(self, key: str, other: str) -> bool:
        return self._run(self.aio.unlink_models(key, other))

    def install_model(
        self,
        source: str | PathLike[str],
        *,
        config: Mapping[str, Any] | None = None,
        inplace: bool = True,
        access_token: str | None = None,
    ) -> ModelInstJobHandle:
        started = self.aio.install_model(source, config=config, inplace=inplace, access_token=access_token)
        return self._handle(self._run(started))

    def install_huggingface(
        self,
        repo_id: str,
        *,
        variant: str | None = None,
        subfolder: str | None = None,
        config: Mapping[str, Any] | None = None,
        access_token: str | None = None,
    ) -> ModelInstJobHandle:
        started = self.aio.install_huggingface(
            repo_id, variant=variant, subfolder=subfolder, config=config, access_token=access_token
        )
        return self._handle(self._run(started))

    def list_install_jobs(self) -> list[ModelInstJobHandle]:
        return [self._handle(job) for job in self._run(self.aio.list_install_jobs())]

    def get_install_job(self, job_id: int) -> ModelInstJobHandle | None:
        found = self._run(self.aio.get_install_job(job_id))
        return None if found is None else self._handle(found)

    def prune_install_jobs(self) -> None:
        self._run(self.aio.prune_install_jobs())

    def lookup_huggingface(self, repo: str) -> HuggingFaceFiles:
        return self._run(self.aio.lookup_huggingface(repo))

    def file_sizes(self, urls: Iterable[str]) -> dict[str, int]:
        return self._run(self.aio.file_sizes(urls))

    def starter_models(self) -> StarterList:
        return self._run(self.aio.starter_models())

    def hf_status(self) -> HFStatus:
        return self._run(self.aio.hf_status())

    def hf_login(self, token: str) -> HFStatus:
        return self._run(self.aio.hf_login(token))

    def hf_logout(self) -> HFStatus:
        return self._run(self.aio.hf_logout())

    def scan_folder(self, path: str | os.PathLike[str]) -> list[FoundModel]:
        return self._run(self.aio.scan_folder(path))

    def list_orphaned_folders(self) -> list[OrphanedFolder]:
        return self._run(self.aio.list_orphaned_folders())

    def delete_orphaned_folders(self, paths: Iterable[str]) -> BulkResult:
        return self._run(self.aio.delete_orphaned_folders(paths))

    def empty_model_cache(self) -> None:
        self._run(self.aio.empty_model_cache())

    def get_stats(self) -> CacheStats | None:
        return self._run(self.aio.get_stats())
