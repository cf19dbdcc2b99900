"""What the stream of cases shows: repeated visits, a heavy tail, overtaking, a queue that grows."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from valueviz.analysis.process.log import Seconds
from valueviz.analysis.process.result import Evidence
from valueviz.analysis.process.rules.hours import DAY, HOUR
from valueviz.analysis.process.rules.signal import FEWEST, Reading, Signal

REPEATED = 0.1
"""Share of the cases that come to the step more than once."""

OF_THE_WAIT = 0.2
"""Share of the waiting that is for repeated visits, or in the tail, or due to the growth of the queue."""

TAIL = 4.0
"""How many times the median the ninth decile must be."""

OUT_OF_ORDER = 0.2
"""Share of the pairs waiting at the same time of which the one that came later is served first."""

NEIGHBOURS = 50
"""So many arrivals after each are looked at for pairs that wait at the same time."""

FEWEST_PAIRS = 100
"""Pairs below which their order says nothing."""

WEEK = 7 * DAY * HOUR

FEWEST_WEEKS = 16
"""Weeks below which a queue may grow by chance."""

TREND_LEVEL = 0.01
"""The p of the rank correlation of queue and week below which the queue grows."""

GROWN = 1.5
"""How many times as long as in the first quarter the queue must be in the last."""


def rework(reading: Reading) -> Signal | None:
    """Whether much of the wait is for second and later visits of the same case."""
    if reading.wait.size < FEWEST:
        return None
    visit, again = reading.step.visit[reading.inside], reading.step.visit[reading.waiting] > 1
    share = int((visit == 2).sum()) / max(1, int((visit == 1).sum()))
    worked = (reading.step.completed - reading.step.started)[reading.inside][visit > 1]
    cost = (float(reading.wait[again].sum()) + float(worked.sum())) / max(1, reading.cases) * 100
    explains = reading.share(float(reading.wait[again].sum()))
    evidence = (
        Evidence("rework_loop.cases", share, "share", REPEATED),
        Evidence("rework_loop.cost", cost, "second"),
        Evidence("rework_loop.explains", explains, "share", OF_THE_WAIT),
    )
    fires = share >= REPEATED and explains >= OF_THE_WAIT
    return Signal("rework_loop", fires, explains, evidence, "fewer_come_back")


def heavy_tail(reading: Reading) -> Signal | None:
    """Whether a few cases wait many times as long as usual."""
    if reading.wait.size < FEWEST:
        return None
    middle, high = (float(value) for value in np.quantile(reading.wait, (0.5, 0.9)))
    limit = TAIL * middle
    explains = reading.share(float(np.maximum(0.0, reading.wait - limit).sum()))
    ratio = high / middle if middle > 0 else 0.0
    evidence = (
        Evidence("heavy_tail.ratio", ratio, "ratio", TAIL),
        Evidence("heavy_tail.median", middle, "second"),
        Evidence("heavy_tail.p90", high, "second"),
        Evidence("heavy_tail.explains", explains, "share", OF_THE_WAIT),
    )
    return Signal(
        "heavy_tail", ratio > TAIL and explains >= OF_THE_WAIT, explains, evidence, "reminders_change_nothing"
    )


def overtaking(reading: Reading) -> Signal | None:
    """Whether later arrivals are served before earlier ones; it moves the wait between cases and explains none of it."""
    if reading.wait.size < FEWEST:
        return None
    order = np.lexsort((reading.started, reading.enabled))
    enabled, started = reading.enabled[order], reading.started[order]
    pairs = turned = 0
    for away in range(1, min(NEIGHBOURS, started.size - 1) + 1):
        together = (enabled[away:] < started[:-away]) & (enabled[away:] > enabled[:-away])
        pairs += int(together.sum())
        turned += int((together & (started[away:] < started[:-away])).sum())
    if pairs < FEWEST_PAIRS:
        return None
    evidence = (
        Evidence("overtaking.pairs", float(pairs), "count", FEWEST_PAIRS),
        Evidence("overtaking.out_of_order", turned / pairs, "share", OUT_OF_ORDER),
    )
    return Signal("overtaking", turned / pairs > OUT_OF_ORDER, 0.0, evidence, "served_in_order")


def queue_growth(reading: Reading) -> Signal | None:
    """Whether more comes in than goes out, so that the queue and with it the wait grow."""
    if reading.wait.size < FEWEST:
        return None
    long_wait = float(np.quantile(reading.wait, 0.95))  # at both ends of the log, the queue is only partly seen
    first, last = reading.started.min() + long_wait, reading.started.max() - long_wait
    weeks = int((last - first) // WEEK)
    if weeks < FEWEST_WEEKS:
        return None
    at = first + np.arange(1, weeks + 1) * WEEK
    queue = _until(reading.enabled, at) - _until(reading.started, at)
    quarter = weeks // 4
    early, late = float(queue[:quarter].mean()), float(queue[-quarter:].mean())
    rising = _rising(queue)
    begun = reading.wait[(reading.enabled >= first) & (reading.enabled < first + quarter * WEEK)]
    usual = float(begun.mean()) if begun.size else 0.0
    explains = reading.share(reading.total - usual * reading.wait.size) if begun.size >= FEWEST else 0.0
    evidence = (
        Evidence("queue_growth.weekly", float(np.polyfit(np.arange(weeks), queue, 1)[0]), "count", 0.0),
        Evidence("queue_growth.early", early, "count"),
        Evidence("queue_growth.late", late, "count", GROWN * early),
        Evidence("queue_growth.explains", explains, "share", OF_THE_WAIT),
    )
    fires = rising and late >= GROWN * max(1.0, early) and explains >= OF_THE_WAIT
    return Signal("queue_growth", fires, explains, evidence, "queue_shrinks")


def _rising(queue: Seconds) -> bool:
    """Whether a queue grows from week to week by more than chance."""
    if float(np.ptp(queue)) == 0:
        return False
    trend = spearmanr(np.arange(queue.size), queue)
    return float(trend.statistic) > 0 and float(trend.pvalue) < TREND_LEVEL


def _until(moments: Seconds, at: Seconds) -> Seconds:
    """How many of some moments lie before each of others."""
    return np.searchsorted(np.sort(moments), at).astype(np.float64)
