"""Text that must fit: broken into lines, shortened, moved until nothing collides; by measure, never by guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from valueviz.language import measure
from valueviz.render.charts.sheet import Box, Word
from valueviz.story.blocks import Run, Text

LEADING = 1.3
"""Distance of two baselines, in type sizes."""

ROUNDING = 0.01
"""A line may exceed its width by this much: sums of advance widths are not exact."""

_NEVER_FIRST = "，。、；：？！）》」』】”’…—%％,.;:?!)]}"
_PIECE = re.compile(
    r"[\u2e80-\u9fff\uff00-\uffef]|[^\S\u2009\u00a0]+|(?:[^\s\u2e80-\u9fff\uff00-\uffef]|[\u2009\u00a0])+"
)


def pieces(run: Run) -> list[str]:
    """The parts of a run that may start a line of their own; a fact is one part."""
    if run.kind == "fact":
        return [run.text]
    found: list[str] = []
    for piece in _PIECE.findall(run.text):
        if found and piece[0] in _NEVER_FIRST:
            found[-1] += piece
        else:
            found.append(piece)
    return found


def lines(text: Text, *, size: float, width: float, most: int) -> list[Text]:
    """The text in lines no wider than `width`; what exceeds `most` lines ends in an ellipsis.

    Facts stay whole even where they are wider than the line: a number is never shortened.
    """
    found: list[list[Run]] = [[]]
    used = 0.0
    for run in text:
        for piece in pieces(run):
            length = measure(piece, size, run.strong)
            if used and used + length > width + ROUNDING and piece.strip():
                found.append([])
                used = 0.0
            if used or piece.strip():
                found[-1].append(replace(run, text=piece))
                used += length
    kept = [_joined(line) for line in found]
    if len(kept) > most:
        rest = tuple(run for line in kept[most - 1 :] for run in line)
        kept = [*kept[: most - 1], _shortened(rest, size=size, width=width)]
    return kept


def balanced(text: Text, *, size: float, width: float, most: int) -> list[Text]:
    """As `lines`, but with lines of about equal length: no last line of a single word."""
    found = lines(text, size=size, width=width, most=most)
    for share in (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        if len(found) > 1:
            narrow = lines(text, size=size, width=share * width, most=most + 1)
            if len(narrow) == len(found) and written(narrow[-1])[-1:] == written(found[-1])[-1:]:
                return narrow
    return found


def plain_lines(text: str, *, size: float, width: float, most: int, bold: bool = False) -> list[str]:
    """As `lines`, for text without marks."""
    return [written(line) for line in lines((Run(text, strong=bold),), size=size, width=width, most=most)]


def written(text: Text) -> str:
    """The text without its marks."""
    return "".join(run.text for run in text)


def breadth(text: Text, size: float) -> float:
    """The width of a text on one line."""
    return sum(measure(run.text, size, run.strong) for run in text)


def _joined(line: Sequence[Run]) -> Text:
    """Neighbouring pieces of one run as one, without a space at the end."""
    found: list[Run] = []
    for run in line:
        if found and run.kind != "fact" and (found[-1].kind, found[-1].strong) == (run.kind, run.strong):
            found[-1] = replace(found[-1], text=found[-1].text + run.text)
        else:
            found.append(run)
    while found and not found[-1].text.strip():
        found.pop()
    if found and found[-1].kind != "fact":
        found[-1] = replace(found[-1], text=found[-1].text.rstrip())
    return tuple(found)


def _shortened(text: Text, *, size: float, width: float) -> Text:
    """As much of the words as fits before an ellipsis, and every fact: facts have their room first."""
    found: list[Run] = []
    left = width + ROUNDING - measure("…", size, False)
    left -= sum(measure(run.text, size, run.strong) for run in text if run.kind == "fact")
    cut = False
    for run in text:
        if run.kind == "fact":
            found.append(run)
            continue
        for letter in () if cut else run.text:
            left -= measure(letter, size, run.strong)
            cut = left < 0
            if cut:
                found.append(replace(run, text="…"))
                break
            found.append(replace(run, text=letter))
    return _joined(found)


# Places ──────────────────────────────────────────────────────────────────────


def settle(
    candidates: Iterable[Word], *, taken: Sequence[Box], within: Box, cost: Callable[[Box], float]
) -> Word | None:
    """The cheapest candidate that is inside and clear of what is taken; None where there is none.

    Candidates are tried in order of preference: each later one costs a little more.
    """
    best: Word | None = None
    least = float("inf")
    for rank, word in enumerate(candidates):
        box = word.box
        price = cost(box) + 0.01 * rank
        if (
            price < least
            and box.within(within)
            and not any(box.overlaps(other, gap=0.4 * word.size) for other in taken)
        ):
            best, least = word, price
    return best


def spread(places: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Places moved apart as little as possible, so that neighbours are at least `gap` apart inside low–high.

    Groups that touch are centred on the mean of what they hold, in rising order.

    >>> spread([10, 11, 40], gap=4, low=0, high=50)
    [8.5, 12.5, 40.0]
    """
    order = sorted(range(len(places)), key=lambda number: places[number])
    groups: list[tuple[float, list[int]]] = []
    for number in order:
        groups.append((places[number], [number]))
        while len(groups) > 1:
            (above, first), (below, second) = groups[-2:]
            reach = gap * (len(first) + len(second)) / 2
            if below - above >= reach:
                break
            members = first + second
            wanted = [places[member] - gap * rank for rank, member in enumerate(members)]
            start = sum(wanted) / len(wanted)
            groups[-2:] = [(start + gap * (len(members) - 1) / 2, members)]
    found: list[float] = []
    for middle, members in groups:
        start = middle - gap * (len(members) - 1) / 2
        found += [max(low, start + gap * rank) for rank in range(len(members))]
    for rank in range(len(found) - 1, -1, -1):
        found[rank] = min(found[rank], high - gap * (len(found) - 1 - rank))
    for rank in range(1, len(found)):
        found[rank] = max(found[rank], found[rank - 1] + gap)
    return [place for _, place in sorted(zip(order, found, strict=True))]
