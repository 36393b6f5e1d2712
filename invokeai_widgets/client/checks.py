"""Checks of what a caller gave, before anything is sent or waited for."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from .errors import InvalidInput


def check_timeout(timeout: Any) -> None:
    """Refuse what is no number of seconds; None is no limit.

    Raises:
        InvalidInput: It is not a number.
    """
    if timeout is None:
        return
    try:
        if isinstance(timeout, bool) or not isinstance(timeout, Real) or math.isnan(timeout):
            raise TypeError
    except (TypeError, OverflowError) as error:
        raise InvalidInput(f"A timeout is a number of seconds or None, not {timeout!r}.") from error
