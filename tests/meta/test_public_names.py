"""What is written by hand twice is compared: the public names, and the two faces of every operation."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

import invokeai_widgets

PACKAGE = Path(invokeai_widgets.__file__).parent

#: Async class, blocking class, and the types that differ on purpose.
TWINS = [
    ("AsyncInvokeAIClient", "InvokeAIClient"),
    ("AsyncDnnModelRepository", "DnnModelRepository"),
    ("AsyncModelInstJobHandle", "ModelInstJobHandle"),
]
#: Names that one face has and the other cannot have.
ONLY_ASYNC = {"AsyncInvokeAIClient": {"aclose", "jobs"}}
ONLY_BLOCKING = {"InvokeAIClient": {"close"}}


def public(kind: type) -> dict[str, Any]:
    return {name: inspect.getattr_static(kind, name) for name in dir(kind) if not name.startswith("_")}


def plain(member: Any) -> Any:
    if isinstance(member, property):
        return member.fget
    return member.__func__ if isinstance(member, (classmethod, staticmethod)) else member


def words(member: Any) -> str | None:
    return inspect.getdoc(member if isinstance(member, property) else plain(member))


def shape(member: Any) -> tuple[str, list[tuple[str, Any, Any, str]], str]:
    """Kind of member, parameters and result, with the names of async classes read as those of their twins."""
    signature = inspect.signature(plain(member))
    parameters = [
        (each.name, each.kind, each.default, str(each.annotation)) for each in signature.parameters.values()
    ]
    return type(member).__name__, parameters, str(signature.return_annotation).replace("Async", "")


@pytest.mark.parametrize(("async_name", "blocking_name"), TWINS)
def test_the_blocking_face_is_the_async_one(async_name: str, blocking_name: str) -> None:
    asynchronous = public(getattr(invokeai_widgets, async_name))
    blocking = public(getattr(invokeai_widgets, blocking_name))
    own = ONLY_BLOCKING.get(blocking_name, set()), ONLY_ASYNC.get(async_name, set())
    assert blocking.keys() - own[0] == asynchronous.keys() - own[1]
    for name in blocking.keys() & asynchronous.keys():
        assert shape(blocking[name]) == shape(asynchronous[name]), name
        assert words(blocking[name]) == words(asynchronous[name]), name
        assert not inspect.iscoroutinefunction(plain(blocking[name])), name


@pytest.mark.parametrize("name", [name for pair in TWINS for name in pair])
def test_everything_public_has_a_docstring(name: str) -> None:
    for member, value in public(getattr(invokeai_widgets, name)).items():
        assert words(value), f"{name}.{member}"


@pytest.mark.parametrize("name", invokeai_widgets.__all__)
def test_a_public_name_can_be_had(name: str) -> None:
    assert getattr(invokeai_widgets, name) is not None
    assert name in dir(invokeai_widgets)


def test_a_wrong_name_fails_loudly() -> None:
    with pytest.raises(AttributeError, match="no attribute 'InvokAIClient'"):
        invokeai_widgets.InvokAIClient  # noqa: B018


def test_type_checkers_and_python_see_the_same_names() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert imported == invokeai_widgets._WHERE


def test_every_error_is_exported() -> None:
    from invokeai_widgets.client import errors

    kinds = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == errors.__name__
    }
    assert kinds <= set(invokeai_widgets.__all__)


def test_every_value_an_operation_gives_is_exported() -> None:
    values = set()
    for kind in (invokeai_widgets.AsyncDnnModelRepository, invokeai_widgets.AsyncInvokeAIClient):
        for member in public(kind).values():
            if inspect.iscoroutinefunction(member):
                values |= set(names_in(typing.get_type_hints(member, localns=LOCAL)["return"]))
    assert values <= set(invokeai_widgets.__all__)


class _Lazy(dict):  # type: ignore[type-arg]
    """Names that the modules import for type checkers only."""

    def __missing__(self, name: str) -> Any:
        if name not in invokeai_widgets.__all__:
            raise KeyError(name)
        return getattr(invokeai_widgets, name)


LOCAL = _Lazy()


def names_in(annotation: Any) -> list[str]:
    below = [name for part in typing.get_args(annotation) for name in names_in(part)]
    module = getattr(annotation, "__module__", "")
    return [*below, annotation.__name__] if module.startswith("invokeai_widgets") else below


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


HEAVY = {
    "httpx",
    "pydantic",
    "socketio",
    "pandas",
    "numpy",
    "IPython",
    "ipywidgets",
    "anywidget",
    "traitlets",
}


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not loaded_by("import invokeai_widgets") & (HEAVY | {"asyncio", "anyio", "msgspec"})


def test_the_client_imports_neither_pandas_nor_jupyter() -> None:
    walk = """
import pkgutil, importlib, invokeai_widgets.client as c
for found in pkgutil.walk_packages(c.__path__, c.__name__ + "."):
    importlib.import_module(found.name)
"""
    assert loaded_by(walk) & HEAVY <= {"httpx", "socketio"}


def test_using_the_client_imports_no_socketio() -> None:
    using = "from invokeai_widgets import InvokeAIClient\nInvokeAIClient.from_url('http://localhost:1')"
    assert "socketio" not in loaded_by(using)


def test_what_only_checkers_have_is_imported_for_them_only() -> None:
    """`typing_extensions` is no dependency of ours; the embedded server has it by pydantic."""
    ours = (path for path in PACKAGE.rglob("*.py") if "demo" not in path.parts)
    assert [path.name for path in ours if "typing_extensions" in imported_by(path)] == []


@pytest.mark.parametrize(("library", "module"), [("httpx", "lean.py"), ("socketio", "events.py")])
def test_one_module_knows_the_library(library: str, module: str) -> None:
    """Elsewhere it may be named for type checkers only."""
    knowing = {path.name for path in (PACKAGE / "client").rglob("*.py") if library in imported_by(path)}
    assert knowing == {module}


def test_httpx_is_used_where_calls_are_sent_and_their_failures_understood() -> None:
    using = {p.name for p in (PACKAGE / "client").rglob("*.py") if "lean import httpx" in p.read_text()}
    assert using == {"transport.py", "trouble.py"}


def test_the_client_leaves_the_command_line_of_httpx_out(tmp_path: Path) -> None:
    """It would import rich and click, where they are, which takes as long as all the rest."""
    (tmp_path / "click.py").write_text("")
    begin = f"sys.path.insert(0, {str(tmp_path)!r})\n"
    using = (
        f"{begin}from invokeai_widgets import InvokeAIClient\nInvokeAIClient.from_url('http://localhost:1')"
    )
    known = f"{using}\nassert 'httpx._main' not in sys.modules\nimport httpx\nassert callable(httpx.get)"
    assert "click" not in loaded_by(known)
    before = f"import httpx\nmain = sys.modules.get('httpx._main')\n{using}"
    loaded_by(f"{before}\nassert sys.modules.get('httpx._main') is main")


def imported_by(path: Path) -> set[str]:
    """The libraries that a module imports when it runs."""
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(path.read_text())]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
        todo.extend(ast.iter_child_nodes(node))
    return found
