"""A panel in, an effect out: the gate, the method's answer, the verdict, in the words of a single series.

What is the same for every panel method stands here: refusals, interval, share of the counterfactual, grade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.design import LISTED_GAPS, WEEK_DAYS, Design, Method
from valueviz.analysis.effect.diagnostics import Diagnostic
from valueviz.analysis.effect.forecast import BandPoint
from valueviz.analysis.effect.model import Units, finite
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.effect.panel import MIN_UNITS, Block, Cells, Panel, block_of, cells_of, method_of, scale_of
from valueviz.analysis.effect.result import Effect, Estimate, EventPoint
from valueviz.analysis.effect.straying import Straying
from valueviz.terms import Interval, Scale, Verdict

NEAR_ZERO = 2.0
"""Standard errors within which a mean counterfactual counts as zero: a share of it would say nothing."""
ENTERS = 0.20
"""Share of a unit's cells missing on one side of go-live above which the unit entered or left."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a panel: its cells, the rectangle of two groups, the design, the method and the scale."""

    panel: Panel
    design: Design
    cells: Cells
    block: Block
    method: Method
    scale: Scale
    thorough: bool

    @property
    def factor(self) -> float:
        """What an effect of one cell is multiplied by: the treated units where the metric is their sum, else 1."""
        return float(self.treated_units) if self.panel.summed else 1.0

    @property
    def treated_units(self) -> int:
        """The units with a usable cell after go-live: the others claim nothing."""
        return int(self.cells.treated.any(axis=1).sum())

    @property
    def full_periods(self) -> float:
        """The treated cells that count, in periods of all treated units."""
        if self.method != "imputation":
            return float(self.block.after)
        untreated = self.cells.untreated
        beside = np.any(untreated, axis=1, keepdims=True) & np.any(untreated, axis=0, keepdims=True)
        return float(np.sum(self.cells.treated & beside)) / max(1, self.treated_units)


@dataclass(frozen=True, slots=True)
class PanelAnswer:
    """What a panel method found, on the model's scale: `theta` and how far it strays.

    `units` takes it to the unit of the values; `step_slope`, `forecast`, `band`, `event_study` are in that unit.
    `checks` are the value and the pass of each diagnostic that applies. `p_value` where it is not that of t.
    """

    theta: float
    straying: Straying
    units: Units
    step_slope: Estimate
    forecast: Estimate | None
    checks: dict[str, tuple[float | None, bool | None]]
    p_value: float | None = None
    band: tuple[BandPoint, ...] = ()
    event_study: tuple[EventPoint, ...] = ()
    donors: tuple[tuple[str, float], ...] = ()

    def interval(self, level: float) -> tuple[float, float]:
        """The two ends at a level, in the unit of the values."""
        half = self.straying.half(level)
        return self.units.effect(self.theta - half), self.units.effect(self.theta + half)

    def detectable(self, *, lower_is_better: bool) -> float:
        """The smallest gain that would be stated four times out of five, as a size in the unit of the values."""
        from scipy.special import stdtrit

        half = self.straying.half(verdict.CLAIM_LEVEL)
        half += float(stdtrit(self.straying.degrees, checks.POWER)) * self.straying.error
        theta = half * (-1 if lower_is_better else 1)
        counterfactual = self.units.counterfactual(self.theta)
        if self.units.scale == "identity":
            return abs(finite(theta * self.units.unit))
        return abs(finite(counterfactual * float(np.expm1(min(theta * self.units.unit, 700.0)))))


def pooled(panel: Panel, design: Design, *, thorough: bool) -> Effect:
    """The effect of the go-lives of a panel's units.

    Raises:
        UsageError: a method or scale was chosen that cannot answer for this panel.
    """
    from valueviz.analysis.effect import comparison, roll_out

    cells = cells_of(panel, design)
    block = block_of(cells)
    method = method_of(panel, design, cells=cells, block=block)
    scale = scale_of(panel, design, method=method, cells=cells)
    asked = Question(panel, design, cells, block, method, scale, thorough)
    stopped = gate(asked)
    if stopped is None:
        found = roll_out.answer(asked) if method == "imputation" else comparison.answer(asked)
        if isinstance(found, PanelAnswer):
            return _spoken(asked, found)
        stopped = found
    return _silent(asked, stopped)


