"""How often the interval of each part of a split holds what the step really brought.

Run by hand: `python -m tests.bench.attribution_calibration [DRAWS [CELL …]]` (default 200; 1,000 take some three
minutes). Synthetic staged series, seeded. A line a model and cell: bias / coverage / median width of the 95 %
interval of each step, the remainder and the total, in the unit of the values (level 100, errors of standard
deviation 4). "ours" is `attribution.split`; on the first cells two other models stand beside it in the same run:
levels alone, and a level and a ramp for every step. "stated" is the share of draws whose total is stated, "refused"
the share refused because another date fits far better; those are left out of the other figures.

Then real series on which nothing is known to have happened (../shared, where present), with steps made up: how often
the total is stated, and how often a part's 95 % interval excludes zero; last the cost of one split.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.analysis.staged import Draw, Staged, draw
from valueviz.analysis.attribution import StepAt, split
from valueviz.analysis.effect import Design
from valueviz.analysis.effect.core import Candidates, fit, products
from valueviz.analysis.effect.design import sample
from valueviz.analysis.effect.model import model
from valueviz.terms import Series

SEED = 20_250_301
CELLS = {
    "abrupt, 6 months apart": Staged(24, (6, 12), (-6.0, -4.0)),
    "drift of -0.3 a month, 12 apart": Staged(24, (12, 12), (-6.0, -4.0), drift=-0.3),
    "ramps of 6, not declared, 12 apart": Staged(24, (12, 12), (-6.0, -4.0), ramps=(6, 6)),
    "ramps of 6, declared, 12 apart": Staged(24, (12, 12), (-6.0, -4.0), ramps=(6, 6), declared=True),
    "abrupt, 3 months apart": Staged(24, (3, 12), (-6.0, -4.0)),
    "three steps, 6 apart": Staged(24, (6, 6, 12), (-6.0, -4.0, -3.0)),
    "one step": Staged(24, (12,), (-10.0,)),
    "nothing happened, two steps": Staged(24, (6, 12), (0.0, 0.0)),
    "nothing happened, three steps": Staged(24, (6, 6, 12), (0.0, 0.0, 0.0)),
    "opposite steps": Staged(24, (12, 12), (-8.0, 5.0)),
    "weeks 104/52, 26 apart": Staged(104, (26, 26), (-6.0, -4.0), 0.6, 5.0, season=52.18, grain="week"),
    "roll-out in 5 waves, then a step": Staged(24, (18, 12), (-8.0, -4.0), waves=5),
    "multiplicative": Staged(24, (12, 12), (-10.0, -6.0), multiplicative=True),
}
COMPARED = tuple(CELLS)[:3]


def ours(drawn: Draw, staged: Staged) -> tuple[list[tuple[float, float, float]], str]:
    """Estimate, low, high of each step, the remainder and the total; the verdict."""
    found = split(drawn.series, staged.design(), staged.steps())
    effect = found.effect
    if effect.estimate is None or effect.low is None or effect.high is None:
        return [], effect.verdict
    rows = [(part.estimate, part.low, part.high) for part in found.parts]
    return [*rows, (effect.estimate, effect.low, effect.high)], effect.verdict


def peer(drawn: Draw, staged: Staged, *, ramps: bool) -> tuple[list[tuple[float, float, float]], str]:
    """The same numbers from a level a step, or from a level and a ramp a step, with our errors; no remainder."""
    built = model(sample(drawn.series, staged.design()), scale="identity", season=staged.season)
    at = np.arange(staged.count)
    own = [[staged.force(i) * 0 + (at >= start)] for i, start in enumerate(staged.starts)]
    if ramps:
        own = [[*pair, np.maximum(0, at - start) / 10] for pair, start in zip(own, staged.starts, strict=True)]
    flat = [column for pair in own for column in pair]
    owner = np.array([i for i, pair in enumerate(own) for _ in pair])
    columns = np.column_stack([built.whole.base, *flat, built.whole.outcome])
    found = products(built.times, columns, root_weights=None, candidates=Candidates(), floor=built.whole.floor)
    size = built.whole.base.shape[1]
    fitted = fit(found, tuple(range(columns.shape[1] - 1)), outcome=columns.shape[1] - 1)
    means = np.array([column[staged.before :].mean() for column in flat])
    rows = []
    for chosen in (*((owner == i) for i in range(len(own))), np.zeros(len(flat), dtype=bool), owner >= 0):
        contrast = np.concatenate([np.zeros(size), np.where(chosen, means, 0.0)])
        if not chosen.any():
            rows.append((np.nan, np.nan, np.nan))
            continue
        mixture = fitted.combination(contrast)
        ends = (mixture.mean(), mixture.quantile(0.025), mixture.quantile(0.975))
        middle, low, high = (float(end) * built.unit for end in ends)
        rows.append((middle, low, high))
    return rows, ""


MODELS: dict[str, Any] = {
    "ours": ours,
    "levels": lambda drawn, staged: peer(drawn, staged, ramps=False),
    "level + ramp": lambda drawn, staged: peer(drawn, staged, ramps=True),
}


def line(name: str, staged: Staged, *, draws: int) -> str:
    """One row of the table."""
    rng = np.random.default_rng(SEED)
    rows, truths, verdicts = [], [], []
    for _ in range(draws):
        drawn = draw(rng, staged)
        answer, verdict = MODELS[name](drawn, staged)
        verdicts.append(verdict)
        if answer:
            rows.append(answer)
            truths.append([*drawn.truth, drawn.total])
    table, truth = np.array(rows), np.array(truths)
    bias = (table[:, :, 0] - truth).mean(axis=0)
    held = ((table[:, :, 1] <= truth) & (truth <= table[:, :, 2])).mean(axis=0)
    width = np.median(table[:, :, 2] - table[:, :, 1], axis=0)
    cells = ["–" if np.isnan(b) else f"{b:+.2f}/{h:.2f}/{w:.0f}" for b, h, w in zip(bias, held, width, strict=True)]
    stated = sum(verdict in ("improved", "worse") for verdict in verdicts) / draws
    more = f" | stated {stated:.2f}, refused {verdicts.count('refused') / draws:.2f}" if name == "ours" else ""
    return f"  {name:<13}" + " | ".join(cells) + more


def bank(kind: str) -> Iterator[np.ndarray]:
    """Monthly series of English emergency departments: logarithms of attendances, or the share that waited too long."""
    shared = Path(os.environ.get("VALUEVIZ_SHARED", Path(__file__).parents[3] / "shared"))
    table: dict[tuple[str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    with (shared / "data/effects/nhs_ae_attendances.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            table[row["org_code"], row["type"]][row["period"]] = float(row["attendances"]), float(row["breaches"])
    for (_, sort), months in sorted(table.items()):
        seen = np.array([months[month] for month in sorted(months)])
        if len(seen) == 36 and kind == "attendances" and seen[:, 0].min() > 200:
            yield np.log(seen[:, 0])
        if len(seen) == 36 and kind == "breaches" and sort == "1" and seen[:, 0].min() > 1000:
            yield 100 * seen[:, 1] / seen[:, 0]


def made_up(kind: str, places: tuple[int, ...]) -> str:
    """How often something is stated of real series with steps that never were."""
    stated, refused, parts, outside, count = 0, 0, 0, 0, 0
    for values in bank(kind):
        series = Series(kind, "month", tuple(range(36)), tuple(map(float, values)))
        found = split(series, Design(24, season=12.0, scale="identity"), [StepAt(str(at), at) for at in places])
        count += 1
        stated += found.effect.verdict in ("improved", "worse")
        refused += found.effect.verdict == "refused"
        parts += len(found.parts)
        outside += sum(not part.low <= 0 <= part.high for part in found.parts)
    return (
        f"  {kind} ({count}), steps at {', '.join(map(str, places))}: total stated {stated / count:.3f}, "
        f"refused {refused / count:.3f}, parts whose interval excludes 0 {outside / parts:.3f}"
    )


def cost() -> str:
    """The time one split takes: 130 weeks, 12 steps."""
    staged = Staged(78, (4,) * 12 + (4,), (-1.0,) * 13, season=52.18, grain="week")
    drawn = draw(np.random.default_rng(SEED), staged)
    times = []
    for _ in range(10):
        began = time.process_time()
        split(drawn.series, staged.design(), staged.steps()[:12])
        times.append(time.process_time() - began)
    return f"{staged.count} weeks, 12 steps: {min(times) * 1000:.0f} ms"


def main(arguments: list[str]) -> None:
    """The table, printed."""
    draws = int(arguments[0]) if arguments else 200
    for cell, staged in CELLS.items():
        if len(arguments) > 1 and cell not in arguments[1:]:
            continue
        began = time.process_time()
        print(f"{cell} ({staged.before} before, steps at {', '.join(map(str, staged.starts))} of {staged.count})")
        for name in MODELS if cell in COMPARED else ("ours",):
            print(line(name, staged, draws=draws))
        print(f"  {(time.process_time() - began) / draws * 1000:.1f} ms a draw", flush=True)
    if len(arguments) < 2:
        for kind in ("attendances", "breaches"):
            for places in ((24,), (24, 30), (24, 27, 30)):
                print(made_up(kind, places), flush=True)
        print(cost())


if __name__ == "__main__":
    main(sys.argv[1:])
