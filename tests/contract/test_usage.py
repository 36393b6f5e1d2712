"""The uses that the first API of this kind showed, as they were written there, but for the import line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FilledInvokeAI
from tests.support.tiny_models import write_lora

pytestmark = pytest.mark.invokeai


def test_list_and_print_get_and_test(
    invokeai_server: FilledInvokeAI, capsys: pytest.CaptureFixture[str]
) -> None:
    from invokeai_widgets import InvokeAIClient

    client = InvokeAIClient.from_url(invokeai_server.url)
    repo = client.dnn_model_repo

    models = repo.list_models()
    print(len(models))
    m = repo.get_model_by_key(models[0].key)
    if m:
        print(m.name, m.base, m.type)
    assert repo.get_model_by_key("abc-123") is None

    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == str(len(models))
    assert shown[1] == f"{models[0].name} {models[0].base} {models[0].type}"
    client.close()


def test_install_and_wait_then_list_jobs(invokeai_server: FilledInvokeAI, tmp_path: Path) -> None:
    from invokeai_widgets import InvokeAIClient, ModelInstallJobFailed

    client = InvokeAIClient.from_url(invokeai_server.url)
    repo = client.dnn_model_repo
    file = write_lora(tmp_path / "usage.safetensors")

    handle = repo.install_model(str(file), inplace=True)
    try:
        info = handle.wait_until(timeout=None)
        print("installed", getattr(info, "model_key", None))
    except ModelInstallJobFailed as e:
        print("failed:", getattr(e.info, "error", None))

    assert info.model_key
    assert handle.progress() == 1
    jobs = {h.job_id: getattr(h.info, "status", None) for h in repo.list_install_jobs()}
    assert jobs[handle.job_id] == "completed"
    found = repo.get_install_job(handle.job_id)
    assert found is not None
    assert found.status() == "completed"
    assert repo.get_install_job(987654) is None
    repo.prune_install_jobs()
    assert repo.list_install_jobs() == []
    assert repo.delete_model(info.model_key) is True
    client.close()


def test_scan_and_install_all(invokeai_server: FilledInvokeAI, tmp_path: Path) -> None:
    from invokeai_widgets import InvokeAIClient, ModelInstallJobFailed

    client = InvokeAIClient.from_url(invokeai_server.url)
    repo = client.dnn_model_repo
    for number in range(2):
        write_lora(tmp_path / f"scan{number}.safetensors")

    installed = []
    entries = repo.scan_folder(str(tmp_path))
    for e in entries:
        path = getattr(e, "path", None) or e.get("path")
        if not path:
            continue
        try:
            h = repo.install_model(path, inplace=True)
            info = h.wait_until(timeout=None)
            installed.append(getattr(info, "model_key", None))
        except ModelInstallJobFailed as err:
            print("failed", getattr(err.info, "error", None))

    assert len(installed) == 2
    assert repo.delete_models(installed).ok
    client.close()


def test_hugging_face_login(invokeai_server: FilledInvokeAI) -> None:
    from invokeai_widgets import InvokeAIClient

    client = InvokeAIClient.from_url(invokeai_server.url)
    repo = client.dnn_model_repo
    assert repo.hf_status().status == "invalid"
    assert not repo.hf_login("hf_bogus")  # a bogus token was once said to be valid
    assert not repo.hf_logout()
    repo.empty_model_cache()
    assert repo.get_stats() is None
    client.close()
