"""The floors of the house: what lies lower never imports what lies above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import invokeai_widgets

PACKAGE = Path(invokeai_widgets.__file__).parent
NAME = PACKAGE.name

#: Each floor, and those it may stand on. `demo` stands beside them: it is a server, not a client.
STANDS_ON: dict[str, set[str]] = {
    "client": set(),
    "library": {"client"},
    "live": {"client", "library"},
    "widgets": {"client", "library", "live", "demo"},
    "demo": set(),
}
#: The only doors upwards, each used when something is shown in a notebook: (file, the module it opens).
DOORS = {("client/display.py", "widgets")}


def test_every_folder_is_a_floor() -> None:
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == STANDS_ON.keys()


@pytest.mark.parametrize("floor", STANDS_ON)
def test_it_imports_only_what_lies_below(floor: str) -> None:
    allowed = {*STANDS_ON[floor], floor, None}
    wrong = [
        f"{file}: {module}"
        for path in (PACKAGE / floor).rglob("*.py")
        for file in [path.relative_to(PACKAGE).as_posix()]
        for module in imported(path)
        if floor_of(module) not in allowed and (file, floor_of(module)) not in DOORS
    ]
    assert wrong == []


def floor_of(module: str) -> str | None:
    """Which floor a module of ours is on; None for the few that are everybody's."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in STANDS_ON else None


def imported(path: Path) -> Iterator[str]:
    """The modules of ours that a module imports when it runs, those in its functions, too."""
    package = [NAME, *path.relative_to(PACKAGE).parent.parts]
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == NAME)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *(node.module or "").split(".")]
            if base[0] == NAME:
                yield from (".".join([*filter(None, base), alias.name]) for alias in node.names)
        todo.extend(ast.iter_child_nodes(node))
