"""`HuggingFace`: whether the server can log in to the hub, and logging it in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.errors import NotFound
from invokeai_widgets.client.hub_names import repo_name
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import problem_text, table_html
from invokeai_widgets.widgets.loaded import LoadedPanel

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import HFStatus, HuggingFaceFiles, ModelInstJobInfo
    from invokeai_widgets.live.store import Snapshot

HUB = "https://huggingface.co"
_REFUSALS = ("unauthorized", "forbidden", "401", "403", "gated")


class HuggingFace(LoadedPanel):
    """The server's login at Hugging Face: its state in words, log in, log out, and gated repositories.

    The token goes from the browser to the server and is kept by the server only.
    """

    built = "hub"
    wants_models = False

    hf = traitlets.Dict(
        None, allow_none=True, help="By Python: {status, text, note}; None if it is not known."
    ).tag(sync=True)
    gated: traitlets.List[dict[str, str]] = traitlets.List(
        help="By Python: {repo, url} of repositories that refused a download."
    ).tag(sync=True)

    async def load(self) -> None:
        """Ask the server, which asks the hub."""
        await self.connection.hf_status()

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """The state in words, and the repositories that refused."""
        return {"hf": _in_words(snapshot.hf), "gated": gated_repositories(snapshot.jobs.values())}

    # -- intents --------------------------------------------------------------------------------------------

    async def do_login(self, token: str) -> dict[str, Any] | None:
        """Give the server a token. What became of it is in the answer, and the token nowhere."""
        return _in_words(await self.connection.hf_login(token))

    async def do_logout(self) -> dict[str, Any] | None:
        """Have the server forget its token."""
        return _in_words(await self.connection.hf_logout())

    async def do_look_up(self, repo: str) -> dict[str, Any]:
        """Whether the server can read a repository: {repo, url, ok, text}."""
        name = repo_name(repo)
        told = {"repo": name, "url": f"{HUB}/{name}"}
        try:
            files = await self.connection.look_up(name)
        except NotFound:
            text = (
                "There is no such repository, or it is gated and the server may not read it. If it is gated,"
                " accept its licence on its page, then log in with a token of that account."
            )
            return {**told, "ok": False, "text": text}
        return {**told, "ok": True, "text": _holds(files)}

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        told = self.hf or {"text": "Whether the server is logged in to Hugging Face is not known."}
        return problem_text(self.problem) or f"{told['text']} ({self.connection.base_url})"

    def plain_html(self) -> str:
        rows = [(self.plain_text(), "")] + [
            (f"{each['repo']} refused a download", each["url"]) for each in self.gated
        ]
        return table_html("Hugging Face", ("State", "Page"), rows)


def _in_words(status: HFStatus | None) -> dict[str, Any] | None:
    return None if status is None else {"status": status.status, "text": status.meaning, "note": status.note}


def _holds(files: HuggingFaceFiles) -> str:
    several = words.count(len(files.urls or ()), "checkpoint file")
    if files.is_diffusers:
        beside = f", and {several}" if files.urls else ""
        return f"The server can read it: one model in diffusers format{beside}."
    return (
        f"The server can read it: {several}." if files.urls else "The server can read it; no model is in it."
    )


def gated_repositories(jobs: Iterable[ModelInstJobInfo]) -> list[dict[str, str]]:
    """The repositories whose files were refused for want of a login, by name."""
    refused = {
        job.source.partition(":")[0]
        for job in jobs
        if job.status == "error" and job.source_type == "hf" and _is_refusal(job)
    }
    return [{"repo": repo, "url": f"{HUB}/{repo}"} for repo in sorted(refused)]


def _is_refusal(job: ModelInstJobInfo) -> bool:
    said = f"{job.error_reason} {job.error}".lower()
    return any(word in said for word in _REFUSALS)
