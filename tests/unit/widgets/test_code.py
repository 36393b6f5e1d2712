"""The code of a widget as a front end gets it: the built file and nothing else, in fewer bytes."""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path

import pytest

import invokeai_widgets
from invokeai_widgets.widgets import code

STATIC = Path(invokeai_widgets.__file__).parent / "static"
NAMES = sorted(path.stem for path in STATIC.glob("*.js"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_packed_is_the_built_file(name: str) -> None:
    built = (STATIC / f"{name}.js").read_text("utf-8")
    packed = re.search(r'atob\("([A-Za-z0-9+/=]+)"\)', code.module(name))
    assert packed is not None
    inflated = zlib.decompress(base64.b64decode(packed[1])).decode()
    assert inflated == f"{built}\n//# sourceURL=invokeai_widgets/{name}.js"
    assert len(code.module(name)) < 0.7 * len(built)
    assert code.styles(name) == (STATIC / f"{name}.css").read_text("utf-8")
