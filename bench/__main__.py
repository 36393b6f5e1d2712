"""`python -m bench`: measure everything in one run, and write bench/RESULTS.md. A part is only printed."""

from __future__ import annotations

import argparse
import signal
import sys

from bench import env, limits, report, run
from bench.plan import Plan, unknown


def main() -> int:
    """The exit status: 1 if the run is `--strict` and a limit was missed or could not be judged."""
    parser = _parser()
    asked = parser.parse_args()
    if wrong := unknown(asked.families, run.FAMILIES):
        parser.error(f"no such family: {', '.join(wrong)}; there are {', '.join(run.FAMILIES)}")
    env.enter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers and browsers end with us
    plan = Plan(quick=asked.quick, rows=tuple(asked.rows), cases=tuple(asked.case))
    families, measures = run.take(asked.families or run.FAMILIES, plan)
    text = report.text(families, measures, command=" ".join(("python -m bench", *sys.argv[1:])))
    if plan.is_whole and not asked.families:
        (env.ROOT / "bench" / "RESULTS.md").write_text(text)
    else:
        print(text)
    print(report.summary(measures, colour=sys.stdout.isatty()))
    return 1 if asked.strict and not limits.all_met(measures) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one round of the smallest size: does it all run?"
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[], metavar="N", help="only these sizes")
    parser.add_argument(
        "--case", action="append", default=[], metavar="NAME", help="only this case of a family that has it"
    )
    parser.add_argument("--strict", action="store_true", help="exit status 1 if a limit is missed")
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(run.FAMILIES))
    return parser


if __name__ == "__main__":
    sys.exit(main())
