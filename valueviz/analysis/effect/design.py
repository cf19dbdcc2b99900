"""What is asked of a series and which of its points can answer: go-live, season, scale, usable points.

It decides from what the data hold and what was declared, never from which answer is larger.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from valueviz.analysis.effect.noise import FloatArray
from valueviz.errors import UsageError
from valueviz.terms import Better, Grain, Scale, Series

YEAR_OF_WEEKS = 52.18
"""Weeks in a year: 365.25 / 7, as the contracts write it."""
WEEKS_FOR_SEASON = 104
"""Weeks before go-live from which a year's season and a change at go-live can be told apart."""
VOLUME_RANGE = math.log(1e9)
"""Volumes further from their median than this factor count as if they were just there: beyond it a point weighs
nothing or everything, and only rounding would differ."""
WEEK_DAYS = 7
CONTROL_SHARE = 3
"""Points before that each control needs to enter as a regressor; with more controls they are weighed as donors."""
SMALL_COUNT = 20
"""Mean of non-negative integers below which they are counts: their spread then follows their mean, so that
neither logarithms (zeros) nor the values as they are (uneven spread) suit them."""

Method = Literal["segmented_step", "count_step", "did", "imputation", "sc", "sdid"]
"""The estimators by their names in the contracts."""


@dataclass(frozen=True, slots=True)
class Control:
    """A concurrent series that the implementation cannot have touched: values a period, None where missing."""

    key: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """How an effect is to be estimated.

    `go_live` is the ordinal of the first period after (None: never), in the grain of the series;
    `transition` periods from there are left out. `season` "auto" or a declared number of periods
    (1 = declared without season). `holiday` is a share a period, aligned with `Series.ordinals`.
    `calendar` holds further columns of that kind; of a daily series with two the first says which weekdays are
    off and the second which weekend days are worked instead. `controls` are concurrent series that enter as regressors, as they are; `exposure` is the denominator of counts; both aligned with
    `Series.ordinals`. `events` are ordinals of other things that happened. `share` says that values are shares,
    to be modelled as they are. `method` other than "auto" was chosen by a person (grade C at best).
    """

    go_live: int | None
    better: Better = "lower"
    transition: int = 0
    scale: Literal["auto", "log", "identity", "count"] = "auto"
    season: float | Literal["auto"] = "auto"
    holiday: tuple[float, ...] | None = None
    calendar: tuple[tuple[float, ...], ...] = ()
    controls: tuple[Control, ...] = ()
    exposure: tuple[float | None, ...] | None = None
    events: tuple[int, ...] = ()
    share: bool = False
    method: Literal["auto", Method] = "auto"

    @property
    def chosen(self) -> bool:
        """Whether a person chose the method."""
        return self.method != "auto"


@dataclass(frozen=True, slots=True)
class Sample:
    """The usable points of a series, split at go-live, with what was left out and why.

    `expected` and `missing` count periods (before, after) outside the transition; `excluded` lists
    ordinals with the reason missing, no_volume, no_exposure, no_control or transition. `span_before` is the
    number of periods from the first usable point to go-live. `further` (n, columns) are the regressors of the
    design as they are: holiday, calendar, then `controls` columns of controls.
    """

    ordinals: tuple[int, ...]
    values: tuple[float, ...]
    root_weights: FloatArray | None
    exposure: FloatArray | None
    further: FloatArray
    controls: int
    n_before: int
    n_after: int
    expected: tuple[int, int]
    missing: tuple[int, int]
    excluded: tuple[tuple[int, str], ...]
    span_before: int

    @property
    def after_values(self) -> tuple[float, ...]:
        """The usable values from go-live on."""
        return self.values[self.n_before :]


def sample(series: Series, design: Design) -> Sample:
    """The usable points of a series under a design.

    Raises:
        ValueError: a column of the design is not aligned with the series.
    """
    _aligned(series, design)
    go_live = math.inf if design.go_live is None else design.go_live
    first_after = go_live + design.transition
    usable, excluded = [], []
    for position, ordinal in enumerate(series.ordinals):
        reason = _unusable(series, design, position=position)
        if go_live <= ordinal < first_after:
            excluded.append((ordinal, "transition"))
        elif reason is not None:
            excluded.append((ordinal, reason))
        else:
            usable.append(position)
    excluded += [(ordinal, "missing") for ordinal in _gaps(series, design) if not go_live <= ordinal < first_after]
    ordinals = tuple(series.ordinals[position] for position in usable)
    n_before = sum(ordinal < go_live for ordinal in ordinals)
    expected = _expected_periods(series, design, go_live=go_live, first_after=first_after)
    n_after = len(ordinals) - n_before
    end = min(go_live, ordinals[-1] + 1) if ordinals else 0
    return Sample(
        ordinals=ordinals,
        values=tuple(_number(series.values[position]) for position in usable),
        root_weights=_root_weights(series, usable),
        exposure=None
        if design.exposure is None
        else np.array([_number(design.exposure[position]) for position in usable], dtype=np.float64),
        further=further_columns(design, usable),
        controls=len(design.controls),
        n_before=n_before,
        n_after=n_after,
        expected=expected,
        missing=(expected[0] - n_before, expected[1] - n_after),
        excluded=tuple(sorted(excluded)),
        span_before=int(end) - ordinals[0] if n_before else 0,
    )


