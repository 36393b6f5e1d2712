"""Installing in tests of the client."""

from __future__ import annotations

from typing import Any

import pytest

from invokeai_widgets.client.errors import ModelInstallJobFailed
from invokeai_widgets.client.repository import AsyncDnnModelRepository
from invokeai_widgets.client.schema import ModelInstJobInfo

from .invokeai import RealInvokeAI


async def installed(repo: AsyncDnnModelRepository, source: object, **how: Any) -> ModelInstJobInfo:
    """The end of an install, which is a good one."""
    return await (await repo.install_model(str(source), **how)).wait_until(60)


async def failure(repo: AsyncDnnModelRepository, source: object, **how: Any) -> ModelInstJobInfo:
    """The end of an install, which is an error."""
    with pytest.raises(ModelInstallJobFailed) as caught:
        await installed(repo, source, **how)
    assert caught.value.info.advice
    assert caught.value.info.advice in str(caught.value)
    return caught.value.info


def paths_sent(server: RealInvokeAI) -> list[str]:
    """The paths of all installs that the server was asked for."""
    return [str(job["source"].get("path")) for job in server.api.get("/api/v2/models/install").json()]
