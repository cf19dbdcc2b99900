"""The kinds of series of the calibration, how each is looked at, what has to be reached, and what one draw counts."""

from __future__ import annotations

import math
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from tests.analysis.synthetic import FIRST, SCENARIOS, Scenario, force, series, shocks, truth
from tests.bench.peers import PEERS, Points
from valueviz.analysis import attribution
from valueviz.analysis.attribution import StepAt
from valueviz.analysis.effect import Control, Design, Effect, estimate
from valueviz.catalog.calendars import spring_festival_share
from valueviz.terms import Series

SEED = 20_240_101
YEARS = 19
"""Years after which lunar months return to about the same days."""
COVERED = (0.92, 0.99)
MOST_BIAS = 0.1
FALSE = 0.05


@dataclass(frozen=True)
class Bars:
    """What has to be reached: coverage between two shares, power and found at least, false and bias at most."""

    covered: tuple[float, float] | None = None
    power: float | None = None
    found: float | None = None
    false: float | None = None
    bias: float | None = None


@dataclass(frozen=True)
class Cell:
    """One row: a kind of series, how it is looked at, the effect to be found, and what has to be reached.

    `whole` is where the festival's month falls in full; else each month by its share of the festival's days.
    `declared` is where steps are named with the course they take.
    """

    about: str
    scenario: Scenario
    transition: int = 0
    controlled: bool = False
    bars: Bars = Bars()
    effect: float = -10.0
    whole: bool = True
    declared: bool = False

    @property
    def relative(self) -> bool:
        """Whether the truth is in percent of what would have been."""
        return self.scenario.multiplicative or bool(self.scenario.spread)

    @property
    def noise(self) -> float:
        """The standard deviation of a single period, in the unit of the truth: what bias is measured in."""
        if self.scenario.spread:
            return 100 * math.sqrt(self.scenario.spread / self.scenario.level)
        return math.hypot(self.scenario.sd, self.scenario.shared)


def steady(power: float, found: float) -> Bars:
    """The bars of a kind of series whose errors the model knows."""
    return Bars(COVERED, power, found, FALSE, MOST_BIAS)


S = SCENARIOS
DIP = replace(S["S1"], dip=(10.0, 6.0, 3.0))
SHARED = replace(S["S1"], sd=2.0, shared=4.0)
CELLS = {
    "S1": Cell("24 + 12 months, season, ρ 0.4", S["S1"], bars=steady(0.68, 0.60)),
    "S2": Cell("as S1, trend of 6 a year", S["S2"], bars=steady(0.69, 0.60)),
    "S3": Cell("104 + 26 weeks, season, trend, ρ 0.6", S["S3"], bars=steady(0.76, 0.71)),
    "S4": Cell("180 + 90 days, weekdays, ρ 0.5, 5 % missing, 2 % outliers", S["S4"], bars=steady(0.85, 0.79)),
    "S5": Cell("36 + 12 months, season, random walk", S["S5"], bars=Bars((0.91, 1), None, None, 0.06, MOST_BIAS)),
    "S6": Cell("12 + 6 months, ρ 0.3", S["S6"], bars=steady(0.55, 0.45)),
    "S7": Cell("52 + 26 weeks, trend, ρ 0.8", S["S7"], bars=steady(0.88, 0.83)),
    "S8": Cell("24 + 12 months, no autocorrelation", S["S8"], bars=steady(0.80, 0.72)),
    "S9": Cell("36 + 12 months, Spring Festival month −15 %", S["S9"], bars=Bars((0.90, 1), bias=MOST_BIAS)),
    "S9-days": Cell("… spread over its days", S["S9"], whole=False),
    "S10": Cell("as S2, multiplicative", S["S10"], bars=Bars((0.90, 1), bias=MOST_BIAS)),
    "ramp": Cell("as S1, the effect grows over six months", replace(S["S1"], ramp=6)),
    "ramp-6": Cell("… declared as a transition of six", replace(S["S1"], ramp=6), transition=6),
    "dip": Cell("as S1, +10, +6, +3 in the first months", DIP),
    "dip-3": Cell("… declared as a transition of three", DIP, transition=3),
    "shared": Cell("as S1, four fifths of the variance shared with another series", SHARED),
    "shared-control": Cell("… which is a control", SHARED, controlled=True),
    "count": Cell("24 + 12 months, Poisson counts around 6", Scenario(24, 12, level=6, spread=1), effect=-40.0),
    "count-2": Cell("… with twice that variance", Scenario(24, 12, level=6, spread=2), effect=-40.0),
    "count-wave": Cell(
        "… whose mean swings by 20 %, ρ 0.6", Scenario(24, 12, 0.6, 20, level=6, spread=1), effect=-40.0
    ),
}
STAGED = Scenario(18, 24, 0.4, 4, 0, 6, 12, second=12)
STEPS = {
    "staged": Cell("18 months before, steps of −6 and −4 a year apart, a year after", STAGED),
    "staged-control": Cell("… most noise shared with a control", replace(STAGED, sd=2.0, shared=4.0), controlled=True),
    "staged-drift": Cell("… and a drift of −0.3 a month from the first step on", replace(STAGED, drift=-0.3)),
    "staged-ramp": Cell("… each step grows over six months, not declared", replace(STAGED, ramp=6)),
    "staged-ramp-6": Cell("… and declared", replace(STAGED, ramp=6), declared=True),
}
PARTS = ("first", "second", "remainder", "total")


