"""What can be asked of, or done to, the server as a whole. These raise what goes wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from invokeai_widgets.live.guard import Desk, changes
from invokeai_widgets.live.outcome import Outcome, outcomes
from invokeai_widgets.live.store import Learned, MissingListed

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import (
        CacheStats,
        FoundModel,
        HFStatus,
        HuggingFaceFiles,
        ModelRecord,
        OrphanedFolder,
        StarterList,
    )


class ServerVerbs(Desk):
    """The verbs on the server."""

    async def scan(self, folder: str) -> list[FoundModel]:
        """The models in a folder of the server."""
        return list(await self.client.dnn_model_repo.scan_folder(folder))

    async def look_up(self, repo_id: str) -> HuggingFaceFiles:
        """What can be installed from a Hugging Face repository."""
        return await self.client.dnn_model_repo.lookup_huggingface(repo_id)

    async def file_sizes(self, urls: Iterable[str]) -> dict[str, int]:
        """Bytes by address, of the files whose site tells them."""
        return await self.client.dnn_model_repo.file_sizes(urls)

    async def starters(self) -> StarterList:
        """The models that this version of InvokeAI suggests, and its bundles of them."""
        return await self.client.dnn_model_repo.starter_models()

    async def read_stats(self) -> CacheStats | None:
        """What the model cache holds; None until the server has run something."""
        stats = await self.client.dnn_model_repo.get_stats()
        self.store.dispatch(Learned({"stats": stats}))
        return stats

    @changes
    async def empty_cache(self) -> CacheStats | None:
        """Drop all models from the server's memory; their files stay. The statistics after it."""
        await self.client.dnn_model_repo.empty_model_cache()
        return await self.read_stats()

    async def hf_status(self) -> HFStatus:
        """Whether the server can log in to Hugging Face."""
        return self._learn_hf(await self.client.dnn_model_repo.hf_status())

    @changes
    async def hf_login(self, token: str) -> HFStatus:
        """Give the server a Hugging Face token. It is kept by the server, and nowhere here."""
        return self._learn_hf(await self.client.dnn_model_repo.hf_login(token))

    @changes
    async def hf_logout(self) -> HFStatus:
        """Make the server forget its Hugging Face token."""
        return self._learn_hf(await self.client.dnn_model_repo.hf_logout())

    def _learn_hf(self, status: HFStatus) -> HFStatus:
        self.store.dispatch(Learned({"hf": status}))
        return status

    async def missing(self) -> list[ModelRecord]:
        """The models whose file is gone. Raises `NotSupported` on servers that cannot tell."""
        gone = await self.client.dnn_model_repo.list_missing_models()
        self.store.dispatch(MissingListed(frozenset(model.key for model in gone)))
        return gone

    async def orphans(self) -> list[OrphanedFolder]:
        """The folders in the server's models folder that belong to no model, with their sizes."""
        return list(await self.client.dnn_model_repo.list_orphaned_folders())

    @changes
    async def delete_orphans(self, paths: Iterable[str]) -> list[Outcome]:
        """Delete these folders of the models folder with all files in them, for good."""
        asked = list(dict.fromkeys(paths))
        result = await self.client.dnn_model_repo.delete_orphaned_folders(asked)
        return outcomes(asked, result, "Deleted")