# Gate ────────────────────────────────────────────────────────────────────────


def gate(asked: Question) -> verdict.Gate | None:
    """The verdict and its reason where no number may be stated, before anything is estimated."""
    panel = asked.panel
    for reason, labels in (
        ("instrument_changed", panel.instruments),
        ("definition_changed", panel.definition_versions),
    ):
        if labels is not None and _label_changed(asked.cells, labels):
            return "not_comparable", reason
    before, after = periods(asked)
    if before < verdict.MIN_BEFORE or after < verdict.MIN_AFTER or len(_compared(asked)) < MIN_UNITS:
        return "refused", "too_few_periods"
    reasons = (
        ("constant", _constant(asked)),
        ("missing", _missing(asked)),
        ("other_event", _other_event(asked)),
        ("scale", asked.scale == "log" and float(np.min(asked.cells.values[asked.cells.usable])) <= 0),
    )
    return next((("refused", reason) for reason, applies in reasons if applies), None)


def _compared(asked: Question) -> tuple[int, ...]:
    """The units that take part."""
    if asked.method == "imputation":
        return tuple(int(unit) for unit in np.flatnonzero(asked.cells.untreated.any(axis=1)))
    return (*asked.block.treated, *asked.block.donors) if asked.block.donors else ()


def periods(asked: Question) -> tuple[int, int]:
    """The periods in which a unit was observed before its go-live, and after it beside an untreated one."""
    if asked.method != "imputation":
        return asked.block.before, asked.block.after
    cells = asked.cells
    untreated, live = cells.untreated, np.asarray(cells.live)[:, None]
    before = int(np.any(untreated & live, axis=0).sum())
    beside = np.any(untreated, axis=1, keepdims=True) & np.any(untreated, axis=0, keepdims=True)
    return before, int(np.any(cells.treated & beside, axis=0).sum())


def _label_changed(cells: Cells, labels: tuple[str | None, ...]) -> bool:
    """Whether a period after the first go-live carries a label that none before does."""
    if not cells.live.any():
        return False
    start = float(cells.starts[cells.live].min())
    measured = np.asarray(cells.usable.any(axis=0))
    pairs = [pair for pair, there in zip(zip(cells.ordinals, labels, strict=True), measured, strict=True) if there]
    stated = [(at, label) for at, label in pairs if label is not None]
    before = {label for at, label in stated if at < start}
    return bool(before) and bool({label for at, label in stated if at >= start + cells.transition} - before)


def _constant(asked: Question) -> bool:
    """Whether no treated unit, or no unit to compare with, varies before."""
    cells, block = asked.cells, asked.block
    if asked.method == "imputation":
        rows = [cells.values[unit, cells.untreated[unit]] for unit in np.flatnonzero(cells.live)]
        return all(not len(row) or verdict.constant(tuple(row)) for row in rows)
    early = list(block.periods[: block.before])
    groups = (cells.values[list(block.treated)][:, early], cells.values[list(block.donors)][:, early])
    return any(all(verdict.constant(tuple(row)) for row in group) for group in groups)


def _missing(asked: Question) -> bool:
    """Whether treated units lack too many cells, or more on one side of go-live than on the other."""
    cells, live = asked.cells, asked.cells.live
    every = _every_period(asked)
    if every is None:
        return True
    starts = cells.starts[live][:, None]
    wanted = [float(np.sum(every < starts)), float(np.sum(every >= starts + cells.transition))]
    found = [float(np.sum(cells.untreated[live])), float(np.sum(cells.treated[live]))]
    gone = [max(0.0, total - there) for total, there in zip(wanted, found, strict=True)]
    if sum(gone) > verdict.MAX_MISSING * sum(wanted) * (1 + 1e-12):
        return True
    shares = [lost / total if total else 0.0 for lost, total in zip(gone, wanted, strict=True)]
    return abs(shares[0] - shares[1]) > verdict.MAX_MISSING_GAP + 1e-12


