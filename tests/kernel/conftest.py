"""Kernels for the tests that need no browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.jupyter import Kernel


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    """A fresh kernel of the installed ipykernel."""
    with Kernel() as running:
        yield running
