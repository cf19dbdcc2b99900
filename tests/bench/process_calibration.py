"""How often a process map shows in full colour what did not happen, and what did.

Run by hand: `python -m tests.bench.process_calibration [Domestic|International] [MAPS]` (default Domestic, 100 maps;
some two minutes). Needs the real logs of ../shared. Everything is seeded, and goes through the faces the product uses.

1. Placebo dates: random days inside 2018, on which no go-live was, 90 to 150 days on each side. A map counts as false
   when any edge is in full colour (faster or slower); beside it what Mann–Whitney with false-discovery control and
   the same rule of what is material would colour, and how many maps show an edge as new or gone.
2. Planted changes: one busy edge (at least 20 walks a week on both sides) takes half as long (or 30 % less) after a
   random day. Found means in full colour in the right direction; outlined ones say how many more weeks it would take.
3. A/A: the days on which cases start are dealt out at random within 2018, so that nothing is different at any date.
   A literal split of cases at random, without dates, is what Mann–Whitney is calibrated for: it stands beside it.

Exits with 1 where a bar is missed: false maps at most 7 %, found at −50 % and 150 days at least a quarter.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from tests.analysis.event_log import (
    DAY,
    Floats,
    Log,
    Walks,
    edges,
    inside,
    read_xes,
    samples,
    scaled,
    steps,
    walks,
    weekly_edges,
)
from valueviz.analysis.process.compare import WINDOW_RATE, adjusted, edge_changes
from valueviz.analysis.process.log import GATE
from valueviz.analysis.process.result import EdgeChange
from valueviz.analysis.process.select import select
from valueviz.analysis.process.weeks import weeks
from valueviz.terms import Window

SEED = 2018
YEAR = Window(date(2018, 1, 1), date(2018, 12, 31))
SHORTEST, LONGEST = 90, 150
BUSY = 20
"""Walks a week from which an edge is busy."""
MOST_FALSE = 0.07
LEAST_FOUND = 0.25
SPLITS = 400
PLANTED_DATES = 40
FULL = ("faster", "slower")
Windows = tuple[Window, Window]


@dataclass(frozen=True, slots=True)
class Map:
    """The drawn edges of one comparison, and how many edges Mann–Whitney alone would colour."""

    drawn: tuple[EdgeChange, ...]
    by_windows: int

    def any(self, *colours: str) -> bool:
        """Whether an edge has one of the colours."""
        return any(edge.colour in colours for edge in self.drawn)


def compared(log: Log, found: Walks, *, periods: Windows) -> Map:
    """The map of a log before and after."""
    sides = inside(log.starts, periods[0]), inside(log.starts, periods[1])
    cases = int(sides[0].sum()), int(sides[1].sum())
    rows, known = edges(log, found, sides=sides), steps(log, sides=sides)
    shown = select(rows, known, cases=cases)
    pairs = [pair for pair in shown.edges if GATE not in pair]
    changes = edge_changes(
        rows,
        known,
        weekly=weekly_edges(log, found, pairs),
        samples=samples(found, pairs, sides=sides),
        drawn=shown,
        weeks=weeks(*periods),
        cases=cases,
    )
    drawn = tuple(edge for edge in changes if edge.drawn)
    windows = adjusted([edge.p_window for edge in drawn])
    differ = [q is not None and q < WINDOW_RATE and edge.material for q, edge in zip(windows, drawn, strict=True)]
    return Map(drawn, sum(differ))


def dated(rng: np.random.Generator, *, days: int) -> Windows:
    """So many days on each side of a random day inside the year."""
    first, last = YEAR.start.toordinal(), YEAR.end.toordinal()
    day = int(rng.integers(first + days, last - days + 2))
    ends = [(day - days, day - 1), (day, day + days - 1)]
    before, after = (Window(date.fromordinal(start), date.fromordinal(end)) for start, end in ends)
    return before, after


def told(name: str, maps: list[Map]) -> str:
    """A line: shares of maps, and of tested edges, in colour."""
    tested = sum(edge.p is not None for one in maps for edge in one.drawn)
    full = sum(edge.colour in FULL for one in maps for edge in one.drawn)
    outlined = sum(edge.colour.endswith("_outline") for one in maps for edge in one.drawn)
    return (
        f"{name}: {len(maps)} maps, {tested / len(maps):.1f} edges tested a map | full colour in "
        f"{share(maps, *FULL):.3f} of maps, {full / tested:.4f} of edges | outlined {outlined / tested:.2f} of edges | "
        f"Mann–Whitney + BH: {np.mean([one.by_windows > 0 for one in maps]):.2f} of maps, "
        f"{sum(one.by_windows for one in maps) / tested:.2f} of edges | new or gone in "
        f"{share(maps, 'added', 'removed'):.2f} of maps"
    )


def share(maps: list[Map], *colours: str) -> float:
    """The share of maps with an edge in one of the colours."""
    return float(np.mean([one.any(*colours) for one in maps]))


# Placebo dates ───────────────────────────────────────────────────────────────


def placebos(log: Log, found: Walks, *, days: tuple[int, int], many: int) -> list[Map]:
    """Maps at random dates with a random number of days on each side."""
    rng = np.random.default_rng([SEED, *days])
    return [compared(log, found, periods=dated(rng, days=int(rng.integers(days[0], days[1] + 1)))) for _ in range(many)]


# Planted changes ─────────────────────────────────────────────────────────────


def planted(log: Log, found: Walks, *, days: int, factor: float) -> Iterator[tuple[tuple[str, str], EdgeChange]]:
    """Each busy edge with a planted change at each of some random dates."""
    rng = np.random.default_rng([SEED, days])
    for _ in range(PLANTED_DATES):
        periods = dated(rng, days=days)
        later = log.starts >= (periods[1].start.toordinal() - date(1970, 1, 1).toordinal()) * DAY
        plain = compared(log, found, periods=periods)
        for edge in plain.drawn:
            sides = edge.before, edge.after
            pair = edge.source, edge.target
            if GATE in pair or any(one is None or one.count < BUSY * days / 7 for one in sides):
                continue
            changed = compared(log, scaled(found, pair, cases=later, factor=factor), periods=periods)
            yield pair, next(one for one in changed.drawn if (one.source, one.target) == pair)


def found_line(log: Log, found: Walks, *, days: int, factor: float, by_edge: bool) -> tuple[float, str]:
    """The share of planted changes in full colour, and the lines that say so."""
    rows = list(planted(log, found, days=days, factor=factor))
    hit = [edge.colour == "faster" for _, edge in rows]
    outlined = [edge for _, edge in rows if edge.colour == "faster_outline"]
    needed = [edge.weeks_needed for edge in outlined if edge.weeks_needed is not None]
    middle = f", median {np.median(needed):.0f} weeks" if needed else ""
    line = (
        f"planted {factor - 1:+.0%}, {days} days: {np.mean(hit):.2f} of {len(rows)} in full colour, "
        f"{len(outlined) / len(rows):.2f} outlined ({len(needed)} of {len(outlined)} say when{middle})"
    )
    lines = [line]
    if by_edge:
        counts = Counter(pair for pair, _ in rows)
        hits = Counter(pair for (pair, _), one in zip(rows, hit, strict=True) if one)
        lines += [f"    {hits[pair] / many:.2f} of {many}: {pair[0]} → {pair[1]}" for pair, many in counts.items()]
    return float(np.mean(hit)), "\n".join(lines)


# A/A ─────────────────────────────────────────────────────────────────────────


def dealt(log: Log, rng: np.random.Generator) -> Log:
    """The log with the starts of the year's cases dealt out anew: whatever changes in time is gone."""
    starts = log.starts
    moved = starts.copy()
    there = np.flatnonzero(inside(starts, YEAR))
    moved[there] = starts[rng.permutation(there)]
    return replace(log, at=log.at + (moved - starts)[log.case])


