"""The built JavaScript and CSS of a widget, as a front end gets them.

anywidget sends a widget's code with every instance, over the kernel's websocket. So it goes packed, in a
module that unpacks itself: less than half the bytes until the first picture.
"""

from __future__ import annotations

import base64
import zlib
from functools import cache
from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent.parent / "static"

_UNPACKING: Final = """\
const bytes = Uint8Array.from(atob("%s"), (c) => c.charCodeAt(0));
const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
const url = URL.createObjectURL(new Blob([await new Response(text).text()], { type: "text/javascript" }));
const { default: widget } = await import(/* webpackIgnore: true */ /* @vite-ignore */ url);
URL.revokeObjectURL(url);
export default widget;
"""


@cache
def module(name: str) -> str:
    """The module of the widget `name`, which unpacks `static/<name>.js`."""
    code = (_STATIC / f"{name}.js").read_bytes() + f"\n//# sourceURL=invokeai_widgets/{name}.js".encode()
    return _UNPACKING % base64.b64encode(zlib.compress(code, 9)).decode()


@cache
def styles(name: str) -> str:
    """Its style sheet, `static/<name>.css`."""
    return (_STATIC / f"{name}.css").read_text("utf-8")
