"""The command line of every family, and of all of them."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Mapping, Sequence
from types import ModuleType

from bench import env, report, workers
from bench.measure import Measure

FAMILIES = ("client_list", "client_get", "imports", "tables", "progress", "demo")


def main(module: str, cases: Mapping[str, workers.Factory] | None = None) -> None:
    """`python -m bench.FAMILY [--quick]`: measure that family and print its part of the report."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run: fewer sizes and rounds, figures mean little"
    )
    parser.add_argument("--case", help=argparse.SUPPRESS)  # a worker's side
    options = parser.parse_args()
    if options.case is not None:
        assert cases is not None
        workers.answer(cases[options.case])
        return
    env.enter()
    families, measures = take([module.removeprefix("bench.")], quick=options.quick)
    print(report.text(families, measures, command=parser.prog + (" --quick" if options.quick else "")))


def take(names: Sequence[str], *, quick: bool) -> tuple[list[ModuleType], list[Measure]]:
    """Measure the families in turn. One that raises is told of in the report and does not cost the others' figures."""
    families = [importlib.import_module(f"bench.{name}") for name in names]
    measures: list[Measure] = []
    for family in families:
        print(f"{family.FAMILY} ...", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            measures += family.measure(quick)
        except Exception as error:
            if len(families) == 1:
                raise
            measures.append(
                Measure(family.FAMILY, "the whole family", "ours", "run", None, "", note=repr(error))
            )
        print(f"{family.FAMILY}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return families, measures
