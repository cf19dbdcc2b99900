"""Which of many tests still stand once their number is taken into account; it knows no effect and no verdict."""

from __future__ import annotations

from collections.abc import Sequence


def passing(p_values: Sequence[float | None], *, rate: float) -> tuple[bool, ...]:
    """Which tests pass when at most a share `rate` of those that pass may be false, in the order given.

    Args:
        p_values: one a test, 0–1; None where nothing was tested, which never passes and does not count as a test.
        rate: the false-discovery rate, 0–1.

    Source: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289–300.

    >>> passing([0.04, None, 0.001, 0.02], rate=0.05)
    (True, False, True, True)
    >>> passing([0.04, None, 0.03, 0.2], rate=0.05)
    (False, False, False, False)
    """
    tested = sorted(p for p in p_values if p is not None)
    small = [p for rank, p in enumerate(tested, start=1) if p <= rate * rank / len(tested)]
    return tuple(p is not None and bool(small) and p <= small[-1] for p in p_values)
