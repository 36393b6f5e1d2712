"""What an action would do to each model, in the words of the question that is asked before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.library.catalog import Catalog
from invokeai_widgets.library.fates import Fate, conversions, freed, identifications, removals
from invokeai_widgets.widgets import words

_NAMED = 200  # models named one by one


@dataclass(frozen=True)
class _Question:
    verb: str  # as the button says it
    fates: Callable[[Catalog, Iterable[str]], list[Fate]]
    intro: Callable[[Sequence[Fate]], str]
    end: Callable[[Sequence[Fate]], str] = lambda _: ""
    danger: bool = False  # even where no file is deleted


def _loss(fates: Sequence[Fate]) -> str:
    if any(fate.goes for fate in fates):
        return "This cannot be undone."
    return "Only the records are deleted: the files stay where they are."


def _gain(fates: Sequence[Fate]) -> str:
    space = freed(fates)
    return f"Frees {words.size(space)}." if space else "Frees no disk space."


_QUESTIONS = {
    "delete": _Question("Delete", removals, _loss, _gain, danger=True),
    "convert": _Question(
        "Convert",
        conversions,
        lambda _: "Each checkpoint becomes a folder of diffusers files, under a new key.",
    ),
    "reidentify": _Question(
        "Reidentify",
        identifications,
        lambda _: "InvokeAI looks at the files again. Default settings fall back to what it finds.",
    ),
}


def plan_of(action: str, catalog: Catalog, keys: Iterable[str]) -> dict[str, Any]:
    """What "delete", "convert" or "reidentify" would do; nothing is done.

    `ask` names the deed ("Delete 3 models"), `intro` and `end` stand around `models`: at most 200 of them,
    each with `name`, `size` and `path` as they are shown, `why`, and `goes`: whether a file is deleted.
    `more` tells of the others. Keys that the catalog does not know are left out.

    Raises:
        InvalidInput: There is nothing to ask about this action.
    """
    question = _QUESTIONS.get(action)
    if question is None:
        raise InvalidInput(f"There is no plan for {action!r}.")
    fates = question.fates(catalog, keys)
    more = len(fates) - _NAMED
    return {
        "ask": f"{question.verb} {words.count(len(fates), 'model')}",
        "intro": question.intro(fates),
        "models": [{**vars(fate), "size": words.size(fate.size)} for fate in fates[:_NAMED]],
        "more": f"and {words.count(more, 'more model')}" if more > 0 else "",
        "end": question.end(fates),
        "danger": question.danger or any(fate.goes for fate in fates),
    }
