"""Which piece stands on which page and where: page breaks, then gaps that grow or shrink a little to fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from valueviz.render.pdf.pieces import Piece, Pieces

TIGHTEST: Final = 0.72
"""Gaps shrink to this share of themselves before a page break is made."""

WIDEST: Final = 1.3
"""Gaps grow to this share of themselves to use the foot of a page; text is never stretched."""

MOST_EMPTY: Final = 1 / 3
"""A page that would end emptier than this takes the start of the next section."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """The pieces of one section, how it wants to start, and the space above it where it shares a page.

    "page" prefers a page of its own, but starts on one that would stay too empty; "new" never shares.
    """

    pieces: Pieces
    starts: Literal["page", "flow", "new"]
    gap: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece and the distance of its upper edge from the top of the column."""

    piece: Piece
    offset: float


@dataclass(slots=True)
class _Page:
    height: float
    turned: bool = False
    pieces: list[tuple[Piece, float]] = field(default_factory=list)
    solid: float = 0.0
    gaps: float = 0.0

    @property
    def free(self) -> float:
        return self.height - self.solid - self.gaps

    def fits(self, group: Sequence[Piece], *, gap: float | None = None) -> bool:
        gaps, solid = _extent(group, first=not self.pieces, gap=gap)
        return self.solid + solid + TIGHTEST * (self.gaps + gaps) <= self.height

    def add(self, group: Sequence[Piece], *, gap: float | None = None) -> None:
        for number, piece in enumerate(group):
            before = piece.before if number or gap is None else gap
            before = before if self.pieces else 0.0
            self.pieces.append((piece, before))
            self.solid += piece.height
            self.gaps += before

    def placed(self) -> tuple[Placed, ...]:
        stretch = min(WIDEST, (self.height - self.solid) / self.gaps) if self.gaps else 1.0
        offset, result = 0.0, []
        for piece, before in self.pieces:
            offset += before * stretch
            result.append(Placed(piece, offset))
            offset += piece.height
        return tuple(result)


def paginated(
    chapters: Sequence[Chapter], height: float, *, turned: float | None = None
) -> tuple[tuple[Placed, ...], ...]:
    """The pages of some chapters in a column of `height` points; that of a landscape page is `turned` points high."""
    heights = {False: height, True: height if turned is None else turned}
    return tuple(page.placed() for page in _filled(chapters, heights) if page.pieces)


def fit_one_page(chapters: Sequence[Chapter], height: float) -> bool:
    """Whether some chapters fit a single page, gaps shrunk where they must."""
    page = _Page(height)
    for chapter in chapters:
        page.add(chapter.pieces, gap=chapter.gap)
    return page.solid + TIGHTEST * page.gaps <= height


def _filled(chapters: Sequence[Chapter], heights: Mapping[bool, float]) -> list[_Page]:
    pages = [_Page(heights[False])]
    for chapter in chapters:
        groups = _groups(chapter.pieces)
        turned = bool(chapter.pieces) and chapter.pieces[0].turned
        if turned != pages[-1].turned or (pages[-1].pieces and not _may_follow(pages[-1], chapter, groups)):
            pages.append(_Page(heights[turned], turned))
        gap: float | None = chapter.gap
        while groups:
            group = groups.pop(0)
            if gap is None and not pages[-1].fits(group):
                _fill(pages[-1], groups)
            _place(pages, group, gap=gap)
            gap = None
    return pages


def _may_follow(page: _Page, chapter: Chapter, groups: Sequence[Pieces]) -> bool:
    """Whether a chapter starts on the page before it: where it fits, or where the page would stay too empty."""
    if chapter.starts == "new":
        return False
    if chapter.starts == "flow" and page.fits(chapter.pieces, gap=chapter.gap):
        return True
    too_empty = page.free > page.height * MOST_EMPTY
    return too_empty and page.fits(groups[0], gap=chapter.gap)


def _fill(page: _Page, groups: list[Pieces]) -> None:
    """Take what may roam and fits onto a page that the next group leaves."""
    for group in groups:
        if any(piece.roams for piece in group) and page.fits(group):
            page.add(group)
            groups.remove(group)
            return


def _place(pages: list[_Page], group: Pieces, *, gap: float | None) -> None:
    if pages[-1].fits(group, gap=gap):
        pages[-1].add(group, gap=gap)
        return
    if pages[-1].pieces:
        pages.append(_Page(pages[-1].height, pages[-1].turned))
        pages[-1].add(group[0].repeat)
    if pages[-1].fits(group):
        pages[-1].add(group)
        return
    for piece in group:
        if not pages[-1].fits((piece,)) and pages[-1].pieces:
            pages.append(_Page(pages[-1].height, pages[-1].turned))
            pages[-1].add(piece.repeat)
        pages[-1].add((piece,))


def _groups(pieces: Pieces) -> list[Pieces]:
    """The pieces cut wherever a page may end."""
    groups: list[Pieces] = []
    open_group: list[Piece] = []
    for piece in pieces:
        open_group.append(piece)
        if not piece.keep:
            groups.append(tuple(open_group))
            open_group = []
    if open_group:
        groups.append(tuple(open_group))
    return groups


def _extent(group: Sequence[Piece], *, first: bool, gap: float | None) -> tuple[float, float]:
    """Sum of gaps and sum of heights of a group, without the gap at the top of a page."""
    gaps = sum(piece.before for piece in group[1:])
    if not first and group:
        gaps += group[0].before if gap is None else gap
    return gaps, sum(piece.height for piece in group)
