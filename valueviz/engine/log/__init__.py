"""Event logs: one coded database a log, and everything that is counted and timed in it, as plain values.

Counts and times are exact and the same for every number of threads: times are integer microseconds, their sums are
sums of integers, quantiles are interpolated between order statistics, and whatever comes back has one order. Nothing
is judged here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valueviz.engine.log.coding import VERSION as VERSION
    from valueviz.engine.log.coding import build_log as build_log
    from valueviz.engine.log.reader import Reader as Reader
    from valueviz.engine.log.reader import reading as reading
    from valueviz.engine.log.working import OFFICE as OFFICE
    from valueviz.engine.log.working import WorkTime as WorkTime
    from valueviz.engine.log.working import working_seconds as working_seconds

_HOMES = {
    "VERSION": "coding",
    "build_log": "coding",
    "Reader": "reader",
    "reading": "reader",
    "OFFICE": "working",
    "WorkTime": "working",
    "working_seconds": "working",
}

__all__ = ["OFFICE", "VERSION", "Reader", "WorkTime", "build_log", "reading", "working_seconds"]


def __getattr__(name: str) -> Any:
    """Resolve a name of this room on first use: the child that reads logs needs neither answers nor arrays."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"valueviz.engine.log.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
