"""Numbers and states in words: one rule for every widget, its text and its HTML face.

Sizes are decimal, as file managers and the hub show them: bytes, kB and MB under 1 GB, else GB and TB
with two decimals.
"""

from __future__ import annotations

from invokeai_widgets.library.labels import name_of

_UNITS = ((1e12, "TB", 2), (1e9, "GB", 2), (1e6, "MB", 0), (1e3, "kB", 0))


def size(count: float | None) -> str:
    """A number of bytes, e.g. "12.70 GB", "330 MB", "16 kB"; "" for None."""
    if count is None:
        return ""
    unit, name, digits = _unit(count)
    return f"{count / unit:.{digits}f} {name}"


def size_of(done: float, total: float) -> str:
    """So many of so many bytes, in the unit of the whole: "9.0 of 23.8 GB", "104 of 170 MB"."""
    unit, name, _ = _unit(total)
    digits = 2 if unit > 1e9 else 1 if unit == 1e9 or total / unit < 10 else 0
    return f"{done / unit:.{digits}f} of {total / unit:.{digits}f} {name}"


def speed(rate: float | None) -> str:
    """Bytes per second, e.g. "62 MB/s", "1.3 MB/s"; "" when nothing moves."""
    if not rate:
        return ""
    unit, name, _ = _unit(rate)
    return f"{rate / unit:.{1 if rate / unit < 10 else 0}f} {name}/s"


def duration(seconds: float | None) -> str:
    """A time to wait, as roughly as one says it: "4 min", "35 s", "2 h 10 min"; "" for None."""
    if seconds is None:
        return ""
    seconds = max(1, round(seconds))
    if seconds < 58:  # beyond, the nearest five seconds are a minute
        return f"{seconds} s" if seconds < 10 else f"{round(seconds / 5) * 5} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"


def count(number: int, one: str, many: str | None = None) -> str:
    """ "1 model", "34 models", "1,200 models"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def joined(*texts: str) -> str:
    """Texts with a dot between them, without the empty ones: "38 % · 62 MB/s"."""
    return " · ".join(text for text in texts if text)


def _unit(amount: float) -> tuple[float, str, int]:
    for unit, name, digits in _UNITS:
        if amount >= unit:
            return unit, name, digits
    return 1.0, "bytes", 0


def class_of(base: str, kind: str) -> str:
    """What a model is, in two words: "SDXL LoRA"; "unknown" when InvokeAI could not tell."""
    if kind == "unknown":
        return "unknown kind"
    shown = [name_of(kind)] if base in ("any", "unknown", "external") else [name_of(base), name_of(kind)]
    return " ".join(shown)
