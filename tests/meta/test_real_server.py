"""The real server's fixtures: filled as promised, killed and started again, never left behind."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.conftest import FilledInvokeAI
from tests.support.invokeai import NEWEST, RealInvokeAI

pytestmark = pytest.mark.invokeai


def test_it_is_filled_with_the_tiny_models(invokeai_server: FilledInvokeAI) -> None:
    records = invokeai_server.api.get("/api/v2/models/").json()["models"]
    found = {record["path"].rpartition("/")[2]: record for record in records}
    assert found.keys() == invokeai_server.models.keys()
    for name, expected in invokeai_server.models.items():
        assert {key: found[name][key] for key in expected} == expected
    if invokeai_server.version == NEWEST:
        assert len(found) == 34


def test_a_killed_server_comes_back_at_the_same_address(
    fresh_invokeai: Callable[..., RealInvokeAI],
) -> None:
    server = fresh_invokeai()
    server.kill()
    with pytest.raises(httpx.ConnectError):
        server.api.get("/api/v1/app/version")
    server.restart()
    assert server.api.get("/api/v1/app/version").json()["version"] == server.version


@pytest.mark.since("6.13.0")
def test_multi_user_mode_has_users(invokeai_multiuser: RealInvokeAI) -> None:
    assert invokeai_multiuser.api.get("/api/v1/auth/status").json()["multiuser_enabled"]
    assert invokeai_multiuser.api.get("/api/v2/models/").status_code == httpx.codes.UNAUTHORIZED
