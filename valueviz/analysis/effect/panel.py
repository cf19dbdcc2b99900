"""Units side by side: the panel, the cells that can be used, and which method answers.

The method follows from how many units went live when and how many never did, never from an answer:

1. One go-live, one treated unit, five or more complete donors: synthetic DiD.
2. One go-live, and units that never went live: difference-in-differences.
3. Several go-lives, or a roll-out declared as one: imputation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect.design import VOLUME_RANGE, Design, Method
from valueviz.analysis.effect.imputation import BoolArray
from valueviz.analysis.effect.noise import FloatArray
from valueviz.errors import UsageError
from valueviz.terms import Grain, Lineage, Scale, Series

MIN_DONORS = 5
"""Donors from which placebos in space give an interval: with four even a perfect rank means one in five."""
MIN_UNITS = 3
"""Units from which leaving one out says anything about the spread between units."""
COVERED = 0.9
"""Share of the treated unit's periods that a donor must cover."""
COMPLETE = 0.9
"""While a smaller share of those periods has every donor, the donor with most gaps leaves."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric of several units over common periods.

    `ordinals` are unique and rising; `values` and `volumes` hold one tuple a unit, aligned with them, None where
    nothing was measured; `go_lives` the first period after of each unit, None = never treated. `instruments` and
    `definition_versions` hold the label of each period for all units together. `summed`: the metric is a sum over
    units, so that effects are those of all treated units together. `staggered`: declared as one roll-out, to be
    pooled by imputation even if all units went live together.

    Raises:
        UsageError: `panel_misaligned`, `repeated_unit`.
    """

    key: str
    grain: Grain
    ordinals: tuple[int, ...]
    units: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    go_lives: tuple[int | None, ...]
    volumes: tuple[tuple[float | None, ...], ...] | None = None
    instruments: tuple[str | None, ...] | None = None
    definition_versions: tuple[str | None, ...] | None = None
    lineage: Lineage | None = None
    summed: bool = False
    staggered: bool = False

    def __post_init__(self) -> None:
        """Refuse a panel whose parts do not fit each other."""
        rows = [self.values, *([self.volumes] if self.volumes is not None else [])]
        labels = [column for column in (self.instruments, self.definition_versions) if column is not None]
        periods = len(self.ordinals)
        fits = (
            len(self.go_lives) == len(self.units)
            and all(len(row) == len(self.units) and all(len(unit) == periods for unit in row) for row in rows)
            and all(len(column) == periods for column in labels)
            and all(early < late for early, late in zip(self.ordinals, self.ordinals[1:], strict=False))
        )
        if not fits:
            raise UsageError("panel_misaligned", series=self.key)
        twice = next((unit for place, unit in enumerate(self.units) if unit in self.units[:place]), None)
        if twice is not None:
            raise UsageError("repeated_unit", series=self.key, found=twice)


def as_panel(series: Series, design: Design) -> Panel:
    """The panel of a series and its controls: the series goes live, the controls never do."""
    return Panel(
        key=series.key,
        grain=series.grain,
        ordinals=series.ordinals,
        units=(series.key, *(control.key for control in design.controls)),
        values=(series.values, *(control.values for control in design.controls)),
        go_lives=(design.go_live, *(None for _ in design.controls)),
        instruments=series.instruments,
        definition_versions=series.definition_versions,
        lineage=series.lineage,
    )


# Cells ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Cells:
    """A panel as arrays (units, periods), units sorted by name so that their order never matters.

    `values` are NaN where a cell is missing or has no volume; `weights` are relative volumes, 1 without; `distance`
    is the number of periods since the unit's go-live, −inf for units never treated.
    """

    units: tuple[str, ...]
    ordinals: FloatArray
    values: FloatArray
    weights: FloatArray
    starts: FloatArray
    distance: FloatArray
    transition: int

    @property
    def usable(self) -> BoolArray:
        """Cells with a value, outside the transition."""
        usable: BoolArray = np.isfinite(self.values) & ~((self.distance >= 0) & (self.distance < self.transition))
        return usable

    @property
    def untreated(self) -> BoolArray:
        """Usable cells before their unit's go-live."""
        usable: BoolArray = self.usable & (self.distance < 0)
        return usable

    @property
    def treated(self) -> BoolArray:
        """Usable cells after their unit's go-live and transition."""
        usable: BoolArray = self.usable & (self.distance >= 0)
        return usable

    @property
    def live(self) -> BoolArray:
        """Which units go live within the panel, (units,)."""
        live: BoolArray = self.starts <= (self.ordinals[-1] if len(self.ordinals) else -math.inf)
        return live


