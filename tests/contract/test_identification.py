"""The embedded server's identification beside the real server's, on every file the tests know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from invokeai_widgets.demo.identify import identify
from tests.conftest import FilledInvokeAI, TinyModels
from tests.support.invokeai.fill import install_in_place, remove_all_but
from tests.support.samples import write_samples

pytestmark = [pytest.mark.invokeai, pytest.mark.since("6.14.2")]


def by_path(server: FilledInvokeAI, folder: Path) -> dict[str, dict[str, Any]]:
    records = server.api.get("/api/v2/models/").json()["models"]
    return {Path(record["path"]).name: record for record in records if Path(record["path"]).parent == folder}


def differences(records: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Where the record the server stored is not the one made here, field by field."""
    found = {}
    for name, real in records.items():
        ours = identify(Path(real["path"])).record(real["key"])
        if real.get("trigger_phrases"):  # a set, in any order
            real["trigger_phrases"], ours["trigger_phrases"] = map(
                sorted, (real["trigger_phrases"], ours["trigger_phrases"])
            )
        if real != ours:
            unlike = {
                field for field in real.keys() | ours.keys() if real.get(field, ...) != ours.get(field, ...)
            }
            found[name] = {
                field: (real.get(field, "missing"), ours.get(field, "missing")) for field in unlike
            }
    return found


def test_the_tiny_models_give_the_same_records(
    invokeai_server: FilledInvokeAI, tiny_models: TinyModels
) -> None:
    records = by_path(invokeai_server, tiny_models.folder)
    assert set(records) == set(tiny_models.good)
    assert differences(records) == {}


def test_all_samples_give_the_same_records(invokeai_server: FilledInvokeAI, tmp_path: Path) -> None:
    before = {record["key"] for record in invokeai_server.api.get("/api/v2/models/").json()["models"]}
    names = write_samples(tmp_path)
    try:
        assert install_in_place(invokeai_server.api, [tmp_path / name for name in names]) == {}
        records = by_path(invokeai_server, tmp_path)
    finally:
        remove_all_but(invokeai_server.api, before)
    assert set(records) == set(names)
    assert differences(records) == {}


@pytest.mark.parametrize("name", ["truncated_pid_decoder.safetensors", "notes.txt", "empty-folder"])
def test_what_is_refused_is_refused_in_the_same_words(
    invokeai_server: FilledInvokeAI, tiny_models: TinyModels, name: str
) -> None:
    path = tiny_models.folder / name
    refused = install_in_place(invokeai_server.api, [path])
    with pytest.raises(Exception) as ours:  # noqa: PT011 - which one is the question
        identify(path)
    assert refused == {name: str(ours.value)}