LISTED_GAPS = 10_000
"""Periods without a row are listed one by one up to this many; beyond, the series is refused for them anyway."""


def _gaps(series: Series, design: Design) -> list[int]:
    """The periods between the first and the last row that have no row, weekdays never seen left out."""
    ordinals = series.ordinals
    if not ordinals or ordinals[-1] - ordinals[0] + 1 - len(ordinals) > LISTED_GAPS:
        return []
    absent = sorted(set(range(ordinals[0], ordinals[-1] + 1)) - set(ordinals))
    if series.grain != "day":
        return absent
    seen = {ordinal % WEEK_DAYS for ordinal in set(ordinals) - _made_up(series, design)}
    return [ordinal for ordinal in absent if ordinal % WEEK_DAYS in seen]


def _aligned(series: Series, design: Design) -> None:
    columns = [design.holiday, design.exposure, *design.calendar, *(control.values for control in design.controls)]
    if any(column is not None and len(column) != len(series.ordinals) for column in columns):
        raise ValueError("the columns of a design are aligned with the periods of its series")


def further_columns(design: Design, positions: Sequence[int]) -> FloatArray:
    """Holiday, calendar and controls at some positions of the series, (n, columns); NaN where one is missing."""
    columns: list[tuple[float | None, ...]] = [] if design.holiday is None else [design.holiday]
    columns += [*design.calendar, *(control.values for control in design.controls)]
    if not columns:
        return np.empty((len(positions), 0))
    rows = [[_or_nan(column[position]) for column in columns] for position in positions]
    return np.array(rows, dtype=np.float64).reshape(len(positions), len(columns))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None or not math.isfinite(value) else float(value)


def many_controls(series: Series, design: Design) -> bool:
    """Whether the controls number more than a third of the usable points before: too many for a regression."""
    own = sample(series, replace(design, controls=()))
    return CONTROL_SHARE * len(design.controls) > own.n_before


def _unusable(series: Series, design: Design, *, position: int) -> str | None:
    """Why a period cannot be used, None where it can."""
    value = series.values[position]
    if value is None or not math.isfinite(value):
        return "missing"
    if series.volumes is not None and not _positive(series.volumes[position]):
        return "no_volume"
    if design.exposure is not None and not _positive(design.exposure[position]):
        return "no_exposure"
    if any(math.isnan(_or_nan(control.values[position])) for control in design.controls):
        return "no_control"
    return None