def _every_period(asked: Question) -> FloatArray | None:
    """The periods in which values were to be expected; None where the gaps are beyond counting."""
    ordinals = asked.cells.ordinals
    first, last = float(ordinals[0]), float(ordinals[-1])
    if last - first + 1 - len(ordinals) > LISTED_GAPS:
        return None
    every = np.arange(first, last + 1)
    if asked.panel.grain != "day":
        return every
    return every[np.isin(every % WEEK_DAYS, ordinals % WEEK_DAYS)]


def _other_event(asked: Question) -> bool:
    """Whether an event lies fewer than four usable periods from the go-live of half the treated units or more."""
    cells = asked.cells
    measured = cells.ordinals[np.asarray(cells.usable.any(axis=0))]
    starts = cells.starts[cells.live]
    for event in asked.design.events:
        near = [np.sum((measured >= min(event, at)) & (measured < max(event, at))) for at in starts]
        if np.mean([between < verdict.EVENT_DISTANCE for between in near]) >= 0.5:
            return True
    return False


# Effect ──────────────────────────────────────────────────────────────────────


def _silent(asked: Question, stopped: tuple[Verdict, str | None]) -> Effect:
    """An effect without a number: refused or not comparable, or the frame of one with numbers."""
    before, after = periods(asked)
    return Effect(
        series=asked.panel.key,
        verdict=stopped[0],
        reason=stopped[1],
        method=asked.method,
        n_before=before,
        n_after=after,
        better=asked.design.better,
        scale=asked.scale,
        season=None,
        grain=asked.panel.grain,
        warnings=(),
        diagnostics=tuple(Diagnostic(name, None, None) for name in checks.NAMES),
        excluded=_excluded(asked),
        treated_units=asked.treated_units,
        full_periods=asked.full_periods,
        untreated_units=int(np.sum(~asked.cells.live)),
    )


def _excluded(asked: Question) -> tuple[tuple[int, str], ...]:
    """The periods that count for nothing and why: one transition of all, no unit measured, nobody to compare with."""
    cells = asked.cells
    starts = cells.starts[cells.live]
    if not len(starts):
        return ()
    between = (cells.ordinals >= starts.max()) & (cells.ordinals < starts.min() + cells.transition)
    if asked.method == "imputation":
        used = np.asarray(cells.usable.any(axis=0))
        alone = np.asarray(used & ~cells.untreated.any(axis=0))
    else:
        used = np.isin(np.arange(len(cells.ordinals)), asked.block.periods)
        alone = np.zeros(len(used), dtype=bool)
    found = []
    for place, ordinal in enumerate(asked.panel.ordinals):
        reason = "transition" if between[place] else "no_comparison" if alone[place] else "missing"
        if between[place] or alone[place] or not used[place]:
            found.append((ordinal, reason))
    return tuple(found)


def _spoken(asked: Question, found: PanelAnswer) -> Effect:
    """An effect with its numbers."""
    tail = found.straying.beyond(found.theta) / 2
    below_zero = tail if found.theta > 0 else 1 - tail
    primary, design = found.units.effect(found.theta), asked.design
    decided = verdict.decided(
        below_zero=below_zero, primary=primary, sensitivity=found.step_slope.estimate, better=design.better
    )
    detectable = asked.factor * found.detectable(lower_is_better=design.better == "lower")
    diagnostics = _diagnostics(found, primary=primary, detectable=detectable)
    warnings = _warnings(asked, found)
    failed = any(check.ok is False for check in diagnostics)
    return replace(
        _measured(asked, found, frame=_silent(asked, decided)),
        grade=verdict.graded(failed=failed, warnings=warnings, chosen=design.chosen),
        step_slope=_times(found.step_slope, asked.factor),
        forecast=None if found.forecast is None else _times(found.forecast, asked.factor),
        warnings=warnings,
        diagnostics=diagnostics,
        counterfactual=found.band,
        minimum_detectable=detectable,
        p_value=2 * tail if found.p_value is None else found.p_value,
        event_study=found.event_study,
        donors=found.donors,
    )


