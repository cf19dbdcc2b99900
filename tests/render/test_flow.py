"""Pages filled with pieces: what stays together, what is repeated, how empty a page may stay."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from tests.render import specimen
from valueviz.render.palette import palette
from valueviz.render.pdf.flow import TIGHTEST, Chapter, Placed, paginated
from valueviz.render.pdf.fonts import register
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph, together
from valueviz.render.pdf.tables import table
from valueviz.render.pdf.text import NOTE, Look
from valueviz.story.blocks import Cell, Column, Row, Run, Table

PAGE = 100.0


def nothing(_canvas: Canvas, _x: float, _top: float) -> None:
    """Draws nothing."""


def piece(height: float, *, before: float = 0.0, keep: bool = False, anchor: str = "") -> Piece:
    return Piece(height, nothing, before=before, keep=keep, anchor=anchor)


def filled(*chapters: Chapter) -> list[list[float]]:
    """The heights of the pieces on each page."""
    return [[placed.piece.height for placed in page] for page in paginated(chapters, PAGE)]


def chapter(*pieces: Piece, starts: str = "page") -> Chapter:
    return Chapter(tuple(pieces), starts, 10.0)  # type: ignore[arg-type]


PIECES = st.lists(
    st.builds(piece, st.floats(1, 40), before=st.floats(0, 12), keep=st.booleans()), min_size=1, max_size=40
)


def overlaps(page: tuple[Placed, ...]) -> bool:
    return any(first.offset + first.piece.height > second.offset + 1e-6 for first, second in pairwise(page))


@settings(derandomize=True, deadline=None)
@given(PIECES)
def test_every_piece_is_placed_once_in_order_inside_the_page(pieces: list[Piece]) -> None:
    pages = paginated([Chapter(tuple(pieces), "page", 0.0)], PAGE)
    assert [placed.piece for page in pages for placed in page] == pieces
    assert all(placed.offset + placed.piece.height <= PAGE + 1e-6 for page in pages for placed in page)
    assert not any(overlaps(page) for page in pages)


def test_pieces_that_keep_together_move_together() -> None:
    kept = together([piece(30), piece(31), piece(32)])
    assert filled(chapter(piece(50), *kept)) == [[50], [30, 31, 32]]


def test_what_repeats_stands_again_on_top_of_the_next_page() -> None:
    head = piece(5)
    rows: Pieces = tuple(Piece(30, nothing, repeat=(head,)) for _ in range(5))
    assert filled(chapter(*rows)) == [[30, 30, 30], [5, 30, 30]]


def test_gaps_shrink_before_a_page_breaks_and_only_so_far() -> None:
    fits = [piece(45), piece(45, before=10 / TIGHTEST - 0.1)]
    breaks = [piece(45), piece(45, before=10 / TIGHTEST + 0.1)]
    assert filled(chapter(*fits)) == [[45, 45]]
    assert filled(chapter(*breaks)) == [[45], [45]]


def test_a_section_starts_where_it_falls_only_if_it_fits() -> None:
    assert filled(chapter(piece(70)), chapter(piece(15), starts="flow")) == [[70, 15]]
    assert filled(chapter(piece(70)), chapter(piece(25), starts="flow")) == [[70], [25]]


def test_a_page_that_would_stay_a_third_empty_takes_the_start_of_the_next_section() -> None:
    assert filled(chapter(piece(50)), chapter(piece(20), piece(15), piece(60))) == [[50, 20, 15], [60]]
    assert filled(chapter(piece(70)), chapter(piece(10), piece(5))) == [[70], [10, 5]]


def test_a_figure_that_may_roam_fills_the_page_the_next_one_leaves() -> None:
    roaming = Piece(30, nothing, roams=True)
    assert filled(chapter(piece(60), piece(50), roaming)) == [[60, 30], [50]]
    assert filled(chapter(piece(60), piece(50), piece(30))) == [[60], [50, 30]]


def test_no_line_of_a_paragraph_stands_alone_at_the_foot_or_the_top_of_a_page() -> None:
    register()
    paragraph = Look(palette(specimen.BRAND), latin=True).set((Run("word " * 200),), NOTE, 200)
    lines = of_paragraph(paragraph)
    for room in range(1, len(lines)):
        filler = piece(PAGE - room * NOTE.leading)
        pages = [[placed.piece for placed in page] for page in paginated([chapter(filler, *lines)], PAGE)]
        at_foot = len(pages[0]) - 1
        assert at_foot != 1
        assert all(len(page) > 1 for page in pages[1:])


@pytest.mark.parametrize(
    ("count", "kept"),
    [
        (6, "title+head+row+row row row row+row+source"),
        (4, "title+head+row+row row+row+source"),
        (3, "title+head+row+row+row+source"),
        (2, "title+head+row+row+source"),
    ],
)
def test_no_row_of_a_table_stands_alone_and_its_source_keeps_with_the_last(count: int, kept: str) -> None:
    register()
    rows = tuple(Row((Cell((Run(f"row {i}"),)),)) for i in range(count))
    block = Table("t", (Run("Title"),), (Column((Run("Head"),)),), rows, source=(Run("Source"),))
    pieces = table(block, look=Look(palette(specimen.BRAND), latin=True), width=300, room=700, continued="")
    names = ["title", "head", *["row"] * count, "source"]
    told = "".join(name + ("+" if piece.keep else " ") for name, piece in zip(names, pieces, strict=True))
    assert told.strip() == kept
