"""Where lines of Chinese and Latin text may end, and where they do; it knows widths but no page.

All widths are thousandths of an em. Latin words stay whole, Chinese breaks between characters but never
before closing or after opening punctuation, and a fact is never broken unless it is wider than the line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from valueviz.story.blocks import Text

NO_START: Final = frozenset("，。、；：？！…—–·,.;:?!%‰℃°)]}）】〕》〉」』”’％～ー々")
"""Characters that may not begin a line. Source: GB/T 15834-2011 §5.1 and W3C CLREQ §3.1.3."""

NO_END: Final = frozenset("（【〔《〈「『“‘([{￥¥$€£#")
"""Characters that may not end a line. Source: as above."""

CLOSING: Final = frozenset("，。、；：？！）】〕》〉」』”’")
"""Full-width marks whose right half is blank."""

OPENING: Final = frozenset("（【〔《〈「『“‘")
"""Full-width marks whose left half is blank."""

HALF: Final = 500
"""The blank half of a full-width mark."""

NARROW: Final = {"“": (550, 0), "”": (0, 550), "‘": (700, 0), "’": (0, 700), "·": (300, 300)}
"""What marks that the face holds in full width lose at the left and at the right inside Latin text."""

WIDE_LINE: Final = 30_000
"""From this width on a last line holds at least three characters; below, at least two."""

DIGITS: Final = frozenset("0123456789")
SPACES: Final = frozenset(" \u2002\u2009")
GLUE: Final = frozenset("\u00a0\u202f")


@dataclass(slots=True)
class Measured:
    """A paragraph on one endless line: what is drawn, how far it advances, where it may break.

    `shift` moves the ink left of the pen; where `moved`, the pen must be set anew. `breaks[i]` allows a
    break after character i, `loose[i]` lets space grow after it. `prefix` are the sums of `advance`, one
    longer than the text.
    """

    chars: str
    face: list[int]
    advance: list[int]
    shift: list[int]
    moved: list[bool]
    breaks: list[bool]
    loose: list[bool]
    prefix: list[int]

    def width(self, start: int, end: int) -> int:
        """The width of the characters from `start` up to `end` set as one line."""
        return self.prefix[end] - self.prefix[start] - self.lead(start) - self.trail(end)

    def lead(self, start: int) -> int:
        """What an opening mark at the start of a line gives up."""
        uncut = start < len(self.chars) and self.chars[start] in OPENING and self.advance[start] == 2 * HALF
        return HALF if uncut else 0

    def trail(self, end: int) -> int:
        """What a closing mark at the end of a line gives up."""
        uncut = end and self.chars[end - 1] in CLOSING and self.advance[end - 1] == 2 * HALF
        return HALF if uncut else 0


def is_wide(char: str) -> bool:
    """Whether a character is set in a full-width box: ideographs, kana and their punctuation."""
    return char >= "\u2e80" or char in "“”‘’…—·"


def measure(text: Text, *, strong: bool, latin: bool, faces: Callable[[str, bool], tuple[int, int]]) -> Measured:
    """The measured line of some runs.

    Args:
        text: runs; those of kind fact are kept whole.
        strong: the style is bold, whatever the runs say.
        latin: the document's language is written in Latin letters, so that quotation marks are narrow.
        faces: index of the face and advance of a character, by character and boldness.
    """
    chars: list[str] = []
    face: list[int] = []
    advance: list[int] = []
    owner: list[int] = []
    for number, run in enumerate(text):
        bold = strong or run.strong
        mark = number if run.kind == "fact" else -1
        for char in run.text:
            index, width = faces(char, bold)
            chars.append(char)
            face.append(index)
            advance.append(width)
            owner.append(mark)
    natural = list(advance)
    shift = [0] * len(chars)
    _compress(chars, advance, shift, latin=latin)
    cut = [own != kept for own, kept in zip(natural, advance, strict=True)]
    moved = [bool(by) or (i > 0 and cut[i - 1]) for i, by in enumerate(shift)]
    breaks, loose = _opportunities(chars, owner, latin=latin)
    return Measured("".join(chars), face, advance, shift, moved, breaks, loose, [0, *accumulate(advance)])


def _compress(chars: list[str], advance: list[int], shift: list[int], *, latin: bool) -> None:
    """Take the blank halves between neighbouring full-width marks, and narrow the marks of Latin text."""
    last = len(chars) - 1
    for i, char in enumerate(chars):
        if advance[i] == 2 * HALF and _is_narrow(chars, i, latin=latin):
            left, right = NARROW[char]
            advance[i] -= left + right
            shift[i] = -left
        elif i < last and char in CLOSING and advance[i] == 2 * HALF and chars[i + 1] in CLOSING | OPENING:
            advance[i] -= HALF
        elif i and char in OPENING and advance[i] == 2 * HALF and chars[i - 1] in OPENING:
            advance[i] -= HALF
            shift[i] = -HALF


def _is_narrow(chars: list[str], i: int, *, latin: bool) -> bool:
    """Whether a mark stands in Latin text: in a Latin document, or as an apostrophe in a word, or as a spaced dot."""
    if latin or chars[i] not in NARROW:
        return chars[i] in NARROW
    before = chars[i - 1] if i else " "
    after = chars[i + 1] if i + 1 < len(chars) else " "
    if chars[i] == "·":
        return before in SPACES and after in SPACES
    return chars[i] == "’" and before.isascii() and before.isalpha() and after.isascii() and after.isalpha()


def _opportunities(chars: list[str], owner: list[int], *, latin: bool) -> tuple[list[bool], list[bool]]:
    """After which characters a line may end, and after which space may grow."""
    breaks = [False] * len(chars)
    loose = [False] * len(chars)
    for i, char in enumerate(chars):
        whole = owner[i] >= 0
        wide = is_wide(char) and not _is_narrow(chars, i, latin=latin)
        loose[i] = (wide or char in SPACES) and not whole
        if i + 1 == len(chars):
            break
        after = chars[i + 1]
        if whole and owner[i] == owner[i + 1]:
            continue
        wide_after = is_wide(after) and not _is_narrow(chars, i + 1, latin=latin)
        if wide or wide_after or char in SPACES:
            breaks[i] = may_part(chars, i) and not _unit_of(chars, i)
        elif char in "-/":
            breaks[i] = i > 1 and chars[i - 1].isalpha() and chars[i - 2].isalpha() and after.isalpha()
    return breaks, loose


def may_part(chars: list[str] | str, i: int) -> bool:
    """Whether the rules of punctuation let a line end after character i and the next begin with i + 1."""
    after = chars[i + 1]
    if after in SPACES or after in GLUE or after in NO_START or chars[i] in GLUE:
        return False
    before = i
    while before > 0 and chars[before] in SPACES:
        before -= 1
    return chars[before] not in NO_END


def _unit_of(chars: list[str], i: int) -> bool:
    """Whether the space at i stands between a number and its unit or measure word."""
    return chars[i] == "\u2009" and i > 0 and chars[i - 1] in DIGITS and is_wide(chars[i + 1])


# Lines ───────────────────────────────────────────────────────────────────────


Spans = list[tuple[int, int]]


def broken(line: Measured, width: float) -> Spans:
    """Start and end of each line of at most `width`, spaces at the ends left out; empty text has no line."""
    spans: Spans = []
    start = _skip(line.chars, 0)
    while start < len(line.chars):
        end = _line_end(line, start, width)
        spans.append((start, _strip(line.chars, start, end)))
        start = _skip(line.chars, end)
    return _without_orphan(line, spans, width)


def _line_end(line: Measured, start: int, width: float) -> int:
    """Where the line that begins at `start` ends: at the last allowed break that fits, else where it must."""
    total = len(line.chars)
    limit = line.prefix[start] + line.lead(start) + width
    fits = min(bisect_right(line.prefix, limit + 0.5) - 1, total)
    while fits < total and (line.chars[fits] in SPACES or line.width(start, fits + 1) <= width):
        fits += 1
    if fits >= total:
        return total
    for end in range(fits, start, -1):
        if line.breaks[end - 1]:
            return end
    for allowed in (_parts_range, _parts_words, may_part):
        for end in range(fits, start + 1, -1):
            if allowed(line.chars, end - 1):
                return end
    return max(fits, start + 1)


def _parts_words(chars: str, i: int) -> bool:
    """Whether i is a space."""
    return chars[i] in SPACES


def _parts_range(chars: str, i: int) -> bool:
    """Whether i is a space that does not part the two ends of a range, nor a number from its unit."""
    return chars[i] == " " and chars[i - 1] != "–" and chars[i + 1 : i + 2] != "–"


def _without_orphan(line: Measured, spans: Spans, width: float) -> Spans:
    """Move characters down where the last line would be all but empty."""
    if len(spans) < 2:
        return spans
    start, end = spans[-1]
    fewest = 3 if width > WIDE_LINE else 2
    if sum(char not in NO_START for char in line.chars[start:end]) >= fewest:
        return spans
    above, _ = spans[-2]
    for cut in range(start - 1, above, -1):
        if line.breaks[cut - 1]:
            begins, ends = _skip(line.chars, cut), _strip(line.chars, above, cut)
            if sum(char not in NO_START for char in line.chars[begins:end]) < fewest:
                continue
            roomy = line.width(above, ends) >= 0.6 * width and line.width(begins, end) <= width
            return [*spans[:-2], (above, ends), (begins, end)] if roomy else spans
    return spans


def balanced(line: Measured, width: float) -> Spans:
    """As `broken`, with lines of like length: two lines part where the sense does, more where they are even."""
    spans = broken(line, width)
    if len(spans) < 2:
        return spans
    if len(spans) == 2:
        return _parted(line, width) or spans
    low, high = line.width(0, len(line.chars)) / len(spans), width
    for _ in range(12):
        middle = (low + high) / 2
        if len(broken(line, middle)) > len(spans):
            low = middle
        else:
            high = middle
    return broken(line, high)


def _parted(line: Measured, width: float) -> Spans | None:
    """The best of all ways to part a title in two; None where none fits."""
    best: tuple[float, Spans] | None = None
    total = len(line.chars)
    for cut in range(1, total):
        if not line.breaks[cut - 1]:
            continue
        first = (0, _strip(line.chars, 0, cut))
        second = (_skip(line.chars, cut), total)
        upper, lower = line.width(*first), line.width(*second)
        if max(upper, lower) > width:
            continue
        cost = abs(upper - lower) / width + _severed(line.chars, cut)
        if best is None or cost < best[0]:
            best = (cost, [first, second])
    return best and best[1]


def _severed(chars: str, cut: int) -> float:
    """How much sense is lost by parting before `cut`: least after a clause, most inside Chinese words."""
    before, after = chars[cut - 1], chars[cut]
    if before in "，；：、。！？,;:" or (before in SPACES and cut > 1 and chars[cut - 2] in ",;:.–—"):
        return 0.0
    if before in SPACES or after in OPENING:
        return 0.26
    return 0.4


def _skip(chars: str, start: int) -> int:
    while start < len(chars) and chars[start] in SPACES:
        start += 1
    return start


def _strip(chars: str, start: int, end: int) -> int:
    while end > start and chars[end - 1] in SPACES:
        end -= 1
    return end
