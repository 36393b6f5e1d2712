"""Records on the embedded server: the answers and quirks of InvokeAI 6.14.2."""

from __future__ import annotations

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.support.tiny_models import write_tiny_models
from tests.support.watched import MODELS, Watched

from .conftest import Start


def one(server: Watched, key: str) -> httpx.Response:
    return server.api.get(f"{MODELS}/i/{key}")


def patch(server: Watched, key: str, /, **changes: object) -> httpx.Response:
    return server.api.patch(f"{MODELS}/i/{key}", json=changes)


def test_every_tiny_model_is_what_it_is(server: Watched, tmp_path: Path) -> None:
    expected = write_tiny_models(tmp_path)
    for name in expected:
        server.install(tmp_path / name)
    ended = [server.until(job) for job in server.api.get(f"{MODELS}/install").json()]
    errors = {Path(job["local_path"]).name: job["error_reason"] for job in ended if job["status"] == "error"}
    assert errors == {name: kind["error"] for name, kind in expected.items() if "error" in kind}
    found = {Path(each["path"]).name: each for each in server.models()}
    for name, kind in expected.items():
        if "error" not in kind:
            assert {field: found[name][field] for field in kind} == kind, name


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", MODELS), ("GET", f"{MODELS}/i/"), ("GET", f"{MODELS}/i/a%2Fb"), ("GET", "/api/v1/models/")],
)
def test_an_unknown_path_is_the_web_page(server: Watched, method: str, path: str) -> None:
    answer = server.api.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "This is not InvokeAI" in answer.text


def test_other_methods(server: Watched) -> None:
    for method, path in (("POST", f"{MODELS}/"), ("PUT", "/nothing"), ("DELETE", f"{MODELS}/stats")):
        answer = server.api.request(method, path)
        assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    head = server.api.head(f"{MODELS}/")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/html; charset=utf-8")
    preflight = {"Origin": "http://example.org", "Access-Control-Request-Method": "GET"}
    answer = server.api.options(f"{MODELS}/", headers=preflight)
    assert (answer.status_code, answer.text) == (400, "Disallowed CORS origin")


def test_gzip_is_for_answers_of_four_bytes_too(server: Watched) -> None:
    short = server.api.post(f"{MODELS}/empty_model_cache", headers={"Accept-Encoding": "gzip"})
    assert (short.text, short.headers["content-encoding"]) == ("null", "gzip")
    assert "content-length" not in short.headers
    plain = server.api.post(f"{MODELS}/empty_model_cache", headers={"Accept-Encoding": "identity"})
    assert (plain.headers["content-length"], plain.headers.get("content-encoding")) == ("4", None)


def test_filters_and_orders(begin: Start) -> None:
    server = begin(models=60)
    everything = server.models()
    names = [each["name"].lower() for each in everything]
    assert names == sorted(names)
    for query, field in (("model_type", "type"), ("model_format", "format"), ("base_models", "base")):
        wanted = everything[0][field]
        assert {each[field] for each in server.models([(query, wanted)])} == {wanted}
    assert server.models([("model_name", names[0].upper())]) == []
    sizes = [each["file_size"] for each in server.models([("order_by", "size"), ("direction", "DESC")])]
    assert sizes == sorted(sizes, reverse=True)
    last = server.models([("model_type", "vae"), ("model_type", "lora"), ("unknown", "x")])
    assert {each["type"] for each in last} == {"lora"}


# One query a base, appended in the order asked; a base named twice yields its records twice.
def test_several_bases(begin: Start) -> None:
    server = begin(models=60)
    bases = [each["base"] for each in server.models([("base_models", "sdxl"), ("base_models", "flux")])]
    assert bases == sorted(bases, reverse=True)
    assert set(bases) == {"sdxl", "flux"}
    twice = server.models([("base_models", "flux"), ("base_models", "flux")])
    assert len(twice) == 2 * len({each["key"] for each in twice})


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ({"model_type": "bogus"}, ["query", "model_type"]),
        ({"model_type": ""}, ["query", "model_type"]),
        ({"base_models": "bogus"}, ["query", "base_models", 0]),
        ({"model_format": "x"}, ["query", "model_format"]),
        ({"order_by": "rating"}, ["query", "order_by"]),
        ({"direction": "asc"}, ["query", "direction"]),
    ],
)
def test_words_that_are_none(server: Watched, query: dict[str, str], loc: list[object]) -> None:
    answer = server.api.get(f"{MODELS}/", params=query)
    (complaint,) = answer.json()["detail"]
    assert (answer.status_code, complaint["type"], complaint["loc"]) == (422, "enum", loc)
    assert complaint["msg"] == f"Input should be {complaint['ctx']['expected']}"


