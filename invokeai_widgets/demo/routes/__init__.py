"""The routes, one table a family."""

from __future__ import annotations

from . import auth, covers, hub, installs, records, relations, server
from .table import Route

ROUTES: tuple[Route, ...] = (
    *records.ROUTES,
    *covers.ROUTES,
    *installs.ROUTES,
    *hub.ROUTES,
    *relations.ROUTES,
    *server.ROUTES,
    *auth.ROUTES,
)
"""In the order in which they are tried: `/i/bulk_delete` is a key where no POST is meant."""