@dataclass
class Tally:
    """What was counted over some draws: outcomes by name, how far estimates were off, widths, processor time."""

    counts: Counter[str] = field(default_factory=Counter)
    off: dict[str, list[float]] = field(default_factory=dict)
    widths: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0

    def note(self, name: str, found: tuple[float, float, float], *, mean: float, sd: float) -> None:
        """Count an interval under a name."""
        value, low, high = found
        self.counts[f"{name} told"] += 1
        self.counts[f"{name} covered"] += low <= mean <= high
        self.off.setdefault(name, []).append((value - mean) / sd)
        self.widths.setdefault(name, []).append(high - low)

    def add(self, other: Tally) -> None:
        """Count what another counted too."""
        self.counts += other.counts
        self.seconds += other.seconds
        for mine, theirs in ((self.off, other.off), (self.widths, other.widths)):
            for name, values in theirs.items():
                mine.setdefault(name, []).extend(values)

    def covered(self, name: str) -> float:
        """The share of intervals that hold the truth."""
        return self.counts[f"{name} covered"] / max(1, self.counts[f"{name} told"])

    def bias(self, name: str) -> float:
        """The mean distance from the truth."""
        return math.fsum(self.off.get(name, ())) / max(1, self.counts[f"{name} told"])


# One draw ────────────────────────────────────────────────────────────────────


@cache
def festival(scenario: Scenario, first: int, *, whole: bool) -> tuple[np.ndarray | None, tuple[float, ...] | None]:
    """How much of the festival's fall each month takes, and the regressor the estimator gets."""
    if not scenario.festival:
        return None, None
    share = spring_festival_share(tuple(range(first, first + scenario.count)), scenario.grain)
    if not whole:
        return np.array(share) / max(share), share
    months = np.zeros(scenario.count)
    for start in range(0, scenario.count, 12):
        months[start + int(np.argmax(share[start : start + 12]))] = 1.0
    return months, share


def drawn(key: str, cell: Cell, *, effect: float, draw: int) -> tuple[Series, Design]:
    """A draw and the design under which it is looked at; rows of one family share their noise."""
    scenario = cell.scenario
    rng = np.random.default_rng([SEED, zlib.crc32(key.partition("-")[0].encode()), draw])
    # the festival moves: a draw in its own year, or one odd calendar would decide the row
    first = FIRST + 12 * int(rng.integers(YEARS)) if scenario.festival else FIRST
    months, share = festival(scenario, first, whole=cell.whole)
    shared, other = shocks(rng, scenario) if scenario.shared else (None, None)
    controls = () if other is None or not cell.controlled else (Control("other", tuple(other.tolist())),)
    design = Design(
        first + scenario.before,
        season=scenario.season,
        scale="count" if scenario.spread else "auto" if scenario.multiplicative else "identity",
        transition=cell.transition,
        holiday=share,
        controls=controls,
    )
    return series(rng, scenario, effect=effect, festival=months, shared=shared, first=first), design


def interval(answer: Effect, *, relative: bool) -> tuple[float, float, float] | None:
    """Estimate and ends in the unit of the truth: of the values, or percent; None where there is no number."""
    value, low, high = (
        (answer.relative, answer.relative_low, answer.relative_high)
        if relative
        else (answer.estimate, answer.low, answer.high)
    )
    if value is None or low is None or high is None:
        return None
    unit = 100.0 if relative else 1.0
    return unit * value, unit * low, unit * high


