"""Free ports for servers that take a while before they listen."""

from __future__ import annotations

import random
import socket

# Below the range from which the system takes the ports of outgoing connections: a port found free
# there may be taken by anybody's next request while a server is still starting.
RANGE = range(20_000, 32_000)


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    for port in random.sample(RANGE, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port between {RANGE.start} and {RANGE.stop}")
