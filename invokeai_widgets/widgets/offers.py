"""`OffersPanel`: a list of things that can be installed, each with its state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.widgets.job_rows import note
from invokeai_widgets.widgets.loaded import LoadedPanel

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import ModelInstJobInfo
    from invokeai_widgets.live.store import Snapshot

State = tuple[str, str]
"""`installed`, `working`, `failed` or `new`, and the same in words; for a failure the reason."""

HEAD = 60
"""So many rows are in the first picture, and stay in a saved notebook."""

_NEW: State = ("new", "")
_INSTALLED: State = ("installed", "Installed")


class OffersPanel(LoadedPanel):
    """What a scan and the starter models share.

    Each offer has a key, which is the source to install it by. The first rows are in the trait `head`; the
    others are asked for by the intent `rows`, and changes of their states follow as `{kind: "states"}`.
    """

    head = traitlets.Dict(help="By Python: {serial, total, rows, states} of the first rows.").tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._rows: dict[str, dict[str, Any]] = {}  # key -> what the browser paints
        self._serial = 0
        self._states: dict[str, State] = {}  # without those that are new
        self._asked: set[str] = set()
        self._refused: dict[str, str] = {}
        super().__init__(*args, **kwargs)

    # -- for subclasses -------------------------------------------------------------------------------------

    def is_installed(self, key: str, snapshot: Snapshot) -> bool:
        """Whether there is a model of this offer."""
        raise NotImplementedError

    def to_install(self, keys: list[str]) -> list[str]:
        """What has to be installed for these, in that order."""
        return keys

    def name_of(self, key: str) -> str:
        """What an offer is called in an outcome."""
        return key

    def offer(self, rows: dict[str, dict[str, Any]]) -> None:
        """These are the offers from now on."""
        if rows != self._rows:
            self._rows, self._serial = rows, self._serial + 1
            self._refused = {}
        self._states = {}

    # -- state to the browser -------------------------------------------------------------------------------

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """The first rows with their states."""
        first = list(self._rows)[:HEAD]
        self._states = self._states_of(snapshot)
        return {
            "head": {
                "serial": self._serial,
                "total": len(self._rows),
                "rows": [self._rows[key] for key in first],
                "states": {key: list(self._states[key]) for key in first if key in self._states},
            }
        }

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """As for every panel, and the changed states of the rows that are not in the head."""
        before = self._states
        super().on_snapshot(snapshot)
        if self._closed or self._states == before:
            return
        changed = {
            key: list(self._states.get(key, _NEW))
            for key in before.keys() | self._states.keys()
            if before.get(key) != self._states.get(key)
        }
        self.send({"kind": "states", "serial": self._serial, "states": changed})

    def state(self, key: str) -> State:
        """The state of an offer, and the same in words."""
        return self._states.get(key, _NEW)

    def _states_of(self, snapshot: Snapshot) -> dict[str, State]:
        found: dict[str, State] = {key: ("failed", why) for key, why in self._refused.items()}
        found |= dict.fromkeys(self._asked, ("working", "Starting"))
        found |= {key: _INSTALLED for key in self._rows if self.is_installed(key, snapshot)}
        # Of several jobs of one source the one at work counts, else the last.
        for job in sorted(snapshot.jobs.values(), key=lambda job: (not job.is_final, job.job_id)):
            state = _state_of_job(job, snapshot.models) if job.source in self._rows else None
            if state is not None:
                found[job.source] = state
        return found

    # -- intents --------------------------------------------------------------------------------------------

    async def do_rows(self) -> dict[str, Any]:
        """All rows and states."""
        return {
            "serial": self._serial,
            "rows": list(self._rows.values()),
            "states": {key: list(state) for key, state in self._states.items()},
        }

    async def do_install(self, keys: list[str], in_place: bool = True) -> list[dict[str, Any]]:
        """Start installing these. One outcome each: started, or why not."""
        unknown = [key for key in keys if key not in self._rows]
        if unknown:
            raise InvalidInput(f"{unknown[0]} is not in this list.", advice="Refresh it.")
        wanted = self.to_install(keys)
        self._asked |= set(wanted)
        self._forget(wanted)
        self._show_latest()
        try:
            outcomes = await self.connection.install_each(wanted, inplace=in_place)
        finally:
            self._asked -= set(wanted)
        self._refused |= {outcome.key: outcome.message for outcome in outcomes if not outcome.ok}
        return [{**outcome.to_wire(), "name": self.name_of(outcome.key)} for outcome in outcomes]

    def _forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._refused.pop(key, None)


def _state_of_job(job: ModelInstJobInfo, models: Collection[str]) -> State | None:
    """What a job says about its source; None if nothing: it was cancelled, or its model deleted."""
    if job.status == "cancelled":
        return None
    if job.status == "completed":
        return _INSTALLED if job.model_key is None or job.model_key in models else None
    if job.is_failed:
        return "failed", note(job)
    if job.status == "downloading" and job.progress is not None:
        return "working", f"{int(job.progress * 100)} %"
    return "working", {"waiting": "Waiting", "paused": "Paused"}.get(job.status, "Installing")
