"""All verbs of a connection, by what they act on."""

from __future__ import annotations

from invokeai_widgets.live.job_verbs import JobVerbs
from invokeai_widgets.live.model_verbs import ModelVerbs
from invokeai_widgets.live.server_verbs import ServerVerbs


class Verbs(ModelVerbs, JobVerbs, ServerVerbs):
    """What a person can do to a server through its widgets. Coroutines for the loop thread."""
