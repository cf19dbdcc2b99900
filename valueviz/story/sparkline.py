"""A sparkline: a series squeezed between 0 and 1, a period without measurement a gap."""

from __future__ import annotations

from valueviz.terms import Series


def spark(series: Series) -> tuple[float | None, ...]:
    """The values of every period from the first to the last, scaled to 0–1; None where nothing was measured."""
    measured = {
        ordinal: value for ordinal, value in zip(series.ordinals, series.values, strict=True) if value is not None
    }
    if not measured:
        return ()
    low, high = min(measured.values()), max(measured.values())
    width = (high - low) or 1.0
    return tuple(
        (measured[ordinal] - low) / width if ordinal in measured else None
        for ordinal in range(series.ordinals[0], series.ordinals[-1] + 1)
    )