def judged(answer: Effect, cell: Cell, *, effect: float, tally: Tally) -> None:
    """Count one answer of ours."""
    stated = answer.verdict in ("improved", "worse")
    tally.counts["false" if effect == 0 else "stated"] += stated
    tally.counts["found"] += effect < 0 and answer.verdict == "improved"
    found = interval(answer, relative=cell.relative)
    tally.counts["refused"] += answer.estimate is None
    if found is None:
        return
    mean = truth(cell.scenario, effect, transition=cell.transition)
    tally.note("total", found, mean=mean, sd=cell.noise)
    tally.counts["effect told"] += effect < 0
    tally.counts["power"] += effect < 0 and found[2] < 0
    tally.counts["wandering"] += "wandering" in answer.warnings


def points(measured: Series, cell: Cell) -> Points:
    """The points the usual methods get: without the transition, in logarithms where effects are proportional."""
    scenario = cell.scenario
    at = np.array([i for i, value in enumerate(measured.values) if value is not None], dtype=float)
    y = np.array([value for value in measured.values if value is not None])
    kept = (at < scenario.before) | (at >= scenario.before + cell.transition)
    y = np.log(y[kept]) * 100 if scenario.multiplicative else y[kept]
    return Points(at[kept], y, at[kept] >= scenario.before, scenario.season)


def their_truth(cell: Cell, effect: float) -> float:
    """What the usual methods should find, in the unit they work in."""
    mean = truth(cell.scenario, effect, transition=cell.transition)
    if cell.scenario.multiplicative:
        return 100 * math.log1p(mean / 100)
    return mean * cell.scenario.level / 100


def tallied(key: str, start: int, stop: int, *, peers: int = 0) -> Tally:
    """What was counted over the draws from `start` to before `stop`, without and with the effect.

    The usual methods look at the first `peers` draws only.
    """
    cell, tally = CELLS[key], Tally()
    for draw in range(start, stop):
        for effect in (0.0, cell.effect):
            measured, design = drawn(key, cell, effect=effect, draw=draw)
            clock = time.process_time()
            answer = estimate(measured, design, thorough=False)
            tally.seconds += time.process_time() - clock
            judged(answer, cell, effect=effect, tally=tally)
            for peer, method in PEERS.items() if draw < peers else ():
                found = method(points(measured, cell))
                tally.note(peer, found, mean=their_truth(cell, effect), sd=cell.noise)
                tally.counts[f"{peer} false"] += effect == 0 and not found[1] <= 0 <= found[2]
    return tally


# Several steps ───────────────────────────────────────────────────────────────


def true_parts(cell: Cell, effect: float) -> Iterator[tuple[str, float]]:
    """What each step, the drift and all together bring, as means over the periods after the first step."""
    scenario = cell.scenario
    after = slice(scenario.before, None)
    for name, share in zip(PARTS, force(scenario), strict=False):
        yield name, effect * float(share[after].mean())
    yield "remainder", truth(scenario, 0.0)
    yield "total", truth(scenario, effect)


def split(key: str, start: int, stop: int) -> Tally:
    """What was counted over draws with two steps that are split."""
    cell, tally = STEPS[key], Tally()
    scenario = cell.scenario
    # a ramp counts the periods until full force, the first of them not included
    ramp = scenario.ramp - 1 if cell.declared else 0
    for draw in range(start, stop):
        for effect in (0.0, cell.effect):
            measured, design = drawn(key, cell, effect=effect, draw=draw)
            first = FIRST + scenario.before
            steps = (StepAt("first", first, ramp=ramp), StepAt("second", first + scenario.second, ramp=ramp))
            clock = time.process_time()
            found = attribution.split(measured, design, steps)
            tally.seconds += time.process_time() - clock
            stated = found.effect.verdict in ("improved", "worse")
            tally.counts["false" if effect == 0 else "found"] += stated
            total = interval(found.effect, relative=False)
            if total is None or len(found.parts) != len(PARTS) - 1:
                tally.counts["refused" if total is None else "one block"] += 1
                continue
            tally.counts["exact"] += math.fsum(part.estimate for part in found.parts) == found.effect.estimate
            told = [(part.estimate, part.low, part.high) for part in found.parts] + [total]
            for (name, mean), each in zip(true_parts(cell, effect), told, strict=True):
                tally.note(name, each, mean=mean, sd=cell.noise)
    return tally
