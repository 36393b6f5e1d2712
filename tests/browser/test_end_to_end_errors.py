"""A wrong address: one sentence says what is wrong and what to do, in the widget and as an exception."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.fileserver import HTML_PAGE, FileServer
from tests.support.invokeai import RealInvokeAI
from tests.support.jupyter import JupyterServer
from tests.support.ports import free_port

from .conftest import OpenNotebook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.invokeai,
    pytest.mark.timeout(300),
    pytest.mark.since("6.13.0"),
]

SHOW = "from invokeai_widgets import *\nModelManager({url!r})"
CALL = """
try:
    InvokeAIClient.from_url({url!r}).dnn_model_repo.list_models()
except InvokeAIError as error:
    print(type(error).__name__, error.message, error.advice, sep="\\n")
"""
# What is there -> the exception, words of what is wrong and of what to do.
EXPECTED = {
    "nothing": ("Unreachable", "no InvokeAI server answers at", "Start it, or check the address"),
    "a web page": ("NotAnInvokeAIServer", "not an InvokeAI server", "Check host, port and folder"),
    "another server": ("NotAnInvokeAIServer", "not an InvokeAI server", "Check host, port and folder"),
    "a server with users": ("NotLoggedIn", "Authentication required", "client.login(email, password)"),
}


@pytest.fixture
def addresses(
    jupyter: JupyterServer, file_server: FileServer, invokeai_multiuser: RealInvokeAI
) -> dict[str, str]:
    """An address of each kind."""
    page = file_server.add("page/api/v2/models/", HTML_PAGE, content_type="text/html; charset=utf-8")
    return {
        "nothing": f"http://127.0.0.1:{free_port()}",
        "a web page": page.removesuffix("/api/v2/models/"),
        "another server": jupyter.url,
        "a server with users": invokeai_multiuser.url,
    }


def test_it_is_said_in_the_widget_and_as_an_exception(
    notebook: OpenNotebook, addresses: dict[str, str]
) -> None:
    cells = [cell.format(url=addresses[name]) for name in EXPECTED for cell in (SHOW, CALL)]
    page = notebook(cells)
    for number, (name, (error, wrong, to_do)) in enumerate(EXPECTED.items()):
        page.run(2 * number)
        kind, message, advice = page.run(2 * number + 1).splitlines()
        assert kind == error, name
        assert wrong in message
        assert to_do in advice
        shown = page.widget(2 * number).get_by_role("alert").filter(visible=True).first
        expect(shown).to_contain_text(wrong)  # it may be another of its first questions that failed
        expect(shown).to_contain_text(to_do)
