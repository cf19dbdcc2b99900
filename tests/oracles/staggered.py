"""A staggered panel made of whole-number arithmetic alone, the same in every environment; it needs no library."""

from __future__ import annotations

UNITS, PERIODS = 18, 30
NEVER = 4
FIRST_GO_LIVE = 13


def noise(unit: int, period: int) -> float:
    """A number between −1 and 1 that looks random."""
    state = (unit * 7919 + period * 104_729 + 12_345) % 2_147_483_647
    for _ in range(3):
        state = state * 48_271 % 2_147_483_647
    return state / 1_073_741_823.5 - 1


def go_live(unit: int) -> int | None:
    """The first period after of a unit, None for the last few, which never go live."""
    return None if unit >= UNITS - NEVER else FIRST_GO_LIVE + unit % 7


def value(unit: int, period: int) -> float:
    """A level a unit, a common wave, noise that hangs together, and an effect that grows after go-live."""
    start = go_live(unit)
    effect = 0.0 if start is None or period < start else -1.0 - 0.1 * (period - start) - 0.2 * (unit % 3)
    common = 0.3 * (period % 5) + 0.05 * period
    return 20 + 0.7 * unit + common + noise(unit, period) + 0.6 * noise(unit, period - 1) + effect
