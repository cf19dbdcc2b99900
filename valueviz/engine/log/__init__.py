"""Event logs: one coded database a log, and everything that is counted and timed in it, as plain values.

Counts and times are exact and the same for every number of threads: times are integer microseconds, their sums are
sums of integers, quantiles are interpolated between order statistics, and whatever comes back has one order. Nothing
is judged here.
"""

from valueviz.engine.log.coding import VERSION, build_log
from valueviz.engine.log.reader import Reader, reading
from valueviz.engine.log.working import OFFICE, WorkTime, working_seconds

__all__ = ["OFFICE", "VERSION", "Reader", "WorkTime", "build_log", "reading", "working_seconds"]
