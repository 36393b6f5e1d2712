"""The report: missed limits first, then what is slower than a peer, then every figure with its spread."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from types import ModuleType

from bench import env, limits
from bench.limits import MET, MISSED, NOT_MEASURED, Verdict
from bench.measure import HIGHER_IS_BETTER, OURS, PEER, Measure, Spread, find, ratio


def text(families: Sequence[ModuleType], measures: Sequence[Measure], *, command: str) -> str:
    """The whole report in Markdown."""
    verdicts = limits.judge(measures)
    parts = [
        "# Measurements",
        "",
        f"`{command}`, all in one run. Each figure is the median over the rounds (least-most); a factor "
        "after it is the ratio to the family's base, round by round. Times move: read ratios.",
        "",
        f"**{_count(verdicts)}**",
        "",
        *_machine(),
        *_judged("Limits missed", [v for v in verdicts if v.state == MISSED]),
        *_judged("Limits not measured in this run", [v for v in verdicts if v.state == NOT_MEASURED]),
        *_behind(measures),
        *_judged("Limits met", [v for v in verdicts if v.state == MET]),
    ]
    for family in families:
        own = [m for m in measures if m.family == family.FAMILY]
        parts += [
            "",
            f"## {family.TITLE}",
            "",
            (family.__doc__ or "").strip(),
            "",
            *_tables(own, family.BASE),
        ]
    return "\n".join(parts).rstrip() + "\n"


def summary(measures: Sequence[Measure], *, colour: bool) -> str:
    """For the terminal: how many limits were met, and each that was not, in red if there is `colour`."""
    verdicts = limits.judge(measures)
    red, plain = ("\x1b[31m", "\x1b[0m") if colour else ("", "")
    lines = [f"{red}{v.state}: {_name(v)} {_found(v)}{plain}" for v in verdicts if v.state != MET]
    return "\n".join([_count(verdicts), *lines])


def _count(verdicts: Sequence[Verdict]) -> str:
    states = [v.state for v in verdicts]
    counted = ", ".join(f"{states.count(state)} {state}" for state in (MISSED, NOT_MEASURED, MET))
    return f"Limits: {counted}."


def _machine() -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version}" for name, version in env.versions().items())
    return [
        f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} on {platform.machine()}, "
        f"CPython {platform.python_version()}; {versions}. Client and server on one machine, loopback only. "
        f"Load over the last quarter of an hour: {os.getloadavg()[2]:.1f}, of which the benches make about 2."
    ]


def _judged(title: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    if not verdicts:
        yield "None."
        return
    yield from _table(("what", "limit", "found"), ((_name(v), _limit(v), _found(v)) for v in verdicts))


def _name(verdict: Verdict) -> str:
    limit = verdict.limit
    size = f" at {limit.size:,}" if limit.size else ""
    return f"{limit.case}: {limit.what}{size}"


def _limit(verdict: Verdict) -> str:
    limit = verdict.limit
    sign = "at least" if limit.least else "at most"
    if not limit.to:
        return f"{sign} {limit.bound:g} {verdict.unit}".rstrip()
    other = limit.to + (f" ({limit.to_what or limit.what} at {limit.to_size:,})" if limit.to_size else "")
    return f"{sign} {limit.bound:g} x {other}"


def _found(verdict: Verdict) -> str:
    return f"{verdict.spread} {verdict.unit}".rstrip() if verdict.spread else "-"


def _behind(measures: Sequence[Measure]) -> Iterator[str]:
    yield from ("", "## Slower or bigger than a peer", "")
    rows = [
        row for ours in measures if ours.role == OURS and ours.values for row in _beaten_by(ours, measures)
    ]
    if not rows:
        yield "Nothing."
        return
    yield from _table(("what", "ours", "peer", "to the peer"), rows)


def _beaten_by(ours: Measure, measures: Sequence[Measure]) -> Iterator[tuple[str, ...]]:
    """Peers that do the same (family, figure, size, task) and whose median is better."""
    for peer in measures:
        same = (peer.family, peer.what, peer.size, peer.task) == (
            ours.family,
            ours.what,
            ours.size,
            ours.task,
        )
        if not same or peer.role != PEER or not peer.values:
            continue
        mine, theirs = Spread.of(ours.values), Spread.of(peer.values)
        worse = mine.median < theirs.median if ours.what in HIGHER_IS_BETTER else mine.median > theirs.median
        if worse:
            size = f" at {ours.size:,}" if ours.size else ""
            yield (
                f"{ours.case}: {ours.what}{size}",
                f"{mine} {ours.unit}",
                f"{peer.case}: {theirs} {peer.unit}",
                f"x {ratio(ours, peer)}",
            )


def _tables(measures: Sequence[Measure], base: str) -> Iterator[str]:
    """One table a figure: a row a case, a column a size. Then what is to be said of the cases."""
    for what, group in groupby(sorted(measures, key=lambda m: _order(measures, m)), key=lambda m: m.what):
        own = list(group)
        sizes = sorted({m.size for m in own}, key=lambda size: size or 0)
        heads = [f"{size:,}" if size else "" for size in sizes]
        unit = next((m.unit for m in own if m.values), "")
        yield from _table((f"{what}, {unit}" if unit else what, *heads), _rows(own, sizes, base))
        yield ""
    yield from dict.fromkeys(f"- {m.case}: {m.note}" for m in measures if m.note)


def _order(measures: Sequence[Measure], measure: Measure) -> int:
    return [m.what for m in measures].index(measure.what)


def _rows(measures: Sequence[Measure], sizes: Sequence[int | None], base: str) -> Iterator[tuple[str, ...]]:
    for case in dict.fromkeys(m.case for m in measures):
        name = f"**{case}**" if any(m.case == case and m.role == OURS for m in measures) else case
        yield (name, *(_cell(measures, case, size, base) for size in sizes))


def _cell(measures: Sequence[Measure], case: str, size: int | None, base: str) -> str:
    family, what = measures[0].family, measures[0].what
    found = find(measures, family, case, what, size)
    if found is None:
        return "-"
    against = find(measures, family, base, what, size)
    if against is None or case == base:
        return str(Spread.of(found.values))
    return f"{Spread.of(found.values)}, x {ratio(found, against)}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| --- |" + " ---: |" * (len(heads) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