def _measured(asked: Question, found: PanelAnswer, *, frame: Effect) -> Effect:
    """The frame with the primary estimate, its intervals, its share and its gain."""
    factor, units = asked.factor, found.units
    estimate = finite(factor * units.effect(found.theta))
    low, high = (finite(factor * end) for end in found.interval(verdict.PRINTED_LEVEL))
    claim_low, claim_high = (finite(factor * end) for end in found.interval(verdict.CLAIM_LEVEL))
    relative, relative_low, relative_high = _relative(found)
    lower = frame.better == "lower"
    return replace(
        frame,
        estimate=estimate,
        low=low,
        high=high,
        relative=relative,
        relative_low=relative_low,
        relative_high=relative_high,
        claim_interval=Interval(claim_low, claim_high, verdict.CLAIM_LEVEL),
        gain=-estimate if lower else estimate,
        gain_interval=Interval(*((-high, -low) if lower else (low, high)), verdict.PRINTED_LEVEL),
        counterfactual_mean=finite(factor * units.counterfactual(found.theta)),
        observed_mean=finite(factor * units.observed),
    )


def _times(found: Estimate, factor: float) -> Estimate:
    return Estimate(
        finite(factor * found.estimate), finite(factor * found.low), finite(factor * found.high), found.level
    )


def _relative(found: PanelAnswer) -> tuple[float | None, float | None, float | None]:
    """The estimate and its ends as shares of the mean counterfactual that goes with each.

    Where the interval of the counterfactual reaches zero the ends are divided by its estimate.
    """
    units = found.units
    counterfactual = units.counterfactual(found.theta)
    if abs(counterfactual) <= NEAR_ZERO * units.counterfactual_error(found.theta, error=found.straying.error):
        return None, None, None
    low, high = found.interval(verdict.PRINTED_LEVEL)
    with_low, with_high = units.observed - low, units.observed - high
    if with_low * counterfactual <= 0 or with_high * counterfactual <= 0:
        with_low = with_high = counterfactual
    ends = sorted((low / with_low, high / with_high))
    return units.effect(found.theta) / counterfactual, ends[0], ends[1]


def _diagnostics(found: PanelAnswer, *, primary: float, detectable: float) -> tuple[Diagnostic, ...]:
    """Every check, in the order of `diagnostics.NAMES`; None where a check has no meaning for the method."""
    slope = found.step_slope
    known = {
        **found.checks,
        "step_slope_disagrees": (slope.estimate - primary, slope.low <= primary <= slope.high),
        "minimum_detectable": (detectable, None),
    }
    return tuple(Diagnostic(name, *known.get(name, (None, None))) for name in checks.NAMES)


def _warnings(asked: Question, found: PanelAnswer) -> tuple[str, ...]:
    """The codes of what to read with care, in the order of the contracts."""
    failed = {name for name, (_, passed) in found.checks.items() if passed is False}
    warned = {
        "wandering": "wandering" in failed,
        "pre_trend": "pre_trend" in failed,
        "composition": _composition(asked),
        "change_date_disagrees": "change_date" in failed,
    }
    return tuple(code for code, applies in warned.items() if applies)


def _composition(asked: Question) -> bool:
    """Whether a unit entered or left: too many of its cells are missing on one side of go-live.

    For units never treated the side is taken at the first go-live of the others.
    """
    cells = asked.cells
    first = float(cells.starts[cells.live].min())
    starts = np.where(cells.live, cells.starts, first)[:, None]
    measured = cells.values[:, np.isfinite(cells.values).any(axis=0)]
    ordinals = cells.ordinals[np.isfinite(cells.values).any(axis=0)]
    for side in (ordinals < starts, ordinals >= starts + cells.transition):
        gone = (np.isnan(measured) & side).sum(axis=1)
        if np.any(gone > ENTERS * side.sum(axis=1)):
            return True
    return False
