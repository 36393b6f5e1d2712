"""One row of the tables in `files` and `folders`: how a class of models is recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .subject import Subject

_T = TypeVar("_T")


class NoMatchError(Exception):
    """The rule does not apply after all: something it needs to know is not in the file."""


def known(value: _T | None) -> _T:
    """The value; raises `NoMatchError` if there is none."""
    if value is None:
        raise NoMatchError
    return value


Told = str | int | None | Callable[[Subject], Any]
"""A value of a row: fixed, or read from the subject, which may raise `NoMatchError`."""


@dataclass(frozen=True)
class Rule:
    """Type, base and format of what `looks` recognises, and the fields of the record it can fill.

    The first row that applies wins, so the order of a table is part of it. `looks` may be left out
    where `base` decides alone.
    """

    type: str
    base: str | Callable[[Subject], str | None]
    format: str
    looks: Callable[[Subject], bool] = lambda subject: True
    fields: Mapping[str, Told] = field(default_factory=dict)

    def apply(self, subject: Subject) -> tuple[str, dict[str, Any]] | None:
        """The base and the told fields, or None if the rule does not apply."""
        try:
            if not self.looks(subject):
                return None
            base = known(self.base(subject)) if callable(self.base) else self.base
            return base, {
                name: told(subject) if callable(told) else told for name, told in self.fields.items()
            }
        except NoMatchError:
            return None
