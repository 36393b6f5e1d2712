"""What is known about one server, as one frozen value, and the small actions that change it.

Nothing here does I/O or looks at the clock: `reduce(snapshot, action)` is a pure function, so what a widget
shows can be told from what happened. Every action returns the *same* snapshot when it changes nothing, and
keeps every part it does not touch identical (`after.models is before.models`), so that a subscriber can tell
by `is` what it has to project again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import CacheStats, HFStatus, ModelInstJobInfo, ModelRecord, User


@dataclass(frozen=True)
class Problem:
    """Something that went wrong and has no cell to appear in: shown by the widget until the next success."""

    message: str
    advice: str | None = None
    kind: str = "error"  # the exception's class name, for tests and for choosing a picture
    since: float = 0.0  # seconds since the epoch


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Snapshot:
    """All that the widgets of one server show. Times are seconds since the epoch."""

    models: Mapping[str, ModelRecord] = field(default_factory=_nothing)
    jobs: Mapping[int, ModelInstJobInfo] = field(default_factory=_nothing)
    missing: frozenset[str] = frozenset()  # keys whose file is gone
    busy: Mapping[str, str] = field(default_factory=_nothing)  # key -> the verb at work on it
    link: str = "connecting"
    link_since: float = 0.0
    link_reason: str | None = None  # why it is not live, if that is known
    problem: Problem | None = None
    version: str | None = None
    user: User | None = None
    read_only: bool = False
    stats: CacheStats | None = None
    hf: HFStatus | None = None  # None: not asked yet, or this user may not ask
    loaded: bool = False  # the list of models has been read at least once
    loaded_at: float = 0.0
    revision: int = 0  # one more with every change


class Action(Protocol):
    """One thing that happened. `on` returns the snapshot after it, or the same one if nothing changed."""

    def on(self, s: Snapshot) -> Snapshot: ...


def reduce(snapshot: Snapshot, action: Action) -> Snapshot:
    """The snapshot after `action`, with `revision` one higher if anything is different."""
    after = action.on(snapshot)
    return snapshot if after is snapshot else replace(after, revision=snapshot.revision + 1)


@dataclass(frozen=True)
class ModelsListed:
    """The server's whole list, in its order. Records that say nothing new keep their identity."""

    models: Iterable[ModelRecord]
    at: float

    def on(self, s: Snapshot) -> Snapshot:
        listed = {m.key: m for m in self.models}
        for key, record in listed.items():
            known = s.models.get(key)
            if known is not None and known == record:  # equal but for the cover's tag
                listed[key] = known
        unchanged = s.loaded and _identical(listed, s.models)
        models = s.models if unchanged else MappingProxyType(listed)
        return replace(s, models=models, missing=s.missing & listed.keys(), loaded=True, loaded_at=self.at)


def _identical(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a.values(), b.values(), strict=True))


@dataclass(frozen=True)
class ModelPut:
    """A record is new or changed: an install completed, an edit was answered. `replaces`: the key it had."""

    record: ModelRecord
    replaces: str | None = None

    def on(self, s: Snapshot) -> Snapshot:
        models = {k: m for k, m in s.models.items() if k != self.replaces or k == self.record.key}
        models[self.record.key] = self.record
        return replace(s, models=MappingProxyType(models))


@dataclass(frozen=True)
class ModelsRemoved:
    """These keys are gone from the server."""

    keys: frozenset[str]

    def on(self, s: Snapshot) -> Snapshot:
        if not self.keys & s.models.keys():
            return s
        models = {k: m for k, m in s.models.items() if k not in self.keys}
        return replace(s, models=MappingProxyType(models), missing=s.missing - self.keys)


@dataclass(frozen=True)
class MissingListed:
    """The keys whose files the server does not find."""

    keys: frozenset[str]

    def on(self, s: Snapshot) -> Snapshot:
        return s if self.keys == s.missing else replace(s, missing=self.keys)


@dataclass(frozen=True)
class JobsListed:
    """All install jobs, as the client's `JobWatch` merged them."""

    jobs: Mapping[int, ModelInstJobInfo]

    def on(self, s: Snapshot) -> Snapshot:
        same = self.jobs.keys() == s.jobs.keys() and all(s.jobs[i] is j for i, j in self.jobs.items())
        return s if same else replace(s, jobs=MappingProxyType(dict(self.jobs)))


@dataclass(frozen=True)
class BusyStarted:
    """`verb` is at work on these keys: their rows are greyed. Where another one is already, that is shown."""

    keys: frozenset[str]
    verb: str

    def on(self, s: Snapshot) -> Snapshot:
        return replace(s, busy=MappingProxyType({**dict.fromkeys(self.keys, self.verb), **s.busy}))


@dataclass(frozen=True)
class BusyEnded:
    """The verb has ended on these keys, well or not; what else is at work on one goes on."""

    keys: frozenset[str]
    verb: str

    def on(self, s: Snapshot) -> Snapshot:
        left = {key: verb for key, verb in s.busy.items() if key not in self.keys or verb != self.verb}
        return s if len(left) == len(s.busy) else replace(s, busy=MappingProxyType(left))


@dataclass(frozen=True)
class LinkChanged:
    """How the server is heard now, since when, and why not live.

    `connecting`. `live`: events arrive. `polling`: the server answers, but its events cannot be heard.
    `down`: it does not answer; tried again. `idle`: nobody is looking, so nothing is asked.
    """

    link: str
    at: float
    reason: str | None = None

    def on(self, s: Snapshot) -> Snapshot:
        if (self.link, self.reason) == (s.link, s.link_reason):
            return s
        since = s.link_since if self.link == s.link else self.at
        return replace(s, link=self.link, link_since=since, link_reason=self.reason)


@dataclass(frozen=True)
class ProblemRaised:
    """Something failed. The first sighting's time is kept while the same thing goes on failing."""

    problem: Problem

    def on(self, s: Snapshot) -> Snapshot:
        now, old = self.problem, s.problem
        if old is not None and (old.message, old.kind) == (now.message, now.kind):
            return s
        return replace(s, problem=now)


@dataclass(frozen=True)
class ProblemCleared:
    """The next success: nothing is wrong any more."""

    def on(self, s: Snapshot) -> Snapshot:
        return s if s.problem is None else replace(s, problem=None)


@dataclass(frozen=True)
class Learned:
    """Facts about the server, by the name of the snapshot's field: version, user, stats, hf."""

    facts: Mapping[str, Any]

    def on(self, s: Snapshot) -> Snapshot:
        new = {k: v for k, v in self.facts.items() if getattr(s, k) != v}
        return replace(s, **new) if new else s
