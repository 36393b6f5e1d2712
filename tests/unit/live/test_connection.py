"""A connection lives while somebody looks, and is shared by all who look at the same server."""

from __future__ import annotations

import gc
import inspect
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from invokeai_widgets import InvokeAIClient, demo
from invokeai_widgets.client.errors import InvalidInput, InvokeAIError
from invokeai_widgets.live.connection import Connection
from invokeai_widgets.live.guard import ReadOnly
from invokeai_widgets.live.store import Snapshot
from invokeai_widgets.live.verbs import Verbs

#: What only reads; every other verb must carry the mark that a read-only connection refuses.
READING = {
    "read_model",
    "file_sizes",
    "missing",
    "scan",
    "look_up",
    "starters",
    "read_stats",
    "hf_status",
    "orphans",
    "opened",
    "refresh",
}


class Viewer:
    """Somebody who looks; `last` is the newest snapshot."""

    def __init__(self, *, wants_models: bool = True) -> None:
        self.wants_models = wants_models
        self.last = Snapshot()
        self._news = threading.Event()

    def on_snapshot(self, snapshot: Snapshot) -> None:
        self.last = snapshot
        self._news.set()

    def wait(self, until: Callable[[Snapshot], object]) -> None:
        deadline = time.monotonic() + 20
        while not until(self.last):
            assert time.monotonic() < deadline, self.last
            self._news.wait(0.05)
            self._news.clear()


@pytest.fixture
def url() -> Iterator[str]:
    with demo.serve(models=3) as running:
        yield running


def test_the_last_to_leave_ends_it_and_the_next_begins_anew(url: str) -> None:
    connection, one, two = Connection.of(url), Viewer(), Viewer()
    connection.attach(one)
    connection.attach(two)
    one.wait(lambda snapshot: len(snapshot.models) == 3 and snapshot.link == "live")
    connection.detach(one)
    connection.detach(one)
    two.wait(lambda snapshot: len(snapshot.models) == 3)
    connection.detach(two)
    one = Viewer()
    connection.attach(one)
    one.wait(lambda snapshot: snapshot.link == "live" and snapshot.version)
    connection.detach(one)


def test_who_joins_a_watch_that_is_live_is_told_what_is_known(url: str) -> None:
    with InvokeAIClient.from_url(url) as client:
        one, two = Connection.of(client), Connection.of(client, read_only=True)
        first, second = Viewer(), Viewer()
        one.attach(first)
        first.wait(lambda snapshot: snapshot.link == "live")
        two.attach(second)
        second.wait(lambda snapshot: snapshot.link == "live")
        one.detach(first)
        two.detach(second)


def test_who_comes_and_goes_in_one_breath_leaves_it_able_to_begin(url: str) -> None:
    connection, hasty, last = Connection.of(url), Viewer(), Viewer()

    def come_and_go() -> None:
        connection._attach(hasty)
        connection._detach(hasty)

    connection.loop.post(come_and_go)
    connection.loop.post(come_and_go)
    connection.attach(last)
    last.wait(lambda snapshot: len(snapshot.models) == 3 and snapshot.link == "live")
    connection.detach(last)
    for _ in range(3):  # while it closes
        connection.loop.post(come_and_go)
    connection.attach(last)
    connection.loop.run(connection.opened())
    connection.loop.run(connection.refresh())
    connection.detach(last)


def test_a_connection_nobody_holds_is_forgotten(url: str) -> None:
    first = id(Connection.of(url))
    gc.collect()
    assert not [key for key in Connection._shared if url in str(key)], first


def test_who_needs_no_models_does_not_have_them_listed(url: str) -> None:
    connection, bar, table = Connection.of(url), Viewer(wants_models=False), Viewer()
    connection.attach(bar)
    bar.wait(lambda snapshot: snapshot.version and snapshot.link == "live")
    assert not bar.last.loaded
    connection.attach(table)
    table.wait(lambda snapshot: len(snapshot.models) == 3)
    connection.detach(bar)
    connection.detach(table)


def test_every_verb_that_changes_something_is_marked() -> None:
    verbs = {name: verb for name, verb in vars_of(Verbs).items() if inspect.iscoroutinefunction(verb)}
    unmarked = {name for name, verb in verbs.items() if not hasattr(verb, "changes_server")}
    assert unmarked <= READING
    assert len(verbs) - len(unmarked) >= 12


def test_a_read_only_connection_refuses_before_anything_is_sent(url: str) -> None:
    connection, viewer = Connection.of(url, read_only=True), Viewer()
    connection.attach(viewer)
    viewer.wait(lambda snapshot: snapshot.loaded)
    keys = list(viewer.last.models)
    for work in (connection.delete(keys), connection.install("/x.safetensors"), connection.hf_logout()):
        with pytest.raises(ReadOnly, match="read-only"):
            connection.loop.run(work)
    connection.detach(viewer)
    with InvokeAIClient.from_url(url) as client:
        assert len(client.dnn_model_repo.list_models()) == 3


def test_without_a_viewer_there_is_no_client(url: str) -> None:
    with pytest.raises(InvokeAIError, match="closed"):
        Connection.of(url).client  # noqa: B018 - reading it is what is refused
    with pytest.raises(InvalidInput, match="address or a client"):
        Connection.of(3)  # type: ignore[arg-type]


def test_a_password_in_the_address_is_sent_and_shown_nowhere(url: str) -> None:
    with_password = url.replace("//", "//user:s3cret@")
    connection, viewer = Connection.of(with_password), Viewer()
    assert connection is not Connection.of(url)
    assert connection.base_url == f"{url}/"
    assert "s3cret" not in repr(vars(connection))
    connection.attach(viewer)
    viewer.wait(lambda snapshot: snapshot.loaded)
    assert connection.client.jobs.transport.auth.headers()["Authorization"].startswith("Basic ")
    connection.detach(viewer)


def vars_of(kind: type) -> dict[str, object]:
    """The public members of a class, its bases' included."""
    return {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}
