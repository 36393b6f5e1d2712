"""Hugging Face, and the models that InvokeAI suggests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from invokeai_widgets.client.endpoints import hub
from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.hub_names import repo_name
from invokeai_widgets.client.schema import HFStatus, HuggingFaceFiles, StarterList
from invokeai_widgets.client.sites import file_sizes

from .base import Operations

_MAYBE_OLD: Final = "The server had a good token before, and says nothing about which one it has now."
_REFUSED: Final = "The hub refused the token, or cannot be reached from the server; it was not stored."


class HubOperations(Operations):
    """The operations on Hugging Face and on starter models."""

    async def lookup_huggingface(self, repo: str) -> HuggingFaceFiles:
        """What can be installed from a repository `org/name`: its checkpoint files, or all of it.

        `GET /api/v2/models/hugging_face`

        Raises:
            InvalidInput: It is not of the form `org/name`.
            NotFound: There is no such repository, or it is gated and the server is not logged in.
            ServerFault: The server cannot reach the hub.
        """
        return await self._transport.send(hub.look_up(repo_name(repo)))

    async def file_sizes(self, urls: Iterable[str]) -> dict[str, int]:
        """The sizes of such files in bytes, by address (`HEAD` to each); unknown ones are left out.

        InvokeAI does not tell them. So their own site is asked, from here and without any token: one that
        this machine cannot reach, or that wants a login, tells nothing.
        """
        return await file_sizes(urls)

    async def starter_models(self) -> StarterList:
        """The models and bundles that InvokeAI suggests (`GET /api/v2/models/starter_models`)."""
        return await self._transport.send(hub.starter_models())

    async def hf_status(self) -> HFStatus:
        """Whether the server can log in to Hugging Face (`GET /api/v2/models/hf_login`)."""
        return HFStatus(status=await self._transport.send(hub.status()))

    async def hf_login(self, token: str) -> HFStatus:
        """Give the server a Hugging Face token; true if it took it (`POST /api/v2/models/hf_login`).

        A token that the hub refuses is not stored. If the server had a good token before, it says "valid" to
        a refused one too: `note` then says so.

        Raises:
            InvalidInput: The token is empty.
        """
        if not token.strip():
            raise InvalidInput("The token is empty.", advice="Copy one from huggingface.co/settings/tokens.")
        had_one = bool(await self.hf_status())
        status = HFStatus(status=await self._transport.send(hub.login(token.strip())))
        note = (_MAYBE_OLD if had_one else None) if status else _REFUSED
        return status.replaced(note=note)

    async def hf_logout(self) -> HFStatus:
        """Make the server forget its Hugging Face token (`DELETE /api/v2/models/hf_login`)."""
        return HFStatus(status=await self._transport.send(hub.logout()))
