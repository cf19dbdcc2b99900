"""Stretches of a series: where it is broken by gaps, and what of it lies inside the frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from valueviz.render.charts.sheet import Frame, Segment, Spot
from valueviz.story.blocks import BandPoint, Point

_P = TypeVar("_P", Point, BandPoint)
Row = tuple[float, float, float]
"""An x with two values, such as the edges of a band."""


def unbroken(points: Iterable[_P], gap_after: float) -> list[list[_P]]:
    """The stretches of neighbours; a larger distance than `gap_after` is a gap."""
    found: list[list[_P]] = []
    for point in points:
        if found and point.x - found[-1][-1].x <= gap_after:
            found[-1].append(point)
        else:
            found.append([point])
    return found


def seen(points: Sequence[Spot], frame: Frame) -> list[list[Spot]]:
    """The parts of a line that lie between the low and the high end of a frame, cut where it crosses them."""
    found: list[list[Spot]] = []
    for start, end in pairwise(points):
        low, high = sorted((_reached(start, end, frame.y_low), _reached(start, end, frame.y_high)))
        first, last = max(0.0, low), min(1.0, high)
        if start[1] == end[1]:
            first, last = (0.0, 1.0) if frame.y_low <= start[1] <= frame.y_high else (1.0, 0.0)
        if first >= last:
            continue
        one, two = _along(start, end, first), _along(start, end, last)
        if found and found[-1][-1] == one:
            found[-1].append(two)
        else:
            found.append([one, two])
    return found


def clamped(rows: Sequence[Row], frame: Frame) -> list[Row]:
    """A band cut by the low and the high end of a frame, with a row wherever an edge crosses one of them."""
    found: list[Row] = []
    for start, end in pairwise(rows):
        crossings = {
            share
            for edge in (1, 2)
            for bound in (frame.y_low, frame.y_high)
            if 0 < (share := _reached((start[0], start[edge]), (end[0], end[edge]), bound)) < 1
        }
        found += [_between(start, end, share) for share in (0.0, *sorted(crossings))]
    found += rows[-1:]
    low, high = frame.y_low, frame.y_high
    return [(x, min(max(a, low), high), min(max(b, low), high)) for x, a, b in found]


def hatching(edges: Sequence[Row], *, step: float) -> list[Segment]:
    """Diagonals inside a strip given by its two edges at rising x, in units of the sheet.

    Args:
        edges: x with the places of both edges down the sheet.
        step: distance of neighbouring diagonals down the sheet.

    Returns:
        Pieces that run down to the right, cut at both edges.
    """
    found = []
    for (x0, a0, b0), (x1, a1, b1) in pairwise(edges):
        top, low = sorted(((a0, a1), (b0, b1)), key=sum)
        for number in range(int((min(top) - x1) // step), int((max(low) - x0) // step) + 1):
            start, end = _under(number * step, (x0, x1), top=top, low=low)
            if end - start > 0.2:
                found.append((start, start + number * step, end, end + number * step))
    return found


def _under(
    offset: float, span: tuple[float, float], *, top: tuple[float, float], low: tuple[float, float]
) -> tuple[float, float]:
    """The part of a span of x where y = x + offset lies below the top edge and above the low one."""
    start, end = span
    for edge, sign in ((top, 1.0), (low, -1.0)):
        # sign · (x + offset − edge(x)) ≥ 0 is linear in x
        first, last = (sign * (x + offset - place) for x, place in zip(span, edge, strict=True))
        if max(first, last) <= 0 and min(first, last) < 0:
            return span[0], span[0]
        if first * last < 0:
            crossing = span[0] + (span[1] - span[0]) * first / (first - last)
            start, end = (max(start, crossing), end) if first < 0 else (start, min(end, crossing))
    return start, end


def _reached(start: Spot, end: Spot, value: float) -> float:
    """How far along a line from start to end a value is reached, as a share; infinite on a level line."""
    rise = end[1] - start[1]
    return (value - start[1]) / rise if rise else float("inf")


def _along(start: Spot, end: Spot, share: float) -> Spot:
    if share in {0.0, 1.0}:
        return end if share else start
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _between(start: Row, end: Row, share: float) -> Row:
    one, two, three = (a + share * (b - a) for a, b in zip(start, end, strict=True))
    return one, two, three
