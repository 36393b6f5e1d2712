"""Fixtures that every test may ask for. Each starts its server only when the first test asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from invokeai_widgets.demo import start
from invokeai_widgets.demo.server import DemoServer
from tests.support.fileserver import FileServer
from tests.support.hub import Hub
from tests.support.invokeai import NEWEST, RealInvokeAI, at_least, install, version_asked
from tests.support.invokeai.fill import install_in_place, installed_keys, remove_all_but
from tests.support.leftovers import left_since, running
from tests.support.tiny_models import Manifest, good, write_hub_repository, write_tiny_models

Begin = Callable[..., DemoServer]

# How long an example takes on a busy machine says nothing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the first test of a real server the time in which that starts."""
    for item in items:
        if item.get_closest_marker("invokeai") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(400))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Install the real server before the first test, whose time limit is too short for that."""
    if (
        any(item.get_closest_marker("invokeai") for item in session.items)
        and not session.config.option.collectonly
    ):
        install(version_asked())


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the server's version does not know: ``@pytest.mark.since("6.14.2")``."""
    for mark in item.iter_markers("since"):
        if not at_least(version_asked(), mark.args[0]):
            pytest.skip(f"InvokeAI {version_asked()} is older than {mark.args[0]}")


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Fails a test after which a process, a thread or a coroutine of ours still runs."""
    before = running()
    yield
    left = left_since(before)
    assert not left, f"left behind: {left}"


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Start embedded servers: ``begin(models=3)``, with the settings of `demo.serve`."""
    with ExitStack() as running:

        def begin(**settings: Any) -> DemoServer:
            server = start(**settings)
            running.callback(server.stop)
            return server

        yield begin


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests are marked ``anyio`` and run on asyncio."""
    return "asyncio"


class TinyModels(SimpleNamespace):
    """``folder``, and ``models``: what the server is expected to make of each entry."""

    folder: Path
    models: Manifest

    @property
    def good(self) -> Manifest:
        """The 34 entries which the server takes."""
        return good(self.models)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> TinyModels:
    """All tiny models, written once; tests that move or delete files make their own."""
    folder = tmp_path_factory.mktemp("tiny-models")
    return TinyModels(folder=folder, models=write_tiny_models(folder))


@pytest.fixture(scope="session")
def invokeai_version() -> str:
    """The version of the real server: ``$INVOKEAI_VERSION``, else the newest that is known."""
    return version_asked()


class FilledInvokeAI(RealInvokeAI):
    """A server that holds the good tiny models, in place; ``models_dir`` is their folder."""

    models_dir: Path
    models: Manifest


@pytest.fixture(scope="session")
def invokeai_server(
    tmp_path_factory: pytest.TempPathFactory, tiny_models: TinyModels, invokeai_version: str
) -> Iterator[FilledInvokeAI]:
    """One real server for all tests, filled with the 34 good tiny models in place. Leave it as it was."""
    root = tmp_path_factory.mktemp("invokeai")
    with FilledInvokeAI(root, version=invokeai_version) as server:
        refused = install_in_place(server.api, [tiny_models.folder / name for name in tiny_models.good])
        if refused and invokeai_version == NEWEST:  # an older one knows fewer kinds
            raise RuntimeError(f"the server refused {refused}")
        server.models_dir = tiny_models.folder
        server.models = {name: kind for name, kind in tiny_models.good.items() if name not in refused}
        server.api.delete("/api/v2/models/install").raise_for_status()
        yield server


@pytest.fixture
def restored_invokeai(invokeai_server: FilledInvokeAI) -> Iterator[FilledInvokeAI]:
    """`invokeai_server`, from which everything that a test adds is removed after it, its jobs too."""
    before = installed_keys(invokeai_server.api)
    yield invokeai_server
    remove_all_but(invokeai_server.api, before)


@pytest.fixture(scope="session")
def invokeai_multiuser(
    tmp_path_factory: pytest.TempPathFactory, invokeai_version: str
) -> Iterator[RealInvokeAI]:
    """One real server in multi-user mode, empty and not set up: the first user is still to be made."""
    with RealInvokeAI(
        tmp_path_factory.mktemp("multiuser"), version=invokeai_version, multiuser=True
    ) as server:
        yield server


@pytest.fixture
def fresh_invokeai(tmp_path: Path, invokeai_version: str) -> Iterator[Callable[..., RealInvokeAI]]:
    """Start servers of one's own, which may be killed: ``fresh_invokeai(multiuser=..., hf_endpoint=...)``."""
    with ExitStack() as servers:

        def start(name: str = "invokeai", **options: Any) -> RealInvokeAI:
            options.setdefault("version", invokeai_version)
            return servers.enter_context(RealInvokeAI(tmp_path / name, **options))

        yield start


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    """A file server on 127.0.0.1, empty: throttled, cut, without Range or length, as a test wants it."""
    with FileServer() as server:
        yield server


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A stand-in for the Hugging Face hub, with the repository that a conversion asks for.

    Repositories are folders below ``hub.repositories.folder``; the good token is ``hf_good``.
    """
    folder = tmp_path / "hub"
    write_hub_repository(folder)
    with Hub(folder, tokens={"hf_good"}, outsiders={"hf_outsider"}) as running:
        yield running
