"""Keep what people type into a widget out of the log.

At level DEBUG the package `comm` logs every message from the browser whole; in one of ours may be a token.
"""

from __future__ import annotations

import logging
from typing import Any

_LOGGER = logging.getLogger("Comm")
_HEARD = "handle_msg[%s](%s)"  # what it logs: the id of the comm, the message


class _WithoutOurMessages(logging.Filter):
    """Leaves the line, and takes the message out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.ours: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg == _HEARD and isinstance(record.args, tuple) and record.args[0] in self.ours:
            record.args = (record.args[0], "not logged: it may hold a secret")
        return True


_filter = _WithoutOurMessages()


def keep_out_of_the_log(comm: Any) -> None:
    """Have the messages to `comm` not logged, now and later."""
    _filter.ours.add(comm.comm_id)
    _LOGGER.addFilter(_filter)  # does nothing if it is there already