def _positive(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def _number(value: float | None) -> float:
    if value is None:
        raise TypeError("a usable point has a value")
    return float(value)


def _root_weights(series: Series, usable: list[int]) -> FloatArray | None:
    if series.volumes is None or not usable:
        return None
    volumes = np.array([_number(series.volumes[position]) for position in usable])
    # through logarithms: volumes of 1e-300 and 1e300 are numbers too
    logs = np.log(volumes)
    logs = np.clip(logs - np.median(logs), -VOLUME_RANGE, VOLUME_RANGE)
    weights: FloatArray = np.exp((logs - logs.mean()) / 2)
    return weights


def _expected_periods(series: Series, design: Design, *, go_live: float, first_after: float) -> tuple[int, int]:
    """The periods (before, after) in which a value was to be expected, outside the transition.

    From the first to the last row; weekdays on which a daily series never has a value do not count.
    """
    if not series.ordinals:
        return 0, 0
    first, last = series.ordinals[0], series.ordinals[-1]
    before = (first, min(last + 1, go_live))
    after = (min(max(first, first_after), last + 1), last + 1)
    if series.grain != "day":
        return max(0, int(before[1] - before[0])), max(0, int(after[1] - after[0]))
    made_up = _made_up(series, design)
    seen = {
        ordinal % WEEK_DAYS
        for position, ordinal in enumerate(series.ordinals)
        if ordinal not in made_up and _unusable(series, design, position=position) is None
    }
    further = [day for day in made_up if day % WEEK_DAYS not in seen]
    usual = (_days_on(seen, span=before), _days_on(seen, span=after))
    return (
        usual[0] + sum(before[0] <= day < before[1] for day in further),
        usual[1] + sum(after[0] <= day < after[1] for day in further),
    )


def _made_up(series: Series, design: Design) -> frozenset[int]:
    """Weekend days that a country worked for a day off elsewhere: a value on one does not make its weekday a usual one."""
    if series.grain != "day" or len(design.calendar) != 2:
        return frozenset()
    return frozenset(ordinal for ordinal, worked in zip(series.ordinals, design.calendar[1], strict=True) if worked)


def _days_on(weekdays: set[int], *, span: tuple[float, float]) -> int:
    if span[1] <= span[0]:
        return 0
    start, stop = int(span[0]) - 1, int(span[1]) - 1
    return sum((stop - weekday) // WEEK_DAYS - (start - weekday) // WEEK_DAYS for weekday in weekdays)


# Season and scale ────────────────────────────────────────────────────────────


def resolved_season(design: Design, *, grain: Grain, before: int) -> float | None:
    """The periods of a season; 1 where none was declared to exist, None where none can be resolved."""
    if design.season != "auto":
        if not (math.isfinite(design.season) and design.season >= 1):
            raise UsageError("bad_season", found=str(design.season))
        return float(design.season)
    match grain:
        case "month":
            return 12.0
        case "quarter":
            return 4.0
        case "day":
            return 7.0
        case "week" if before >= WEEKS_FOR_SEASON:
            return YEAR_OF_WEEKS
        case _:
            return None


def resolved_scale(design: Design, values: tuple[float, ...]) -> Scale:
    """The scale of the model: as declared, else by the first rule that applies.

    1. an exposure was given: counts; 2. declared shares: as they are; 3. all values positive, not near zero and
    not all within 0–1, which are taken for shares: logarithmic; 4. whole numbers from 0 with a mean below 20:
    counts; 5. as they are. A segmented regression asked for by name makes no counts.

    Raises:
        UsageError: `exposure_needs_counts` or `method_and_scale` where the design contradicts itself.
    """
    if design.exposure is not None and design.scale not in ("auto", "count"):
        raise UsageError("exposure_needs_counts", found=design.scale)
    if design.method == "count_step" and design.scale not in ("auto", "count"):
        raise UsageError("method_and_scale", found=design.scale, method=design.method)
    if design.method == "segmented_step" and (design.scale == "count" or design.exposure is not None):
        raise UsageError("method_and_scale", found="count", method=design.method)
    if design.scale != "auto":
        return design.scale
    if design.exposure is not None or design.method == "count_step":
        return "count"
    if not values or design.share:
        return "identity"
    if min(values) > 0 and not all(value <= 1 for value in values) and not near_zero(values):
        return "log"
    return "count" if design.method == "auto" and small_counts(values) else "identity"


NEAR_ZERO = 20.0
"""Factor below the median from which a positive value is near zero: one such value weighs as much in logarithms
as a fall of all others by 95 % would."""


def near_zero(values: Sequence[float]) -> bool:
    """Whether positive values come so near to zero that their logarithms are ruled by the smallest of them.

    The lowest lies below the median by over `NEAR_ZERO`, and by over the square of the factor by which the
    highest lies above: figures that grow over orders of magnitude do so on both sides, and are no such case.
    """
    ordered = np.log(np.sort(np.asarray(values, dtype=np.float64)))
    below, above = float(np.median(ordered) - ordered[0]), float(ordered[-1] - np.median(ordered))
    return below > math.log(NEAR_ZERO) and below > 2 * above


def small_counts(values: Sequence[float]) -> bool:
    """Whether values are non-negative integers with a mean below `SMALL_COUNT`."""
    return all(value >= 0 and value == math.floor(value) for value in values) and sum(values) < SMALL_COUNT * len(
        values
    )


# Columns ─────────────────────────────────────────────────────────────────────


def season_columns(ordinals: FloatArray, season: float | None) -> list[FloatArray]:
    """Two harmonics for long seasons, indicators for seasons of 7 and of at most 4 periods."""
    if season is None or season <= 1:
        return []
    if season == WEEK_DAYS or season in (2.0, 3.0, 4.0):
        return [(np.mod(ordinals, season) == place).astype(np.float64) for place in range(1, int(season))]
    harmonics = range(1, min(2, math.ceil(season / 2) - 1) + 1) if season > 2 else range(0)
    return [wave(2 * np.pi * harmonic * ordinals / season) for harmonic in harmonics for wave in (np.sin, np.cos)]


def base_columns(
    ordinals: FloatArray, *, origin: float, season: float | None, further: FloatArray | None = None
) -> FloatArray:
    """Level, trend, season and the further columns (n, …) at some periods, shape (n, columns)."""
    at = ordinals - origin
    columns = [np.ones(len(at)), at / max(1.0, float(np.max(np.abs(at), initial=0.0)))]
    columns += season_columns(ordinals, season)
    return np.column_stack(columns if further is None else [*columns, further])


def independent(columns: FloatArray, *, tolerance: float = 1e-7) -> tuple[int, ...]:
    """The positions of columns that add something to those before them, in order.

    A column that others span (a weekday never observed, a holiday outside the window) is dropped.
    """
    kept: list[int] = []
    basis: list[FloatArray] = []
    for position in range(columns.shape[1]):
        column = columns[:, position]
        length = float(np.linalg.norm(column))
        rest = column
        for _ in range(2):  # twice is enough for orthogonality to rounding
            for direction in basis:
                rest = rest - direction * float(direction @ rest)
        remaining = float(np.linalg.norm(rest))
        if length > 0 and remaining > tolerance * length:
            kept.append(position)
            basis.append(rest / remaining)
    return tuple(kept)
