"""How often the interval holds the truth, and how often the verdict is right: ours and four usual methods.

Run by hand: `python -m tests.bench.calibration [DRAWS [SERIES …]]` (default 200; the tables of the methods page take
2,000, some ten minutes on two cores; VALUEVIZ_CORES=1 leaves one free). Synthetic, seeded draw by draw, so that
neither the order nor the number of processes matters: level 100, effect 0 or −10, season given. Printed is Markdown,
the bar behind each measured number and ✗ where it is missed.

*covered*: share of the 95 % intervals, at both effects, that hold the truth; *bias* in standard deviations of the
noise; *power*: 95 % intervals that exclude 0 at −10; *false*: a change stated, in either direction, at 0; *found*:
`improved` at −10; *refused*: no number, counted as not stated and left out of the rest. Of the usual methods:
coverage / false, where false means that the 95 % interval excludes 0. These, counts (their effect is −40 %) and the
table of steps take the first quarter of the draws.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.bench.peers import PEERS
from tests.bench.protocol import CELLS, PARTS, SEED, STEPS, Cell, Tally, split, tallied

BLOCK = 50
"""Draws a task."""
FEWER = 4
"""By how much fewer draws the usual methods, counts and steps take: they cost most and no bar hangs on them."""
MEAN_COVERED = (0.94, 0.975)
"""Of the seven kinds of series whose errors the model holds for possible and whose season it knows."""
STEADY = ("S1", "S2", "S3", "S4", "S6", "S7", "S8")
HEAD = ("series", "covered", "bias", "power", "false", "found", "refused", "wandering", "ms")
PARTS_HEAD = ("series", *PARTS, "false", "found", "refused", "one block", "not exact", "ms")


# Cells of the tables ─────────────────────────────────────────────────────────


def share(value: float, digits: int = 3) -> str:
    """A share without its leading zero."""
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") else text


def signed(value: float) -> str:
    """A number with its sign."""
    return f"{value:+.2f}".replace("-", "−").replace("+0.", "+.").replace("−0.", "−.")


def at_least(value: float, bar: float | None) -> str:
    """A share with what it has to reach."""
    return share(value) if bar is None else f"{share(value)} (≥ {share(bar, 2)}){' ✗' if value < bar else ''}"


def at_most(value: float, bar: float | None) -> str:
    """A share with what it may reach."""
    return share(value) if bar is None else f"{share(value)} (≤ {share(bar, 2)}){' ✗' if value > bar else ''}"


def between(value: float, bars: tuple[float, float] | None, digits: int = 2) -> str:
    """A share with the two shares it has to lie between."""
    if bars is None or bars[1] == 1:
        return at_least(value, None if bars is None else bars[0])
    low, high = bars
    return f"{share(value)} ({share(low, digits)}–{share(high, digits)}){'' if low <= value <= high else ' ✗'}"


def row(key: str, cell: Cell, *, tally: Tally, draws: int) -> str:
    """One row of the table of effects."""
    counts, bars, bias = tally.counts, cell.bars, tally.bias("total")
    told = max(1, counts["total told"])
    cells = [
        f"{key}: {cell.about}",
        between(tally.covered("total"), bars.covered),
        signed(bias) + (" ✗" if bars.bias is not None and abs(bias) > bars.bias else ""),
        at_least(counts["power"] / max(1, counts["effect told"]), bars.power),
        at_most(counts["false"] / draws, bars.false),
        at_least(counts["found"] / draws, bars.found),
        share(counts["refused"] / draws / 2),
        share(counts["wandering"] / told),
        f"{tally.seconds / draws / 2 * 1e3:.1f}",
        *(
            f"{share(tally.covered(peer), 2)} / {share(2 * counts[f'{peer} false'] / max(1, counts[f'{peer} told']), 2)}"
            for peer in PEERS
        ),
    ]
    return f"| {' | '.join(cells)} |"


def parts_row(key: str, cell: Cell, *, tally: Tally, draws: int) -> str:
    """One row of the table of steps: of each part bias (in sd), coverage, median width."""
    counts, told = tally.counts, tally.counts["total told"]
    parts = [
        f"{signed(tally.bias(name))} / {share(tally.covered(name))} / {statistics.median(tally.widths[name]):.0f}"
        if told
        else "–"
        for name in PARTS
    ]
    others = (
        share(counts["false"] / draws),
        share(counts["found"] / draws),
        share(counts["refused"] / draws / 2),
        share(counts["one block"] / draws / 2),
        str(told - counts["exact"]),
        f"{tally.seconds / draws / 2 * 1e3:.1f}",
    )
    return f"| {' | '.join((f'{key}: {cell.about}', *parts, *others))} |"


# Many draws on several processes ─────────────────────────────────────────────


def pool() -> ProcessPoolExecutor:
    """Fresh interpreters, one thread of linear algebra each."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    return ProcessPoolExecutor(
        int(os.environ.get("VALUEVIZ_CORES", os.cpu_count() or 1)), mp_context=get_context("spawn")
    )


def gathered(futures: list[Future[Tally]]) -> Tally:
    """All blocks of one row."""
    total = Tally()
    for future in futures:
        total.add(future.result())
    return total


def submitted(workers: ProcessPoolExecutor, counted: Callable[[int, int], Tally], draws: int) -> list[Future[Tally]]:
    """The draws of a row in blocks."""
    return [workers.submit(counted, start, min(draws, start + BLOCK)) for start in range(0, draws, BLOCK)]


def headed(heads: tuple[str, ...]) -> str:
    """The head of a table."""
    return f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}"


def main(draws: int, names: list[str]) -> None:
    """Print the tables, of all kinds of series or of those named."""
    cells, steps = ([key for key in table if not names or key in names] for table in (CELLS, STEPS))
    fewer = -(-draws // FEWER)
    taken = {key: fewer if CELLS[key].scenario.spread else draws for key in cells}
    print(f"{draws} draws without and with the effect, seed {SEED}; usual methods, counts and steps: the first {fewer}")
    covered: list[float] = []
    with pool() as workers:
        effects = {key: submitted(workers, partial(tallied, key, peers=fewer), taken[key]) for key in cells}
        parts = {key: submitted(workers, partial(split, key), fewer) for key in steps}
        if effects:
            print(headed((*HEAD, *PEERS)))
        for key, futures in effects.items():
            tally = gathered(futures)
            print(row(key, CELLS[key], tally=tally, draws=taken[key]), flush=True)
            covered += [tally.covered("total")] if key in STEADY else []
        if len(covered) == len(STEADY):
            mean = between(math.fsum(covered) / len(covered), MEAN_COVERED, 3)
            print(f"\ncovered on average of {', '.join(STEADY)}: {mean}")
        if parts:
            print(headed(PARTS_HEAD))
        for key, futures in parts.items():
            print(parts_row(key, STEPS[key], tally=gathered(futures), draws=fewer), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, sys.argv[2:])
