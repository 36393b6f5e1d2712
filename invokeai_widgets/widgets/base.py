"""`Panel`: what every widget of this package shares.

A panel shows one connection's snapshot and sends intents back.

    Python -> browser   traits, written by the loop thread only; `project(snapshot)` says which values
    browser -> Python   {kind: "intent", rid, verb, ...args}   answered by exactly one
    Python -> browser   {kind: "reply", rid, ok, result?, error?: {message, advice, kind}}
    browser -> Python   {kind: "view", view, state: "visible" | "hidden" | "gone"}   for each view
    Python -> browser   {kind: "seen", view}   so that a view knows that it is more than a picture

An intent named `verb` runs the coroutine `do_<verb>(**args)` on the loop thread. Its message handler may be
called on any thread, late, or in the middle of a cell, so it only posts to the loop and returns. A secret
goes into an intent's arguments and nowhere else: traits are echoed and saved in notebooks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import anywidget
import traitlets

from invokeai_widgets.client.errors import InvokeAIError
from invokeai_widgets.client.secrets import redact_text
from invokeai_widgets.live.connection import Connection, Source
from invokeai_widgets.live.store import Problem, Snapshot
from invokeai_widgets.widgets import code
from invokeai_widgets.widgets.quiet import keep_out_of_the_log
from invokeai_widgets.widgets.routing import keep_clicks_prompt

_GONE_AFTER = 5.0  # seconds without any view before a panel that was shown stops listening
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What a `do_<verb>` may return when it has bytes to send beside its result."""

    result: Any
    buffers: list[bytes]


