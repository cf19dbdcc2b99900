"""What comes out of the one door: an effect with verdict, interval, grade and diagnostics, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.controls import CONTROL_MOVES
from valueviz.analysis.effect.core import Fit
from valueviz.analysis.effect.design import Design, Sample
from valueviz.analysis.effect.diagnostics import NAMES, Diagnostic
from valueviz.analysis.effect.forecast import BandPoint
from valueviz.analysis.effect.model import Model
from valueviz.analysis.effect.noise import FloatArray
from valueviz.terms import Better, Grade, Grain, Interval, Scale, Series, Verdict


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval."""

    estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class EventPoint:
    """The effect so many periods after go-live (negative: before, where it should be none), unit of the values.

    `units` is how many units of a panel the point rests on.
    """

    distance: int
    estimate: float
    low: float
    high: float
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What happened to one series at go-live, in the words of the contracts.

    `estimate`, `low`, `high`: mean over the usable points after of observed − counterfactual, in the
    unit of the values, raw sign. `gain` and `gain_interval` are the same turned so that positive is
    better. Where the verdict is refused or not_comparable every number and the grade are None.
    `p_value` is twice the smaller tail of the primary estimate at zero. Of a panel: `event_study` is the
    effect by periods since go-live, `donors` the weights of the comparison units where there are any,
    `full_periods` the treated cells that count, in periods of all treated units.
    """

    series: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = verdict.PRINTED_LEVEL
    relative: float | None = None
    relative_low: float | None = None
    relative_high: float | None = None
    verdict: Verdict
    reason: str | None
    method: str
    grade: Grade | None = None
    claim_interval: Interval | None = None
    step_slope: Estimate | None = None
    forecast: Estimate | None = None
    n_before: int
    n_after: int
    better: Better
    scale: Scale
    season: float | None
    grain: Grain
    warnings: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    gain: float | None = None
    gain_interval: Interval | None = None
    counterfactual_mean: float | None = None
    observed_mean: float | None = None
    counterfactual: tuple[BandPoint, ...] = ()
    excluded: tuple[tuple[int, str], ...] = ()
    minimum_detectable: float | None = None
    periods_needed: int | None = None
    p_value: float | None = None
    event_study: tuple[EventPoint, ...] = ()
    donors: tuple[tuple[str, float], ...] = ()
    treated_units: int | None = None
    untreated_units: int | None = None
    full_periods: float | None = None

    @property
    def cumulative(self) -> Interval | None:
        """The gain summed over the measured periods after, positive = better: the ends of its interval."""
        if self.gain_interval is None:
            return None
        ends = self.gain_interval
        periods = self.n_after if self.full_periods is None else self.full_periods
        return Interval(ends.low * periods, ends.high * periods, ends.level)


def silent(
    series: Series,
    design: Design,
    *,
    found: Sample,
    season: float | None,
    scale: Scale,
    stopped: tuple[Verdict, str | None],
) -> Effect:
    """An effect without a number: refused or not comparable, or the frame of one with numbers."""
    return Effect(
        series=series.key,
        verdict=stopped[0],
        reason=stopped[1],
        method="count_step" if scale == "count" else "segmented_step",
        n_before=found.n_before,
        n_after=found.n_after,
        better=design.better,
        scale=scale,
        season=season,
        grain=series.grain,
        warnings=("season_unresolved",) if season is None else (),
        diagnostics=tuple(Diagnostic(name, None, None) for name in NAMES),
        excluded=found.excluded,
    )


def warned(
    built: Model, fitted: Fit, *, residuals: FloatArray, offset: int, moves: float | None, better: Better
) -> tuple[str, ...]:
    """The codes of what to read with care, in the order of the contracts.

    Args:
        built: the model.
        fitted: its fit with a step.
        residuals: those of that fit, free of autocorrelation.
        offset: periods between go-live and the likeliest date of a change.
        moves: p of a step in a control, None without controls.
        better: which way is better.
    """
    season = built.season
    applies = {
        "wandering": checks.wandering(fitted.weights) > checks.WANDERING_MASS,
        "pre_trend": moves is not None and moves < CONTROL_MOVES,
        "regression_to_mean": checks.bad_patch(built, residuals, lower_is_better=better == "lower"),
        "outliers": bool(checks.outliers(residuals)),
        "change_date_disagrees": abs(offset) > verdict.DATE_WINDOW,
        "season_unresolved": season is None,
        "season_of_one_year": season is not None and season > 1 and built.sample.span_before < 2 * season,
    }
    return tuple(code for code, holds in applies.items() if holds)
