"""`Track`: one install job, whatever its number is. No I/O."""

from __future__ import annotations

from typing import Final

from . import steering
from .advice import advice_for, warning_for
from .pace import Pace
from .schema import InstallStatus, ModelInstJobInfo

#: The ends at which something may be left for us to do.
_WORKED_ON: Final = frozenset({InstallStatus.COMPLETED, InstallStatus.ERROR})


class Track:
    """One job through all it goes through.

    Attributes:
        truth: What the server said, put together.
        info: What is shown: `truth` with speed, advice and warning; an end only when our own work for it is
            done.
        has_work: Whether something of ours is to be done when it ends.
        finished: Whether that is done, for the end that `truth` has come to.
        cancel_asked: Whether we wanted it cancelled.
        resumed_at: How many bytes had come when we resumed it last; None after a pause of ours.
        told_at: When something was heard of it last.
    """

    def __init__(self, info: ModelInstJobInfo, at: float) -> None:
        self.truth = info
        self.info = info
        self.has_work = False
        self.finished = False
        self.cancel_asked = False
        self.resumed_at: int | None = None
        self.told_at = at
        self._pace = Pace()
        self.show(at)

    @property
    def is_held(self) -> bool:
        """Whether the server has ended it, and we have not."""
        return self.has_work and not self.finished and self.truth.status in _WORKED_ON

    def show(self, now: float) -> bool:
        """Renew `info`; whether it has changed."""
        if self.is_held:
            return False
        shown = self._pace.show(self.truth, now)
        words = {"advice": self._advice(shown), "warning": self._warning(shown)}
        if any(getattr(shown, name) != text for name, text in words.items()):
            shown = shown.replaced(**words)
        if shown == self.info:
            return False
        self.info = shown
        return True

    def _advice(self, info: ModelInstJobInfo) -> str | None:
        resumed = None
        if self.resumed_at is not None and not self.cancel_asked:
            resumed = steering.after_resume(info, self.resumed_at)
        return resumed or advice_for(info)

    def _warning(self, info: ModelInstJobInfo) -> str | None:
        late = steering.too_late(info) if self.cancel_asked else None
        return " ".join(filter(None, (late, info.warning or warning_for(info)))) or None

    def is_stalled(self, now: float) -> bool:
        """Whether its download stands still."""
        return self._pace.is_stalled(now)
