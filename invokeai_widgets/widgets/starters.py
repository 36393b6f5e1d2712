"""`StarterModels`: the models and bundles that InvokeAI suggests, and installing them with what they need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from invokeai_widgets.client.schema import StarterBundle, StarterList, StarterModel
from invokeai_widgets.library.labels import label
from invokeai_widgets.widgets import words
from invokeai_widgets.widgets.faces import problem_text, table_html, table_text
from invokeai_widgets.widgets.offers import OffersPanel

if TYPE_CHECKING:
    from invokeai_widgets.live.store import Snapshot

_SHOWN = 30  # rows of the plain faces
_SETTLE = 1.0  # seconds after a change of the library until the suggestions are read again
_MOVING = {"waiting", "downloading", "downloads_done", "running"}  # jobs after which more is to come
_SIZE = re.compile(r"~\s*(\d+(?:\.\d+)?)\s*(KB|MB|GB)\b", re.IGNORECASE)
_UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9}


class StarterModels(OffersPanel):
    """The models that the server's version of InvokeAI suggests, with bundles of them.

    What is installed is said, what would be fetched and about how much, as far as InvokeAI's own descriptions
    tell. What a model needs beside itself is installed before it.
    """

    built = "starters"

    bundles: traitlets.List[dict[str, Any]] = traitlets.List(
        help="By Python: {name, keys} of each bundle."
    ).tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._starters: dict[str, StarterModel] = {}
        self._bundles: tuple[StarterBundle, ...] = ()
        self._sources: tuple[object, frozenset[str | None]] = (None, frozenset())
        self._keys_then: frozenset[str] = frozenset()
        self._due = False
        super().__init__(*args, **kwargs)

    async def load(self) -> None:
        """Read the suggestions."""
        self._keys_then = frozenset(self.connection.snapshot.models)
        told = await self.connection.starters()
        self._starters = _all(told)
        self._bundles = told.bundles
        self.offer({key: _row(starter) for key, starter in self._starters.items()})

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """The rows, and the bundles."""
        bundles = [{"name": b.name, "keys": [m.source for m in b.models]} for b in self._bundles]
        return {**super().project(snapshot), "bundles": bundles}

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """As for every panel; when models come or go, the server is asked anew what that means."""
        self._follow(snapshot)
        super().on_snapshot(snapshot)

    def _note_view(self, view: str, state: str) -> None:
        super()._note_view(view, state)
        self._follow(self.connection.snapshot)

    def _follow(self, snapshot: Snapshot) -> None:
        """Read again if the library is another one, somebody looks, and the installs have settled."""
        seen = "visible" in self._views.values()
        if self._due or not (self.loaded and seen) or snapshot.models.keys() == self._keys_then:
            return
        if not any(job.status in _MOVING for job in snapshot.jobs.values()):
            self._due = True
            self.connection.loop.loop.call_later(_SETTLE, self._read_again)

    def _read_again(self) -> None:
        self._due = False
        if not self._closed:
            self.read_soon()

    def is_installed(self, key: str, snapshot: Snapshot) -> bool:
        """The server said so, or a model of that source has come since."""
        if self._sources[0] is not snapshot.models:
            self._sources = (snapshot.models, frozenset(m.source for m in snapshot.models.values()))
        return self._starters[key].is_installed or key in self._sources[1]

    def to_install(self, keys: list[str]) -> list[str]:
        """Those that are not installed, each after what it needs."""
        return list(dict.fromkeys(each for key in keys for each in self._missing(key)))

    def _missing(self, key: str) -> Iterable[str]:
        """What is missing of a model and of what it needs; a need may have needs of its own."""
        return (each for each in _needs(key, self._starters, ()) if self.state(each)[0] in ("new", "failed"))

    def name_of(self, key: str) -> str:
        return self._starters[key].name if key in self._starters else key

    # -- faces ----------------------------------------------------------------------------------------------

    def plain_text(self) -> str:
        return table_text(self._caption(), self._cells(), left_out=max(0, len(self._starters) - _SHOWN))

    def plain_html(self) -> str:
        head = ("Name", "Type", "Base", "Size", "State")
        return table_html(self._caption(), head, self._cells(), left_out=max(0, len(self._starters) - _SHOWN))

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (row["name"], row["type_label"], row["base_label"], words.size(row["size"]), self.state(key)[1])
            for key, row in list(self._rows.items())[:_SHOWN]
        ]

    def _caption(self) -> str:
        if self.problem:
            return problem_text(self.problem)
        if not self.loaded:
            return f"The starter models of {self.connection.base_url} have not been read yet."
        installed = sum(state == "installed" for state, _ in self._states.values())
        what = words.count(len(self._starters), "starter model")
        return f"{what} at {self.connection.base_url}, {installed:,} installed"


def told_size(description: str | None) -> tuple[int | None, bool]:
    """The bytes a description speaks of ("... ~6.9GB"), or None; and whether what it needs is in them."""
    text = description or ""
    found = _SIZE.search(text)
    if found is None:
        return None, False
    amount = float(found.group(1)) * _UNITS[found.group(2).upper()]
    return round(amount), "with dependencies" in text.lower()


def _row(starter: StarterModel) -> dict[str, Any]:
    """What the browser paints of a suggestion. `needs`: keys of what is to be installed with it."""
    size, with_needs = told_size(starter.description)
    return {
        "key": starter.source,
        "name": starter.name,
        "description": starter.description or "",
        "type": starter.type,
        "base": starter.base,
        "type_label": label("type", starter.type),
        "base_label": label("base", starter.base),
        "size": size,
        "size_with_needs": with_needs,
        "needs": [str(each.get("source")) for each in starter.dependencies or ()],
    }


def _all(told: StarterList) -> dict[str, StarterModel]:
    """All by their sources, also what only a bundle has, or what only another model needs."""
    found = {starter.source: starter for starter in told.models}
    for starter in (*told.models, *(model for bundle in told.bundles for model in bundle.models)):
        found.setdefault(starter.source, starter)
        for each in starter.dependencies or ():
            needed = StarterModel.from_wire(each)
            found.setdefault(needed.source, needed)
    return found


def _needs(key: str, starters: Mapping[str, StarterModel], above: tuple[str, ...]) -> Iterable[str]:
    """A model after all that it needs; `above` guards against a circle."""
    starter = starters.get(key)
    if starter is None or key in above:
        return
    for each in starter.dependencies or ():
        yield from _needs(str(each.get("source")), starters, (*above, key))
    yield key
