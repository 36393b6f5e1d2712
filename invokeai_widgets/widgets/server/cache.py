"""What the model cache holds, now and in the last while, as the server panel shows it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from invokeai_widgets.library.labels import name_of

if TYPE_CHECKING:
    from invokeai_widgets.client.schema import CacheStats

_KEPT = 300  # moments at which something changed


class CacheHistory:
    """The sizes of the cache over time. Only changes are kept: until the next one, all is as at the last."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, int, int]] = deque(maxlen=_KEPT)

    def note(self, stats: CacheStats, at: float) -> None:
        """Remember these statistics, read at that time (seconds since the epoch)."""
        sizes = (loaded_size(stats), stats.high_watermark)
        if not self._moments or self._moments[-1][1:] != sizes:
            self._moments.append((at, *sizes))

    def to_wire(self) -> list[list[float]]:
        """[seconds since the epoch, bytes of the loaded models, most bytes used] for each change."""
        return [list(moment) for moment in self._moments]


def loaded_size(stats: CacheStats) -> int:
    """The bytes of all models that the statistics name."""
    return sum(stats.loaded_model_sizes.values())


def stats_row(stats: CacheStats | None) -> dict[str, Any] | None:
    """The statistics, ready to paint; None until the server has run something."""
    if stats is None:
        return None
    asked = stats.hits + stats.misses
    sizes = sorted(stats.loaded_model_sizes.items(), key=lambda item: (-item[1], item[0]))
    return {
        "loaded": loaded_size(stats),
        "most": stats.high_watermark,
        "room": stats.cache_size,
        "in_cache": stats.in_cache,
        "cleared": stats.cleared,
        "hits": stats.hits,
        "misses": stats.misses,
        "hit_rate": stats.hits / asked if asked else None,
        "models": [{**model_in_cache(name), "size": size} for name, size in sizes],
    }


def model_in_cache(name: str) -> dict[str, str]:
    """Name and kind of what is in the cache, out of InvokeAI's "sdxl:main:RealVisXL:unet"."""
    base, _, rest = name.partition(":")
    kind, _, rest = rest.partition(":")
    title, _, part = rest.rpartition(":")
    if not title:
        return {"name": name, "kind": ""}
    return {"name": title, "kind": " · ".join(filter(None, [f"{name_of(base)} {name_of(kind)}", part]))}