class Panel(anywidget.AnyWidget):
    """A widget that shows one server's state. Subclasses give `project`, `do_<verb>`s and the fallbacks.

    `source` is a server's address, a client of this package, or another panel's `connection`.
    """

    problem = traitlets.Dict(
        None,
        allow_none=True,
        help="By Python: {message, advice, kind, since, own}; own: of this panel's verbs.",
    ).tag(sync=True)
    link = traitlets.Dict(help="By Python: {state, since, reason}: how the server is heard.").tag(sync=True)
    read_only = traitlets.Bool(False, help="By Python: verbs that change anything are refused.").tag(
        sync=True
    )

    built: ClassVar[str]
    """The name of its built JavaScript and CSS."""

    wants_models = True
    """Whether the list of models is read for it; a panel of jobs does without."""

    first_look = 1.5
    """Seconds that a new one waits for data, so that its first picture and its fallback have some."""

    connection: Connection
    _closed = True  # until it is built: Python closes what was refused, too

    def __init__(self, source: Source, *, read_only: bool = False, **traits: Any) -> None:
        self.connection = Connection.of(source, read_only=read_only)
        self._views: dict[str, str] = {}  # view -> visible | hidden
        self._own_problem: Problem | None = None
        self._is_attached = False
        self._closed = False
        self._attach()
        try:
            self.connection.wait_for_first_look(self.first_look)
            super().__init__(**{**self._traits_of(self.connection.snapshot), **traits})
        except BaseException:  # a trait was refused: nobody will ever close what was not built
            self._closed = True
            self._detach()
            raise
        keep_clicks_prompt(self.comm)
        keep_out_of_the_log(self.comm)
        self.on_msg(self._hear)
        self.connection.loop.post(self._show_latest)  # what changed while the widget was being built

    @property
    def _esm(self) -> str:
        return code.module(self.built)

    @property
    def _css(self) -> str:
        return code.styles(self.built)

    # -- for subclasses -------------------------------------------------------------------------------------

    def project(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """The traits that show this snapshot, by name. Called on the loop thread, and once while building."""
        return {}

    def plain_text(self) -> str:
        """The panel as text, for a terminal and for `text/plain`."""
        return repr(self)

    def plain_html(self) -> str:
        """The panel as escaped HTML, for nbconvert, GitHub and untrusted notebooks."""
        return ""

    # -- state to the browser -------------------------------------------------------------------------------

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """The connection's news (loop thread): write the traits whose values differ."""
        if self._closed:
            return
        for name, value in self._traits_of(snapshot).items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _show_latest(self) -> None:
        self.on_snapshot(self.connection.snapshot)

    def _traits_of(self, snapshot: Snapshot) -> dict[str, Any]:
        problem = self._own_problem or snapshot.problem
        own = self._own_problem is not None
        return {
            "problem": None if problem is None else {**vars(problem), "own": own},
            "link": {
                "state": snapshot.link,
                "since": snapshot.link_since,
                "reason": snapshot.link_reason,
            },
            "read_only": snapshot.read_only,
            **self.project(snapshot),
        }

    # -- intents from the browser ---------------------------------------------------------------------------

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        """Any thread: hand the message to the loop, nothing else."""
        if isinstance(content, dict) and not self._closed:
            self.connection.loop.post(lambda: self._take(content))

    def _take(self, content: dict[str, Any]) -> None:
        match content:
            case {"kind": "intent", "rid": rid, "verb": str(verb), **args}:
                args.pop("kind", None)
                self.connection.spawn(self._answer(rid, verb, args))
            case {"kind": "view", "view": str(view), "state": str(state)}:
                self._note_view(view, state)
            case _:
                _log.warning("a message of an unknown kind was ignored")

    async def _answer(self, rid: object, verb: str, args: dict[str, Any]) -> None:
        """Do what was asked and send exactly one reply, whatever happens."""
        reply: dict[str, Any] = {"kind": "reply", "rid": rid, "ok": False}
        buffers: list[bytes] = []
        try:
            result = await self._do(verb, args)
            if isinstance(result, Reply):
                result, buffers = result.result, result.buffers
            reply |= {"ok": True, "result": result}
            self._own_problem = None
        except asyncio.CancelledError:
            reply["error"] = {"message": "Stopped before it was done.", "advice": None, "kind": "Cancelled"}
            raise
        except InvokeAIError as error:
            reply["error"] = self._fail(error.message, error.advice, type(error).__name__)
        except Exception as error:
            _log.exception("the intent %r failed", verb)
            reply["error"] = self._fail(
                f"{verb} failed inside the widget: {error}", None, type(error).__name__
            )
        finally:
            if not self._closed:
                self.send(reply, buffers or None)
                self._show_latest()

    async def _do(self, verb: str, args: dict[str, Any]) -> Any:
        handler = getattr(self, f"do_{verb}", None)
        if handler is None:
            raise InvokeAIError(f"This widget does not know how to {verb!r}.")
        await self.connection.opened()
        return await handler(**args)

    def _fail(self, message: str, advice: str | None, kind: str) -> dict[str, Any]:
        message = redact_text(message)  # it may be of an exception that is not ours
        self._own_problem = Problem(message, advice, kind, self.connection.now())
        return {"message": message, "advice": advice, "kind": kind}

    async def do_refresh(self) -> None:
        """Read everything again."""
        await self.connection.refresh()

    async def do_dismiss(self) -> None:
        """The user has read the problem line."""
        self._own_problem = None

    # -- who is looking -------------------------------------------------------------------------------------

    def _note_view(self, view: str, state: str) -> None:
        if state == "gone":
            self._views.pop(view, None)
        else:
            self._views[view] = state
            if not self._closed:
                self.send({"kind": "seen", "view": view})
        self.connection.set_visible(self, "visible" in self._views.values())
        if self._views:
            self._attach()
        else:
            self._leave_later()

    def _leave_later(self) -> None:
        asyncio.get_running_loop().call_later(_GONE_AFTER, self._leave_if_unseen)

    def _leave_if_unseen(self) -> None:
        if not self._views:
            self._detach()

    def _attach(self) -> None:
        """Begin to listen; harmless twice."""
        self._is_attached = True
        self.connection.attach(self)
        if self._closed:  # meanwhile, on another thread: its detaching may have come before
            self._detach()

    def _detach(self) -> None:
        """Listen no more: the last panel to do so ends the connection."""
        self._is_attached = False
        self.connection.detach(self)

    def _attach_for_a_while(self) -> None:
        """Listen again for a script that asks, where nobody looks any more. Any thread."""
        if not self._is_attached and not self._closed:
            self._attach()
            self.connection.loop.post(self._leave_later)

    def close(self) -> None:
        """Stop listening and take the widget away. The server goes on with what it was asked to do."""
        if not self._closed:
            self._closed = True
            self._detach()
        super().close()

    # -- faces ----------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.connection.base_url!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The live view, with text and HTML beside it for every place that cannot show it."""
        made = super()._repr_mimebundle_(**kwargs)
        bundle, metadata = made if isinstance(made, tuple) else (made, {})
        return {**(bundle or {}), "text/plain": self.plain_text(), "text/html": self.plain_html()}, metadata
