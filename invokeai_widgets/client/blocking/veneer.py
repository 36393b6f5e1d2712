"""What the blocking classes share: they are typed by hand, and take their words from the async ones."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

C = TypeVar("C", bound=type)


class Lease:
    """Held by a client, its repository and its handles: it is closed when all of them are gone."""


def worded_like(original: type[Any]) -> Callable[[C], C]:
    """Give the methods and properties of a class the docstrings of those of the same name in another."""

    def word(veneer: C) -> C:
        for name, member in vars(veneer).items():
            source = inspect.getattr_static(original, name, None)
            if name.startswith("_") or source is None or inspect.getdoc(member):
                continue
            target = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
            target.__doc__ = inspect.getdoc(source)
        return veneer

    return word
