"""Where the embedded server differs from InvokeAI 6.14.2 on the wire, and why: the whole list."""

from __future__ import annotations

from collections.abc import Mapping

DIFFERENCES: Mapping[str, str] = {
    "version": "`/api/v1/app/version` says 6.14.2+embedded: nobody should take it for the real one.",
    "copies": "`inplace=false` copies a local file, which InvokeAI moves: nothing of the user's is changed.",
    "catalogue": "Starter models, bundles and Hugging Face are invented, unless a hub's address is given.",
    "conversion": "A converted model has the layout of one, but no program can make images with it.",
    "refusals": "The 409 of a PATCH that fits no class does not name all 128 classes: people are to read it.",
    "tracebacks": "Tracebacks of failed jobs are those of this server, and connection errors httpx's words.",
    "quickness": "No two PATCHes of one model collide, for none takes long enough; DELETE of a job is quick.",
    "nothing runs": "No images are made: `/stats` stays null, and queue, images and boards are not there.",
    "resuming": "A download that is resumed before its site has sent another byte is not cancelled by that.",
    "private addresses": "Downloads from this machine are allowed, unless the server is told otherwise.",
    "lora previews": "The picture beside a LoRA's file does not become its cover image.",
    "ranges": "A cover image is sent whole, whatever `Range` asks for.",
    "page": "Paths that mean nothing get this server's page; so do /docs and /openapi.json, of 1.8 MB.",
    "strictness": "Requests without a Host get 400, those for a whole URL 404: h11 reads, not httptools.",
}
"""What differs -> what it does instead, and why."""
