"""The page at `/`, and at every path that means nothing."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Embedded model manager</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }}
  code {{ font: 0.9em ui-monospace, monospace; }}
</style>
</head>
<body>
<h1>Embedded model manager</h1>
<p>This is not InvokeAI. It is the server that comes with <code>invokeai_widgets</code>, for lessons and
tests: it answers as the model manager of InvokeAI {version} does, and makes no images.</p>
<p>It keeps its files in <code>{root}</code>{fate}, and changes nothing outside of it.</p>
<p>Use it from a notebook:</p>
<pre><code>from invokeai_widgets import ModelManager
ModelManager("{url}")</code></pre>
</body>
</html>
"""


def page(version: str, root: str, temporary: bool, url: str) -> HTMLResponse:
    """What a browser shows of an embedded server."""
    fate = ", which goes when it ends" if temporary else ""
    text = _PAGE.format(version=escape(version), root=escape(root), fate=fate, url=escape(url))
    return HTMLResponse(text, headers={"cache-control": "max-age=0, no-cache, no-store, , must-revalidate"})
