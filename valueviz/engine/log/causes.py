"""What cases waited for between two activities: five causes that share the wait without rest.

In this order, each stretch of a wait belongs to the first that explains it: *batching* until the last member of the
event's batch was possible; *contention* while the resource worked on something possible no later; *prioritisation*
while it worked on something possible later; *unavailability* while it was off, by the hours its own stamps show;
*extraneous* is the rest.

Source: the waiting-time causes of Kronos (Lashkevich et al., Why am I waiting?, CAiSE 2023).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection

from valueviz.analysis.process.log import Cause
from valueviz.engine.connection import query
from valueviz.engine.log.shift import Integers, Shift, available, hours, shift

PAUSE = 60_000_000
"""Microseconds between two events of one batch: a minute to take up the next one."""

MOST_PAIRS = 4_000_000
"""Waits and the work that overlaps them are looked at so many pairs at once: 200 MB."""

LARGEST = 1 << 62
"""Times of many waits are ranked in one array of integers that must not overflow."""


@dataclass(frozen=True, slots=True)
class Work:
    """The events of one resource in order of start, and the places of those whose waits are asked for."""

    begins: Integers
    ends: Integers
    enabled: Integers
    ready: Integers
    asked: Integers


def causes(connection: DuckDBPyConnection, period: int) -> tuple[Cause, ...]:
    """What cases of a period waited for, by both activities and both resources; empty where nothing can be known."""
    asked = connection.execute(query("log_transitions"), [period, period]).fetchnumpy()
    if not len(asked["k"]):
        return ()
    busy = connection.execute(query("log_busy"), {"pause": PAUSE}).fetchnumpy()
    parts = _parts(asked, busy)
    keys = [np.asarray(asked[name]) for name in ("source", "source_resource", "target", "target_resource")]
    groups, member = np.unique(np.column_stack(keys), axis=0, return_inverse=True)
    counts = np.bincount(member.ravel(), minlength=len(groups))
    sums = np.zeros((len(groups), 5), dtype=np.int64)
    np.add.at(sums, member.ravel(), parts)
    activities = _names(connection, "activity", "a")
    resources = _names(connection, "resource", "r")
    found = [
        Cause(
            activities[a], resources[r], activities[b], resources[s], int(count), *(float(each) for each in row / 1e6)
        )
        for (a, r, b, s), count, row in zip(groups.tolist(), counts, sums, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: (each.source, each.source_resource, each.target, each.target_resource)))


def _names(connection: DuckDBPyConnection, table: str, code: str) -> list[str]:
    rows = connection.execute(f"SELECT name FROM {table} ORDER BY {code}").fetchall()  # noqa: S608 - of this program
    return [name for (name,) in rows]


def _parts(asked: dict[str, Any], busy: dict[str, Any]) -> Integers:
    """One row a wait, one column a cause, in microseconds and in the order asked for."""
    columns = {name: np.ma.filled(np.ma.asarray(values), -1).astype(np.int64) for name, values in busy.items()}
    everybody = hours(columns["t0"], columns["t1"])
    # both tables are in the same order, so that the waits of a resource stand together in both
    wanted = _places(columns, asked)
    borders = np.flatnonzero(np.diff(columns["r"], prepend=-2, append=-2))
    parts = np.zeros((len(wanted), 5), dtype=np.int64)
    for start, end in pairwise(borders):
        first, last = np.searchsorted(wanted, (start, end))
        if first == last:
            continue
        begins, ends = columns["t0"][start:end], columns["t1"][start:end]
        work = Work(
            begins, ends, columns["enabled"][start:end], columns["ready"][start:end], wanted[first:last] - start
        )
        parts[first:last] = _split(work, shift(begins, ends, pooled=everybody))
    return parts


def _places(columns: dict[str, Integers], asked: dict[str, Any]) -> Integers:
    """Where each wait asked for stands among all events, in rising order."""
    width = int(columns["pos"].max()) + 1
    every = columns["k"] * width + columns["pos"]
    order = np.argsort(every)
    mine = np.asarray(asked["k"]).astype(np.int64) * width + np.asarray(asked["pos"])
    return np.asarray(order[np.searchsorted(every, mine, sorter=order)])


def _split(work: Work, hours_of_work: Shift) -> Integers:
    """The five parts of each wait of one resource."""
    ends = work.begins[work.asked]
    begins = work.enabled[work.asked]
    ready = np.clip(work.ready[work.asked], begins, ends)
    parts = np.zeros((len(ends), 5), dtype=np.int64)
    parts[:, 0] = ready - begins
    parts[:, 3] = (ends - ready) - available(ready, ends, hours_of_work)
    for wait, x, z, later in _overlaps(work, begins=begins, ready=ready, ends=ends):
        from_all, new = _gains(wait, x, z, ready)
        busy = _summed(wait, new, len(ends))
        off = new - np.where(new > 0, available(from_all, np.maximum(from_all, z), hours_of_work), 0)
        earlier = ~later
        _, own = _gains(wait[earlier], x[earlier], z[earlier], ready)
        contention = _summed(wait[earlier], own, len(ends))
        parts[:, 2] += contention
        parts[:, 1] += busy - contention
        parts[:, 3] -= _summed(wait, off, len(ends))
    parts[:, 4] = (ends - begins) - parts[:, :4].sum(axis=1)
    return parts


Overlap = tuple[Integers, Integers, Integers, np.ndarray[Any, Any]]


def _overlaps(work: Work, *, begins: Integers, ready: Integers, ends: Integers) -> Iterator[Overlap]:
    """Waits with the stretches in which the resource worked meanwhile, in order of start, some waits at a time.

    Each stretch says which wait it overlaps, where it begins and ends inside it, and whether its work was possible later.
    """
    low = np.searchsorted(np.maximum.accumulate(work.ends), ready, side="right")
    high = np.maximum(np.searchsorted(work.begins, ends, side="left"), low)
    sizes = np.where(ends > ready, high - low, 0)
    longest = int((ends - ready).max(initial=1)) + 1
    each = LARGEST // longest
    start = 0
    before = np.concatenate(([0], np.cumsum(sizes)))
    while start < len(sizes):
        stop = int(np.searchsorted(before, before[start] + MOST_PAIRS, side="right")) - 1
        stop = min(max(stop, start + 1), start + each, len(sizes))
        size = sizes[start:stop]
        wait = np.repeat(np.arange(start, stop), size)
        place = np.repeat(low[start:stop] - (before[start:stop] - before[start]), size) + np.arange(len(wait))
        x = np.maximum(work.begins[place], ready[wait])
        z = np.minimum(work.ends[place], ends[wait])
        kept = z > x
        yield wait[kept], x[kept], z[kept], (work.enabled[place] > begins[wait])[kept]
        start = stop


def _gains(wait: Integers, x: Integers, z: Integers, ready: Integers) -> tuple[Integers, Integers]:
    """Where each stretch goes beyond those before it of the same wait, and by how much: together their union."""
    if not len(wait):
        return x, x
    into = z - ready[wait]
    width = int(into.max()) + 1
    rank = (wait - wait[0]) * width
    reach = np.maximum.accumulate(into + rank) - rank
    first = np.diff(wait, prepend=wait[0] - 1) > 0
    previous = np.where(first, 0, np.concatenate(([0], reach[:-1])))
    from_ = np.maximum(x, ready[wait] + previous)
    return from_, np.maximum(z - from_, 0)


def _summed(wait: Integers, amounts: Integers, count: int) -> Integers:
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, wait, amounts)
    return total
