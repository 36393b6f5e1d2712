"""What can be done to models. On several keys: one `Outcome` each, in the order asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.live.guard import Desk, changes
from invokeai_widgets.live.outcome import Outcome, outcomes
from invokeai_widgets.live.store import BusyEnded, BusyStarted, ModelPut, ModelsRemoved

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelRecord


class ModelVerbs(Desk):
    """The verbs on models. While one works on a key, the key is in `snapshot.busy`."""

    async def read_model(self, key: str) -> ModelRecord | None:
        """The record as it is on the server now; None if it is no longer there."""
        return await self.client.dnn_model_repo.get_model_by_key(key)

    @changes
    async def delete(self, keys: Iterable[str]) -> list[Outcome]:
        """Delete the records; the files go too, unless a model is used in place: see `library.fates`."""

        async def work(asked: list[str]) -> list[Outcome]:
            done = outcomes(asked, await self.client.dnn_model_repo.delete_models(asked), "Deleted")
            self.store.dispatch(ModelsRemoved(frozenset(o.key for o in done if o.ok)))
            return done

        return await self._at_work(keys, "delete", work)

    @changes
    async def reidentify(self, keys: Iterable[str]) -> list[Outcome]:
        """Let the server look at the files again; default settings fall back to what it finds."""

        async def work(asked: list[str]) -> list[Outcome]:
            return outcomes(
                asked, await self.client.dnn_model_repo.reidentify_models(asked), "Identified again"
            )

        return await self._at_work(keys, "reidentify", work)

    @changes
    async def convert(self, keys: Iterable[str]) -> list[Outcome]:
        """Convert checkpoints to diffusers folders, one by one, as the server insists. The keys change."""

        async def work(asked: list[str]) -> list[Outcome]:
            return [await self._convert_one(key) for key in asked]

        return await self._at_work(keys, "convert", work)

    async def _convert_one(self, key: str) -> Outcome:
        try:
            record = await self.client.dnn_model_repo.convert_model(key)
        except InvokeAIError as error:
            return Outcome.of_error(key, error)
        self.store.dispatch(ModelPut(record, replaces=key))
        return Outcome(key, True, "Converted", new_key=record.key)

    @changes
    async def update(self, key: str, fields: Mapping[str, Any]) -> ModelRecord:
        """Change the named fields; None clears one. Raises what the server refused, field by field."""
        self.store.dispatch(BusyStarted(frozenset({key}), "update"))
        try:
            record = await self.client.dnn_model_repo.update_model(key, **fields)
            self.store.dispatch(ModelPut(record))
            return record
        finally:
            self.store.dispatch(BusyEnded(frozenset({key}), "update"))

    @changes
    async def set_cover(self, key: str, image: bytes) -> None:
        """Give the model a cover image. Raises what the server refused."""
        await self.client.dnn_model_repo.set_cover_image(key, image)

    async def _at_work(
        self, keys: Iterable[str], verb: str, work: Callable[[list[str]], Awaitable[list[Outcome]]]
    ) -> list[Outcome]:
        """Do it with the keys marked busy. A refusal of the whole is each one's."""
        asked = list(dict.fromkeys(keys))
        self.store.dispatch(BusyStarted(frozenset(asked), verb))
        try:
            return await work(asked)
        except InvokeAIError as error:
            return [Outcome.of_error(key, error) for key in asked]
        finally:
            self.store.dispatch(BusyEnded(frozenset(asked), verb))
