"""The errors, in words."""

from __future__ import annotations

import inspect

import pytest

from invokeai_widgets.client import errors
from invokeai_widgets.client.errors import (
    APIRequestError,
    InvalidRequest,
    InvokeAIError,
    ModelInstallJobCancelled,
    ModelInstallJobFailed,
    ModelInstallTimeout,
)
from invokeai_widgets.client.schema import ModelInstJobInfo

INFO = ModelInstJobInfo(job_id=3, status="error", source="/x", error_reason="OSError", error="disk full")


def test_the_tree_is_drawn_as_it_is() -> None:
    """The drawing at the head of the module names every error below the one it derives from."""
    drawn: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        name = line.lstrip(" │├└").split(" ")[0]
        if name and isinstance(getattr(errors, name, None), type):
            drawn.append((len(line) - len(line.lstrip(" │├└")), name))
    parents = {}
    for index, (depth, name) in enumerate(drawn):
        above = [other for deeper, other in drawn[:index] if deeper < depth]
        parents[name] = above[-1] if above else "Exception"
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__module__ == errors.__name__
    }
    assert parents == real


def test_message_and_advice() -> None:
    error = InvokeAIError("It failed.", advice="Do that.")
    assert str(error) == "It failed. Do that."


def test_the_promised_constructors() -> None:
    refused = APIRequestError(418, {"detail": "teapot"})
    assert (refused.status_code, refused.payload) == (418, {"detail": "teapot"})
    assert "teapot" in str(refused)
    failed = ModelInstallJobFailed(INFO)
    assert failed.info is INFO
    assert "OSError: disk full" in str(failed)
    assert "was cancelled" in str(ModelInstallJobCancelled(INFO))
    late = ModelInstallTimeout(INFO, 1.5)
    assert (late.last_info, late.timeout) == (INFO, 1.5)
    assert isinstance(late, TimeoutError)


def test_fields_of_an_invalid_request() -> None:
    """As 6.14.2 answers a wrong weight of a LoRA: once for each of the classes it could be."""
    lora = "function-after[_validate_weight_bounds(), LoraModelDefaultSettings]"
    extra = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted", "input": "x"}
    detail = [
        {**extra, "loc": ["body", "default_settings", "MainModelDefaultSettings", "weight"]},
        {
            "type": "float_parsing",
            "msg": "Input should be a valid number",
            "loc": ["body", "default_settings", lora, "weight"],
        },
    ]
    error = InvalidRequest(422, {"detail": detail})
    assert error.fields == {"default_settings.weight": "Input should be a valid number"}
    assert error.detail == "default_settings.weight: Input should be a valid number"
    assert InvalidRequest(422, {"detail": "no list"}).fields == {}


@pytest.mark.parametrize("payload", [None, "", {}, [], {"detail": None}, ["x"], {"other": 1}])
def test_any_payload_has_words(payload: object) -> None:
    assert APIRequestError(500, payload).detail


def test_a_payload_holds_no_secret() -> None:
    error = APIRequestError(422, {"detail": [{"loc": ["body"], "msg": "x", "input": {"token": "hf_secret"}}]})
    assert "hf_secret" not in f"{error!r} {error} {error.payload}"
