"""The ASGI application: routes, rights, and what surrounds them."""

from __future__ import annotations

import socketio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route as StarletteRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from .backend import Backend
from .events import PATH as SOCKET_PATH
from .page import page
from .routes import ROUTES
from .routes.table import ADMIN, OPEN, Asked, Route
from .web.answers import Refusal
from .web.layers import Compressed, Cors, Crashing, Faulty, Refusing

_REFRESHING = {"POST", "PUT", "PATCH", "DELETE"}


def build(backend: Backend) -> ASGIApp:
    """The whole server: sockets at their path, all else by the tables."""
    routes = [_route(backend, row) for row in ROUTES if backend.version.has(row.since)]
    # Whatever is not matched is InvokeAI's web page, if it is a GET: there are no 404s for paths.
    router = Router([*routes, Mount("/", _Fallback(backend))], redirect_slashes=False)
    app = socketio.ASGIApp(backend.events.sio, other_asgi_app=Refusing(router), socketio_path=SOCKET_PATH)
    return Faulty(Crashing(Compressed(Cors(app, vary=not backend.version.is_old))), backend.faults)


def _route(backend: Backend, row: Route) -> StarletteRoute:
    async def answer(request: Request) -> Response:
        accounts = backend.accounts
        user, remember = None, False
        if accounts.multiuser and row.rights != OPEN:
            user, remember = accounts.of_header(request.headers.get("authorization"))
            if row.rights == ADMIN and not user["is_admin"]:
                raise Refusal(403, "Admin privileges required")
        response = await row.handler(Asked(request, backend, user))
        if user and request.method in _REFRESHING and response.status_code < 400:
            response.headers["X-Refreshed-Token"] = accounts.token(user, remember)[0]
        return response

    # Starlette answers HEAD where GET is allowed; InvokeAI's HEAD gets the web page.
    route = StarletteRoute(row.path, answer, methods=[row.method])
    route.methods = {row.method}
    return route


class _Fallback:
    """Answers what no route takes."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD"):
            raise Refusal(405, "Method Not Allowed")
        path = scope["path"]
        backend = self._backend
        if not backend.version.has_web_page and path != "/":
            raise Refusal(404, "Not Found")
        settings = backend.settings
        url = str(request.base_url).rstrip("/")
        await page(settings.version, str(backend.root), settings.root is None, url)(scope, receive, send)
