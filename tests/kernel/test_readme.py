"""The README's Python, as it is printed: run block after block in one kernel, against the embedded server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from invokeai_widgets import demo
from tests.support.fileserver import FileServer
from tests.support.jupyter import Kernel
from tests.support.tiny_models import write_lora

README = Path(__file__).parent.parent.parent / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

# What the README calls by these names stands for something that is there.
SERVER, FILE, FOLDER = "http://localhost:9090", "https://example.org/ink-wash.safetensors", "/models/loras"

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(300)]


@pytest.fixture
def real(tmp_path: Path, file_server: FileServer) -> Iterator[dict[str, str]]:
    """The README's names, and what they stand for here."""
    folder = tmp_path / "loras"
    folder.mkdir()
    write_lora(folder / "pencil.safetensors")
    file = file_server.add("ink-wash.safetensors", write_lora(tmp_path / "ink-wash.safetensors", mib=2))
    with demo.serve(models=34) as url:
        yield {SERVER: url, FILE: file, FOLDER: str(folder)}


def test_every_block_runs(kernel: Kernel, real: dict[str, str]) -> None:
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    assert len(blocks) >= 5
    printed = "\n".join(blocks)
    for name, stands_for in real.items():
        assert name in printed, f"the README no longer uses {name}"
        blocks = [block.replace(name, stands_for) for block in blocks]
    for block in blocks:
        kernel.run(block)
