"""What would make the interval of an effect narrower, where nothing can be stated yet."""

from __future__ import annotations

from valueviz.analysis.effect import Effect

POOLED = ("did", "imputation", "sc", "sdid")
"""Methods that compare with other series."""

OFTEN_ENOUGH = ("week", "index")
"""Grains for which no better one can be named."""


def narrowing(effect: Effect, *, controlled: bool = False) -> tuple[str, ...]:
    """The codes of what would help, the cheapest to bring first.

    Args:
        effect: what could not be stated.
        controlled: a control stands beside it already.
    """
    if effect.method in POOLED:
        return ("history", "units")
    codes = ["history"]
    if not controlled:
        codes.append("control")
    if effect.grain not in OFTEN_ENOUGH:
        codes.append("coarser" if effect.grain == "day" else "finer")
    return tuple(codes)