def same(log: Log, found: Walks, *, many: int) -> list[Map]:
    """Maps of logs whose cases start on random days."""
    rng = np.random.default_rng([SEED, many])
    maps = []
    for _ in range(many):
        periods = dated(rng, days=int(rng.integers(SHORTEST, LONGEST + 1)))
        maps.append(compared(dealt(log, rng), found, periods=periods))
    return maps


def literal(log: Log, found: Walks, *, many: int) -> str:
    """What Mann–Whitney colours between random halves of the year's cases, without any date."""
    rng = np.random.default_rng([SEED, many, 1])
    there = inside(log.starts, YEAR)
    coloured, tested, maps = 0, 0, 0
    for _ in range(many):
        first: Floats = rng.random(len(there))
        sides = there & (first < 0.5), there & (first >= 0.5)
        cases = int(sides[0].sum()), int(sides[1].sum())
        rows, known = edges(log, found, sides=sides), steps(log, sides=sides)
        shown = select(rows, known, cases=cases)
        pairs = [pair for pair in shown.edges if GATE not in pair]
        changes = edge_changes(
            rows,
            known,
            weekly={},
            samples=samples(found, pairs, sides=sides),
            drawn=shown,
            weeks=weeks(YEAR, YEAR),
            cases=cases,
        )
        here = sum(edge.colour.endswith("_outline") for edge in changes)
        coloured, tested, maps = (
            coloured + here,
            tested + sum(e.p_window is not None for e in changes),
            maps + (here > 0),
        )
    return (
        f"A/A, cases split at random without dates: {many} maps | Mann–Whitney + BH: {maps / many:.3f} of maps, "
        f"{coloured / tested:.4f} of edges"
    )


def main(arguments: list[str]) -> int:
    """The lines, printed; 1 where a bar is missed."""
    name = arguments[0] if arguments else "Domestic"
    many = int(arguments[1]) if len(arguments) > 1 else 100
    shared = Path(os.environ.get("VALUEVIZ_SHARED", Path(__file__).resolve().parents[3] / "shared"))
    log = read_xes(shared / f"data/process/bpic2020_{name}Declarations.cleaned.xes.gz")
    found = walks(log)
    print(f"{name}: {len(log.first)} cases, {len(log.case)} events")
    false = []
    for least, most in ((SHORTEST, LONGEST), (SHORTEST, SHORTEST), (LONGEST, LONGEST)):
        began = time.process_time()
        maps = placebos(log, found, days=(least, most), many=many)
        false.append(share(maps, *FULL))
        print(told(f"placebo dates, {least}–{most} days", maps))
        print(f"    {(time.process_time() - began) / many * 1000:.0f} ms a map", flush=True)
    power = 0.0
    for days, factor in ((LONGEST, 0.5), (LONGEST, 0.7), (120, 0.5), (SHORTEST, 0.5), (SHORTEST, 0.7)):
        hit, line = found_line(log, found, days=days, factor=factor, by_edge=factor == 0.5 and days == LONGEST)
        power = hit if (days, factor) == (LONGEST, 0.5) else power
        print(line, flush=True)
    maps = same(log, found, many=SPLITS)
    false.append(share(maps, *FULL))
    print(told("A/A, starts dealt out at random", maps), flush=True)
    print(literal(log, found, many=SPLITS))
    return int(max(false[0], false[-1]) > MOST_FALSE or power < LEAST_FOUND)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