def test_reading_one(server: Watched, lora: Path) -> None:
    record = server.record(lora)
    assert one(server, record["key"]).json() == record
    assert one(server, "nope").json() == {"detail": "model not found"}
    by_attributes = {"name": "mine", "type": "lora", "base": "sd-1"}
    assert server.api.get(f"{MODELS}/get_by_attrs", params=by_attributes).json() == record
    missing = server.api.get(f"{MODELS}/get_by_attrs", params={"name": "mine"})
    assert [each["loc"] for each in missing.json()["detail"]] == [["query", "type"], ["query", "base"]]
    found = server.api.get(f"{MODELS}/get_by_hash", params={"hash": record["hash"]})
    assert found.json() == record
    none = server.api.get(f"{MODELS}/get_by_hash", params={"hash": "x"})
    assert (none.status_code, none.json()) == (404, {"detail": "No model found with this hash"})


def test_a_record_does_not_show_that_its_file_is_gone(server: Watched, lora: Path) -> None:
    record = server.record(lora)
    lora.unlink()
    assert one(server, record["key"]).json() == record
    assert server.api.get(f"{MODELS}/missing").json() == {"models": [record]}
    assert server.api.post(f"{MODELS}/i/{record['key']}/reidentify").status_code == 500


def test_null_clears_some_fields_and_is_refused_for_others(server: Watched, lora: Path) -> None:
    key = server.record(lora)["key"]
    set_ = patch(
        server, key, description="x", trigger_phrases=["b", "a", "b"], source_url="https://x.y"
    ).json()
    assert (set_["description"], set_["source_url"]) == ("x", "https://x.y")
    assert sorted(set_["trigger_phrases"]) == ["a", "b"]
    for field in ("description", "trigger_phrases", "source_url", "default_settings"):
        assert patch(server, key, **{field: None}).json()[field] is None, field
    for field in ("name", "base", "type", "format", "path", "hash", "file_size", "source", "source_type"):
        assert patch(server, key, **{field: None}).status_code == 409, field
    assert patch(server, key, key=None).json() == {"detail": "A model's key cannot be changed"}
    assert patch(server, key, trigger_phrases=[]).json()["trigger_phrases"] == []
    assert patch(server, key, source_url="").json()["source_url"] is None
    assert patch(server, key, name="", frobnicate=1, variant="inpaint").status_code == 200
    assert patch(server, key, name="two\nlines \0 ü").json()["name"] == "two\nlines \0 ü"


def test_settings(server: Watched, lora: Path, tmp_path: Path) -> None:
    key = server.record(lora)["key"]
    assert patch(server, key, default_settings={"weight": 0.5}).json()["default_settings"] == {
        "weight": 0.5,
        "weight_min": None,
        "weight_max": None,
    }
    of_no_class = patch(server, key, default_settings={"weight": 3})
    assert of_no_class.status_code == 422
    where = [each["loc"][2] for each in of_no_class.json()["detail"]]
    assert where[:2] == [
        "MainModelDefaultSettings",
        "function-after[_validate_weight_bounds(), LoraModelDefaultSettings]",
    ]
    for other in ({"steps": 20}, {}, {"preprocessor": None}, {"num_images": 1}):
        assert patch(server, key, default_settings=other).status_code == 409, other


def test_the_class_may_change_and_takes_fields_with_it(server: Watched, lora: Path) -> None:
    key = server.record(lora)["key"]
    patch(server, key, trigger_phrases=["x"])
    vae = patch(server, key, type="vae").json()
    assert (vae["type"], vae["base"], vae["format"]) == ("vae", "sd-1", "diffusers")
    assert "trigger_phrases" not in vae
    assert patch(server, key, format="bogus").status_code == 409
    assert patch(server, key, base="flux").status_code == 409
    again = server.api.post(f"{MODELS}/i/{key}/reidentify").json()
    assert (again["type"], again["key"], again["trigger_phrases"]) == ("lora", key, None)


