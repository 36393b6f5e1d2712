"""Multi-user mode of the embedded server."""

from __future__ import annotations

import pytest
import socketio

from tests.support.watched import INSTALL, MODELS, Watched

from .conftest import Start

AUTH = "/api/v1/auth"
ADMIN = {"email": "ada@example.org", "password": "x", "display_name": "Ada"}
PLAIN = {"email": "uli@example.org", "password": "y", "display_name": "Uli"}


@pytest.fixture
def server(begin: Start) -> Watched:
    return begin(multiuser=True)


def login(server: Watched, who: dict[str, str], **more: object) -> dict[str, str]:
    given = {"email": who["email"], "password": who["password"], **more}
    answer = server.api.post(f"{AUTH}/login", json=given)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
def admin(server: Watched) -> dict[str, str]:
    assert server.api.post(f"{AUTH}/setup", json=ADMIN).json()["success"]
    return login(server, ADMIN)


@pytest.fixture
def plain(server: Watched, admin: dict[str, str]) -> dict[str, str]:
    assert server.api.post(f"{AUTH}/users", json=PLAIN, headers=admin).status_code == 201
    return login(server, PLAIN)


def test_setup(server: Watched) -> None:
    assert server.api.get(f"{AUTH}/status").json()["setup_required"] is True
    bad = server.api.post(f"{AUTH}/setup", json={"email": "nope", "password": "x"}).json()["detail"][0]
    assert (bad["type"], bad["loc"]) == ("value_error", ["body", "email"])
    assert server.api.post(f"{AUTH}/setup", json=ADMIN).status_code == 200
    again = server.api.post(f"{AUTH}/setup", json=ADMIN)
    assert (again.status_code, again.json()) == (400, {"detail": "Administrator account already configured"})
    assert server.api.get(f"{AUTH}/status").json()["setup_required"] is False


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication required"),
        ("Basic eDp5", "Authentication required"),
        ("Bearer rubbish", "Invalid or expired token"),
        ("Bearer a.b.c", "Invalid or expired token"),
    ],
)
def test_nobody(server: Watched, header: str | None, detail: str) -> None:
    headers = {"Authorization": header} if header else {}
    for method, path in (("GET", f"{MODELS}/"), ("POST", INSTALL), ("GET", f"{MODELS}/stats")):
        answer = server.api.request(method, path, headers=headers, params={"token": "x"})
        assert (answer.status_code, answer.json()) == (401, {"detail": detail})
    assert server.api.get("/api/v1/app/version").status_code == 200
    assert server.api.get(f"{MODELS}/i/x/image").status_code == 500  # open to all, and there is none


def test_wrong_passwords(server: Watched, admin: dict[str, str]) -> None:
    for email, password in (("ada@example.org", "wrong"), ("q@example.org", "x"), ("ADA@example.org", "x")):
        answer = server.api.post(f"{AUTH}/login", json={"email": email, "password": password})
        assert (answer.status_code, answer.json()["detail"]) == (401, "Incorrect email or password")
        assert answer.headers["www-authenticate"] == "Bearer"


# 403 comes before anything else is looked at.
def test_what_a_user_without_rights_may_do(server: Watched, plain: dict[str, str]) -> None:
    for path in (f"{MODELS}/", f"{MODELS}/missing"):
        assert server.api.get(path, headers=plain).status_code == 200
    assert server.api.get(f"{MODELS}/i/x", headers=plain).status_code == 404
    for method, path in (
        ("GET", INSTALL),
        ("POST", INSTALL),
        ("GET", f"{MODELS}/starter_models"),
        ("GET", f"{MODELS}/stats"),
        ("PATCH", f"{MODELS}/i/x"),
        ("DELETE", f"{MODELS}/i/x"),
        ("GET", f"{MODELS}/scan_folder"),
    ):
        answer = server.api.request(method, path, headers=plain)
        assert (answer.status_code, answer.json()) == (403, {"detail": "Admin privileges required"}), path


def test_tokens_are_refreshed_by_what_changes_something(server: Watched, admin: dict[str, str]) -> None:
    changed = server.api.post(f"{MODELS}/empty_model_cache", headers=admin)
    fresh = {"Authorization": f"Bearer {changed.headers['x-refreshed-token']}"}
    for headers in (fresh, admin):
        answer = server.api.get(f"{AUTH}/me", headers=headers)
        assert answer.json()["email"] == ADMIN["email"]
    assert "x-refreshed-token" not in server.api.get(f"{MODELS}/", headers=admin).headers
    assert "x-refreshed-token" not in server.api.delete(f"{MODELS}/i/x", headers=admin).headers
    assert server.api.post(f"{AUTH}/logout", headers=admin).json() == {"success": True}
    assert server.api.get(f"{MODELS}/", headers=admin).status_code == 200  # it stays good
    answer = server.api.post(f"{AUTH}/login", json={**ADMIN, "remember_me": True})
    assert answer.json()["expires_in"] == 604_800


def test_sockets(server: Watched, admin: dict[str, str], plain: dict[str, str]) -> None:
    for auth in (None, {"token": "rubbish"}):
        with pytest.raises(socketio.exceptions.ConnectionError):
            server.listen(auth=auth)
    heard: list[str] = []
    with socketio.SimpleClient() as other:
        other.connect(
            server.url, socketio_path="/ws/socket.io", transports=["websocket"],
            auth={"token": plain["Authorization"].partition(" ")[2]},
        )  # fmt: skip
        other.client.on("*", lambda name, _: heard.append(name))
        server.listen(headers=admin)
        answer = server.api.post(INSTALL, params={"source": "external://a/b"}, json={}, headers=admin)
        assert answer.status_code == 201
        server.heard("model_install_complete")
        assert heard == []


def test_a_user_is_switched_off(server: Watched, admin: dict[str, str], plain: dict[str, str]) -> None:
    client = server.listen(auth={"token": plain["Authorization"].partition(" ")[2]})
    me = server.api.get(f"{AUTH}/me", headers=plain).json()
    path = f"{AUTH}/users/{me['user_id']}"
    changed = server.api.patch(path, json={"is_active": False}, headers=admin).json()
    assert changed["is_active"] is False
    client.wait()  # returns, for the server closed it
    assert server.api.get(f"{MODELS}/", headers=plain).json() == {"detail": "User not found or inactive"}
    refused = server.api.post(f"{AUTH}/login", json=PLAIN)
    assert (refused.status_code, refused.json()["detail"]) == (403, "User account is disabled")
    assert server.api.delete(path, headers=admin).status_code == 204
    assert len(server.api.get(f"{AUTH}/users", headers=admin).json()) == 1


def test_single_user_mode(begin: Start) -> None:
    server = begin()
    assert server.api.get(f"{AUTH}/status").json()["multiuser_enabled"] is False
    assert server.api.get(f"{AUTH}/me").status_code == 401
    assert server.api.post(f"{AUTH}/login", json=ADMIN).status_code == 403
    assert server.api.get(f"{MODELS}/", headers={"Authorization": "Bearer rubbish"}).status_code == 200
    server.listen(auth={"token": "rubbish"})
