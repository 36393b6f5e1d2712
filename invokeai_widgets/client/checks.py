"""Checks of what a caller gave, before anything is sent or waited for."""

from __future__ import annotations

import math
from typing import Any

from .errors import InvalidInput


def check_timeout(timeout: Any) -> None:
    """Refuse what is no number of seconds; None is no limit.

    Raises:
        InvalidInput: It is not a number.
    """
    is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if timeout is not None and (not is_number or math.isnan(timeout)):
        raise InvalidInput(f"A timeout is a number of seconds or None, not {timeout!r}.")