# Nothing handles this in InvokeAI: 500 in plain text, and the connection is closed.
def test_the_path_of_another_record(server: Watched, lora: Path, tmp_path: Path) -> None:
    first = server.record(lora)
    other = tmp_path / "other.safetensors"
    other.write_bytes(lora.read_bytes())
    second = server.record(other)
    answer = patch(server, second["key"], path=first["path"])
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert one(server, second["key"]).json() == second


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "missing"),
        (b"{oops", 422, "json_invalid"),
        (b"[1]", 422, "model_attributes_type"),
        (b'{"name": 5}', 422, "string_type"),
    ],
)
def test_bodies_that_are_none(server: Watched, body: bytes, status: int, kind: str) -> None:
    answer = server.api.patch(f"{MODELS}/i/nope", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (status, kind)


def test_bodies_that_are_not_text_or_not_said_to_be_json(server: Watched) -> None:
    headers = {"Content-Type": "application/json"}
    not_text = server.api.patch(f"{MODELS}/i/nope", content=b'{"name": "\xff"}', headers=headers)
    assert not_text.status_code == 400
    assert server.api.patch(f"{MODELS}/i/nope", content=b"{}").status_code == 422


def test_deleting(server: Watched, lora: Path, tmp_path: Path) -> None:
    in_place = server.record(lora)
    taken_in = server.record(lora, inplace=False)
    assert server.api.delete(f"{MODELS}/i/{in_place['key']}").status_code == 204
    assert lora.exists()
    assert f"{taken_in['key']}/mine.safetensors" in server.files()
    answer = server.api.delete(f"{MODELS}/i/{taken_in['key']}", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert not any(name.startswith(taken_in["key"]) for name in server.files())
    assert server.api.delete(f"{MODELS}/i/{taken_in['key']}").json() == {"detail": "model not found"}


def test_deleting_and_identifying_several(server: Watched, lora: Path) -> None:
    key = server.record(lora)["key"]
    again = server.api.post(f"{MODELS}/i/bulk_reidentify", json={"keys": [key, "nope", key]}).json()
    assert again == {"succeeded": [key, key], "failed": [{"key": "nope", "error": "model not found"}]}
    deleted = server.api.post(f"{MODELS}/i/bulk_delete", json={"keys": [key, "nope", key]}).json()
    assert deleted["deleted"] == [key]
    assert [each["key"] for each in deleted["failed"]] == ["nope", key]


# A DELETE removes files in the models folder only: whatever a record's path says, nothing else goes.
def test_no_file_outside_goes(server: Watched, lora: Path, tmp_path: Path) -> None:
    taken_in = server.record(lora, inplace=False)
    for path in (
        str(lora),
        f"../../{tmp_path.name}/mine.safetensors",
        "../databases",
        ".",
        f"{taken_in['key']}/../..",
    ):
        key = server.record(lora, inplace=False)["key"]
        assert patch(server, key, path=path).status_code == 200
        assert server.api.delete(f"{MODELS}/i/{key}").status_code == 204
        assert lora.exists()
        assert f"{taken_in['key']}/mine.safetensors" in server.files()


def test_cover_images(server: Watched, lora: Path) -> None:
    key = server.record(lora)["key"]
    path = f"{MODELS}/i/{key}/image"
    assert server.api.get(path).status_code == 500
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    assert server.api.patch(path, files={"image": ("a.png", file.getvalue(), "image/png")}).text == "null"
    answer = server.api.get(path)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "max-age=31536000"
    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"
    first, second = (one(server, key).json()["cover_image"] for _ in range(2))
    assert first.startswith(f"api/v2/models/i/{key}/image?")
    assert first != second
    assert server.models()[0]["cover_image"] not in (first, second)
    for name, kind, status in (("a.txt", "text/plain", 415), ("a.png", "image/png", 415)):
        assert server.api.patch(path, files={"image": (name, b"none", kind)}).status_code == status
    assert server.api.patch(path).status_code == 422
    assert server.api.delete(f"{MODELS}/i/{key}").status_code == 204
    assert server.api.get(path).status_code == 200  # it outlives its model
    assert server.api.delete(path).status_code == 204
    assert server.api.delete(path).json() == {"detail": "Model image file not found"}


def test_related_models(server: Watched, lora: Path) -> None:
    keys = [server.record(lora, inplace=False)["key"] for _ in range(2)]
    pair = {"model_key_1": keys[0], "model_key_2": keys[1]}
    assert server.api.post("/api/v1/model_relationships/", json=pair).status_code == 204
    assert server.api.get(f"/api/v1/model_relationships/i/{keys[1]}").json() == [keys[0]]
    assert server.api.request("DELETE", "/api/v1/model_relationships/", json=pair).status_code == 204
    assert server.api.post("/api/v1/model_relationships/batch", json={"model_keys": keys}).json() == []
