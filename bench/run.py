"""The families of measurements, and taking them in one run."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterable
from types import ModuleType

from bench.measure import OURS, Measure
from bench.plan import Plan

FAMILIES = {
    "list": "bench.client_list",
    "get": "bench.client_get",
    "imports": "bench.imports",
    "tables": "bench.tables",
    "progress": "bench.progress",
    "queue": "bench.queue",
    "demo": "bench.demo",
}
"""Name -> module. A family has `FAMILY`, `TITLE`, a docstring that says what is measured, `BASE`,
`measure(plan)`."""


def take(names: Iterable[str], plan: Plan) -> tuple[list[ModuleType], list[Measure]]:
    """Measure the families in turn. One that raises is told of in the report and costs no other its
    figures."""
    families = [importlib.import_module(FAMILIES[name]) for name in names]
    measures: list[Measure] = []
    for family in families:
        print(f"{family.FAMILY} ...", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            measures += family.measure(plan)
        except Exception as error:
            if len(families) == 1:
                raise
            measures.append(Measure(family.FAMILY, "all of it", OURS, "run", None, "", note=repr(error)))
        print(f"{family.FAMILY}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return families, measures
