"""Which units a series rests on, and in which periods all of them were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEMBER_SHARE = 0.9
"""A unit belongs to the cohort when it was measured in nine of ten periods: a few gaps are normal."""

COMPLETE_SHARE = 0.95
"""Units with gaps leave the cohort until 19 of 20 periods are complete: an effect refuses more than 20 % missing."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Units held fixed, the units left out, all periods, and those complete over the cohort."""

    units: tuple[int, ...]
    left_out: tuple[int, ...]
    periods: tuple[int, ...]
    complete: tuple[int, ...]


def cohort(units: NDArray[np.int64], periods: NDArray[np.int64]) -> Cohort:
    """The cohort of one metric from the pairs (unit, period) that have a value.

    Units measured in at least nine of ten periods belong to it (if there is none, the best covered ones);
    the one with most gaps leaves, the later name first, until 19 of 20 periods are complete.

    Args:
        units: unit numbers in the order of their names.
        periods: ordinals, aligned with `units`.
    """
    import numpy as np  # late: a child that only stages a file does without

    unit_keys, rows = np.unique(units, return_inverse=True)
    period_keys, columns = np.unique(periods, return_inverse=True)
    measured = np.zeros((len(unit_keys), len(period_keys)), dtype=bool)
    measured[rows, columns] = True
    covered = measured.sum(axis=1)
    enough = max(int(covered.max()), 0) if covered.max() < MEMBER_SHARE * len(period_keys) else None
    member = covered == enough if enough is not None else covered >= MEMBER_SHARE * len(period_keys)
    gaps = (~measured[member]).sum(axis=0)
    while (gaps == 0).mean() < COMPLETE_SHARE and member.sum() > 1:
        worst = _last_minimum(np.where(member, covered, np.iinfo(covered.dtype).max))
        member[worst] = False
        gaps -= ~measured[worst]
    return Cohort(
        units=_plain(unit_keys[member]),
        left_out=_plain(unit_keys[~member]),
        periods=_plain(period_keys),
        complete=_plain(period_keys[gaps == 0]),
    )


def _last_minimum(covered: NDArray[np.int64]) -> int:
    return len(covered) - 1 - int(covered[::-1].argmin())


def _plain(numbers: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)