def cells_of(panel: Panel, design: Design) -> Cells:
    """The cells of a panel under a design."""
    order = sorted(range(len(panel.units)), key=lambda place: panel.units[place])
    shape = (len(order), len(panel.ordinals))
    values = _array(panel.values, order=order, shape=shape)
    weights = np.ones(shape)
    if panel.volumes is not None:
        volumes = _array(panel.volumes, order=order, shape=shape)
        there = np.isfinite(volumes) & (volumes > 0) & np.isfinite(values)
        values = np.where(there, values, np.nan)
        if there.any():
            # through logarithms: volumes of 1e-300 and 1e300 are numbers too
            logs = np.log(np.where(there, volumes, 1.0))
            logs = np.where(there, logs - np.median(logs[there]), 0.0)
            weights = np.exp(np.clip(logs, -VOLUME_RANGE / 2, VOLUME_RANGE / 2))
    ordinals = np.array(panel.ordinals, dtype=np.float64)
    lives = [panel.go_lives[place] for place in order]
    starts = np.array([math.inf if start is None else float(start) for start in lives])
    return Cells(
        units=tuple(panel.units[place] for place in order),
        ordinals=ordinals,
        values=values,
        weights=weights,
        starts=starts,
        distance=ordinals - starts[:, None],
        transition=design.transition,
    )


def _array(rows: tuple[tuple[float | None, ...], ...], *, order: list[int], shape: tuple[int, int]) -> FloatArray:
    numbers = [[math.nan if value is None else float(value) for value in rows[place]] for place in order]
    found = np.array(numbers, dtype=np.float64).reshape(shape)
    return np.where(np.isfinite(found), found, np.nan)


# Treated beside donors ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Block:
    """The complete rectangle that two groups are compared on: positions of units and periods; `before` of them."""

    treated: tuple[int, ...]
    donors: tuple[int, ...]
    periods: tuple[int, ...]
    before: int

    @property
    def after(self) -> int:
        """The number of periods after."""
        return len(self.periods) - self.before


def block_of(cells: Cells) -> Block:
    """The treated units, the donors that cover their periods, and the periods in which all of them have a value.

    A donor leaves that covers fewer than nine in ten of the periods in which every treated unit has a value; then,
    while fewer than nine in ten of those are complete, the one with most gaps.
    """
    treated = np.flatnonzero(cells.live)
    usable = cells.usable
    if not len(treated):
        return Block((), tuple(range(len(cells.units))), (), 0)
    start = float(cells.starts[treated].min())
    between = (cells.ordinals >= start) & (cells.ordinals < start + cells.transition)
    wanted = np.flatnonzero(usable[treated].all(axis=0) & ~between)
    donors = [int(unit) for unit in np.flatnonzero(~cells.live) if usable[unit, wanted].sum() >= COVERED * len(wanted)]
    while donors:
        complete = usable[donors][:, wanted].all(axis=0)
        if complete.sum() >= COMPLETE * len(wanted):
            wanted = wanted[complete]
            break
        donors.remove(min(donors, key=lambda unit: int(usable[unit, wanted].sum())))
    before = int(np.sum(cells.ordinals[wanted] < start))
    return Block(tuple(int(unit) for unit in treated), tuple(donors), tuple(int(at) for at in wanted), before)


# Method and scale ────────────────────────────────────────────────────────────


def method_of(panel: Panel, design: Design, *, cells: Cells, block: Block) -> Method:
    """The method that answers, by the rules at the top of this page or as a person chose.

    Raises:
        UsageError: the chosen method cannot answer for a panel of this kind.
    """
    starts = np.unique(cells.starts[cells.live])
    if design.method != "auto":
        _possible(panel, design.method, starts=len(starts), block=block)
        return design.method
    many = len(block.treated) >= 2
    if len(starts) > 1 or panel.staggered or (many and not (~cells.live).any()):
        return "imputation"
    return "sdid" if len(block.treated) == 1 and len(block.donors) >= MIN_DONORS else "did"


def _possible(panel: Panel, method: Method, *, starts: int, block: Block) -> None:
    match method:
        case "segmented_step" | "count_step":
            raise UsageError("method_needs_series", series=panel.key, method=method, needed="did, imputation, sc, sdid")
        case "imputation":
            if len(block.treated) == 1:
                raise UsageError("too_few_treated", series=panel.key, method=method, needed="did, sdid")
        case "did" | "sc" | "sdid":
            if starts > 1:
                raise UsageError("method_needs_one_go_live", series=panel.key, method=method, needed="imputation")
            needed = 1 if method == "did" else max(MIN_DONORS, 2 * len(block.treated))
            if block.treated and len(block.donors) < needed:
                raise UsageError(
                    "too_few_donors", series=panel.key, method=method, found=len(block.donors), needed=needed
                )


def scale_of(panel: Panel, design: Design, *, method: Method, cells: Cells) -> Scale:
    """The scale of the model: as declared; else as they are for two groups, and by the rule of a series otherwise.

    Differences of groups are published, and compared with published ones, in the unit of the values. Imputation
    takes logarithms where all values are positive and no shares.

    Raises:
        UsageError: `scale_needs_series` where counts were asked for.
    """
    if design.scale == "count" or design.exposure is not None:
        raise UsageError("scale_needs_series", series=panel.key, found="count", needed="identity, log")
    if design.scale != "auto":
        return design.scale
    values = cells.values[cells.usable]
    if method != "imputation" or design.share or not len(values):
        return "identity"
    share = bool(np.all((values >= 0) & (values <= 1)))
    return "log" if not share and float(values.min()) > 0 else "identity"
