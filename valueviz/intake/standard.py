"""The names by which the standard of event logs, XES, calls the columns; they hold colons and are no labels."""

from __future__ import annotations

STANDARD: dict[str, tuple[str, ...]] = {
    "case": ("case:concept:name",),
    "activity": ("concept:name",),
    "start": ("start_timestamp", "time:start"),
    "complete": ("time:timestamp",),
    "resource": ("org:resource",),
    "role": ("org:role",),
    "cost": ("cost:total",),
    "transition": ("lifecycle:transition",),
    "instance": ("concept:instance",),
}
"""The parts of a log and what the standard calls them."""

_NAMES = frozenset(name for names in STANDARD.values() for name in names)


def is_standard(name: str) -> bool:
    """Whether the standard gives a column this name.

    >>> is_standard("Time:Timestamp "), is_standard("Prepared by: Ann")
    (True, False)
    """
    return name.strip().casefold() in _NAMES
