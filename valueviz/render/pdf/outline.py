"""Outlines of the SVG path language as moves, lines and Bézier curves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from valueviz.errors import DefinitionError

Piece = tuple[Literal["M", "L", "C", "Z"], tuple[float, ...]]
Outline = tuple[Piece, ...]

_TOKEN = re.compile(r"([A-Za-z])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([\s,]+)")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "A": 7, "Z": 0}
"""Numbers each command takes; commands outside are unknown."""


@lru_cache(maxsize=1024)
def outline(d: str) -> Outline:
    """A path as absolute pieces: M and L with a point, C with three points, Z.

    Raises:
        DefinitionError: `unknown_svg` on a command or sign outside M L H V C A Z and their relative forms.

    >>> outline("M1,2h3V4Z")
    (('M', (1.0, 2.0)), ('L', (4.0, 2.0)), ('L', (4.0, 4.0)), ('Z', ()))
    """
    found: list[Piece] = []
    here = start = (0.0, 0.0)
    for command, numbers in _commands(d):
        origin = here if command.islower() else (0.0, 0.0)
        name = command.upper()
        match name:
            case "Z":
                found.append(("Z", ()))
                here = start
                continue
            case "H":
                here = (origin[0] + numbers[0], here[1])
            case "V":
                here = (here[0], origin[1] + numbers[0])
            case "C":
                points = [value + origin[number % 2] for number, value in enumerate(numbers)]
                found.append(("C", tuple(points)))
                here = (points[4], points[5])
                continue
            case "A":
                end = (origin[0] + numbers[5], origin[1] + numbers[6])
                found += _arc(
                    here, end, radii=(numbers[0], numbers[1]), turn=numbers[2], flags=(numbers[3], numbers[4])
                )
                here = end
                continue
            case _:
                here = (origin[0] + numbers[0], origin[1] + numbers[1])
        if name == "M":
            start = here
        found.append(("M" if name == "M" else "L", here))
    return tuple(found)


def _commands(d: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Each command with its numbers; a repeated command may leave out its letter."""
    command, at = "", 0
    numbers: list[float] = []
    while at < len(d):
        token = _TOKEN.match(d, at)
        if token is None or (token[1] and token[1].upper() not in _COUNTS) or (token[2] and not command):
            raise DefinitionError("unknown_svg", element="path", found=d[at : at + 20])
        at = token.end()
        if token[1]:
            command, numbers = token[1], []
        elif token[2]:
            numbers.append(float(token[2]))
        if token[3] is None and len(numbers) == _COUNTS[command.upper()]:
            yield command, tuple(numbers)
            command, numbers = {"M": "L", "m": "l"}.get(command, command), []


def _arc(
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    radii: tuple[float, float],
    turn: float,
    flags: tuple[float, float],
) -> list[Piece]:
    """An elliptical arc as Bézier curves of at most a quarter turn.

    Source: SVG 1.1, appendix F.6.5 (centre from end points) and F.6.6 (radii too small).
    """
    rx, ry = abs(radii[0]), abs(radii[1])
    if rx == 0 or ry == 0 or start == end:
        return [("L", end)]
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    u, v = cos * dx + sin * dy, cos * dy - sin * dx
    stretch = math.sqrt(max(1.0, (u / rx) ** 2 + (v / ry) ** 2))
    rx, ry = rx * stretch, ry * stretch
    under = (u / rx) ** 2 + (v / ry) ** 2
    factor = math.sqrt(max(0.0, 1 / under - 1)) * (-1 if bool(flags[0]) == bool(flags[1]) else 1)
    cu, cv = factor * rx * v / ry, -factor * ry * u / rx
    centre = (cos * cu - sin * cv + (start[0] + end[0]) / 2, sin * cu + cos * cv + (start[1] + end[1]) / 2)
    first = math.atan2((v - cv) / ry, (u - cu) / rx)
    sweep = math.atan2((-v - cv) / ry, (-u - cu) / rx) - first
    if flags[1] and sweep < 0:
        sweep += math.tau
    if not flags[1] and sweep > 0:
        sweep -= math.tau
    parts = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
    step = sweep / parts
    reach = 4 / 3 * math.tan(step / 4)

    def place(angle: float, along: float) -> tuple[float, float]:
        a = rx * (math.cos(angle) - along * math.sin(angle))
        b = ry * (math.sin(angle) + along * math.cos(angle))
        return cos * a - sin * b + centre[0], sin * a + cos * b + centre[1]

    return [
        (
            "C",
            (
                *place(first + step * part, reach),
                *place(first + step * (part + 1), -reach),
                *(place(first + step * (part + 1), 0.0) if part + 1 < parts else end),
            ),
        )
        for part in range(parts)
    ]
