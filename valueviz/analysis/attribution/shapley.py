"""The change of a product, split over its factors: each factor's share averaged over all orders of change.

It knows numbers only: which factors make a chain is said by who calls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from valueviz.errors import UsageError


def shapley(before: Mapping[str, float], after: Mapping[str, float]) -> Mapping[str, float]:
    """What each factor of a product brought, by name; they sum to Π after − Π before.

    To the last bit where no share is larger than the change; where shares oppose each other, to that of the largest.

    A factor's share is its change times the product of the others, averaged over all orders in which the factors
    may change one after another. That average is an integral of a polynomial over 0–1, found exactly by as many
    Gauss–Legendre nodes as half the factors, so that cost does not grow with the number of orders.

    Args:
        before: the factors' values before.
        after: their values after, under the same names.

    Raises:
        UsageError: `chain_factors` where the names differ, `chain_not_finite` where a value is no number.

    Source: Shapley (1953), A value for n-person games; Owen (1972), Management Science 18, 64–79 (the integral).
    """
    if set(before) != set(after) or not before:
        raise UsageError("chain_factors", found=", ".join(sorted(after)), needed=", ".join(sorted(before)))
    names = tuple(before)
    first, last = (np.array([float(side[name]) for name in names]) for side in (before, after))
    for name, *pair in zip(names, first, last, strict=True):
        if not all(math.isfinite(value) for value in pair):
            raise UsageError("chain_not_finite", key=name)
    nodes, weights = np.polynomial.legendre.leggauss(len(names) // 2 + 1)
    at = (nodes + 1) / 2
    between = first + at[:, None] * (last - first)
    shares = [
        float((last[i] - first[i]) * (weights / 2 @ np.prod(np.delete(between, i, axis=1), axis=1)))
        for i in range(len(names))
    ]
    return dict(zip(names, _closed(shares, total=math.prod(last) - math.prod(first)), strict=True))


def _closed(shares: list[float], *, total: float) -> list[float]:
    """The shares with what rounding left put into the largest, then into finer ones, until they sum to the total."""
    closed = list(shares)
    for place in sorted(range(len(closed)), key=lambda i: -abs(closed[i])):
        missing = math.fsum((total, *(-share for share in closed)))
        if missing == 0:
            break
        if closed[place] != 0:
            closed[place] += missing
    return closed
