"""What a split hands back: parts of a total, the steps that have none and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.analysis.effect import Effect


@dataclass(frozen=True, slots=True)
class Part:
    """What one step, several that cannot be told apart, or no dated step (the remainder) brought.

    `estimate` is in the unit of the values, raw sign, a mean over the usable periods after; `low` and `high` are
    its 95 % interval; `share` is estimate ÷ total, None where the total lies within two standard errors of zero.
    """

    kind: Literal["step", "block", "remainder"]
    steps: tuple[str, ...]
    estimate: float
    low: float
    high: float
    share: float | None


Reason = Literal["too_few_before", "too_few_after", "gradual", "not_estimable"]
"""Why a step has no part."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A step without a part of its own, and why.

    too_few_before: it began before the data, or with too few usable points before it to have a before;
    too_few_after: fewer than 3 usable points follow; gradual: its declared course is that of the gradual component,
    so what it brought is in the remainder; not_estimable: trend, season, calendar and controls move as it does.
    """

    step: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Attribution:
    """A total and its parts in order of date, the remainder last; `fsum` of the parts is the total, to the last bit.

    `reason` says why there are no parts: that of the effect where it is refused or not comparable, no_step where none
    can be measured, or the method (count_step, sdid …) where it has no model of several steps. `set_aside` are the ordinals of the outliers the parts do not rest on.
    """

    effect: Effect
    parts: tuple[Part, ...]
    reason: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    set_aside: tuple[int, ...] = ()
