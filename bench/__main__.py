"""`python -m bench [--quick] [FAMILY ...]`: measure all families in one run and write bench/RESULTS.md.

A quick run, or one of some families only, is printed and not kept.
"""

from __future__ import annotations

import argparse

from bench import env, report, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run: fewer sizes and rounds, figures mean little"
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(run.FAMILIES))
    options = parser.parse_args()
    if unknown := set(options.families) - set(run.FAMILIES):
        parser.error(f"no such family: {', '.join(sorted(unknown))}; there are {', '.join(run.FAMILIES)}")
    env.enter()
    families, measures = run.take(options.families or run.FAMILIES, quick=options.quick)
    text = report.text(families, measures, command="make bench")
    if options.quick or options.families:
        print(text)
        return
    (env.ROOT / "bench" / "RESULTS.md").write_text(text)
    print(report.summary(measures))


if __name__ == "__main__":
    main()
