"""A document as a PDF: pieces by block, pages by flow, strokes by canvas, bytes by the last pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType
from typing import Final, assert_never

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.palette import palette
from valueviz.render.pdf import cover, furniture
from valueviz.render.pdf.cards import cards
from valueviz.render.pdf.figures import enlarged, figure
from valueviz.render.pdf.finish import finished
from valueviz.render.pdf.flow import Chapter, Placed, fit_one_page, paginated
from valueviz.render.pdf.fonts import printable, register, require_glyphs
from valueviz.render.pdf.furniture import (
    COLUMN,
    COLUMN_HEIGHT,
    LANDSCAPE,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PORTRAIT,
    Leaf,
)
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph, together
from valueviz.render.pdf.scenes import scene
from valueviz.render.pdf.tables import table
from valueviz.render.pdf.text import KICKER, LEAD, TITLE, Look, plain
from valueviz.render.pdf.words import bullets, callout, prose
from valueviz.story import facts_json
from valueviz.story.blocks import (
    Block,
    Bullets,
    Callout,
    Cards,
    Curve,
    Document,
    Dumbbell,
    Ladder,
    ProcessMap,
    Prose,
    RunChart,
    Section,
    Spectrum,
    Table,
    Variants,
    Waterfall,
)

NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})
FACTS: Final = "facts.json"
"""Name of the embedded facts; their SHA-256 is the digest the document prints."""

SHARED_GAP: Final = 34.0
"""Space above a section that starts on the page of the one before."""

AIRY: Final = 0.72
"""Share of its page that a list of contents of its own fills."""


def render(document: Document, *, attachments: Mapping[str, bytes] = NOTHING) -> bytes:
    """The PDF of a document: equal documents give equal bytes, in every process.

    Args:
        document: everything that is shown, already worded.
        attachments: files to embed beside the facts, content by name.

    Raises:
        DataError: `missing_glyph` where a character is in none of our faces.
        DefinitionError: `brand_logo` where the brand's logo cannot be taken.
    """
    register()
    require_glyphs(document)
    look = Look(palette(document.brand), latin=not document.language_tag.startswith("zh"))
    numbers: dict[str, int] = {}
    pages = _pages(document, look, numbers)
    numbers.update(_starts(pages))
    buffer = BytesIO()
    canvas = _canvas(buffer, document)
    _draw_cover(canvas, document, look)
    _draw_pages(canvas, document, look, pages)
    canvas.save()
    return finished(buffer.getvalue(), document, attachments={FACTS: facts_json(document), **attachments})


# Layout ──────────────────────────────────────────────────────────────────────


def _pages(document: Document, look: Look, numbers: Mapping[str, int]) -> tuple[tuple[Placed, ...], ...]:
    """The pages after the cover; the contents share theirs with a first section that fits or flows."""
    chapters = [_chapter(section, document, look) for section in document.sections]
    listed = Chapter(furniture.contents(document, look=look, pages=numbers, share=0), "new", 0.0)
    own = listed.pieces and chapters[0].starts == "page"
    if own and not fit_one_page([listed, chapters[0]], COLUMN_HEIGHT):
        listed = replace(listed, pieces=furniture.contents(document, look=look, pages=numbers, share=AIRY))
        chapters[0] = replace(chapters[0], starts="new")
    pages = paginated([listed, *chapters], COLUMN_HEIGHT, turned=LANDSCAPE.column_height)
    sections = enlarged(document.sections, pages, look=look, width=COLUMN, height=COLUMN_HEIGHT)
    for number, (before, after) in enumerate(zip(document.sections, sections, strict=True)):
        if before != after:
            starts = chapters[number].starts
            chapters[number] = replace(_chapter(after, document, look), starts=starts)
    return paginated([listed, *chapters], COLUMN_HEIGHT, turned=LANDSCAPE.column_height)


def _chapter(section: Section, document: Document, look: Look) -> Chapter:
    """Kicker, title and lead keep with the first block; what is said of a block keeps with it."""
    leaf = LANDSCAPE if section.orientation == "landscape" else PORTRAIT
    kicker = plain(f"{section.number}\u2002{section.name}" if section.number else section.name)
    head = [
        *of_paragraph(look.set(kicker, KICKER, leaf.column)),
        *of_paragraph(look.title(section.title, TITLE, leaf.column, most=1 if leaf is LANDSCAPE else 2), before=3),
        *of_paragraph(look.set(section.lead, LEAD, leaf.column), before=5),
    ]
    if not head:
        head = [Piece(0, _draw_nothing)]
    anchored = [*head]
    anchored[0] = Piece(head[0].height, head[0].draw, before=head[0].before, anchor=section.key)
    body: list[Piece] = []
    for block in section.blocks:
        if body and isinstance(block, Prose) and block.style in {"so_what", "source"}:
            body[-1] = replace(body[-1], keep=True)
        taken = 0.0 if body else sum(piece.height + piece.before for piece in head)
        body += _pieces(block, document, look, leaf=leaf, room=leaf.column_height - taken)
    start = together(anchored, last=bool(body))
    pieces = tuple(replace(piece, turned=leaf is LANDSCAPE) for piece in (*start, *body))
    return Chapter(pieces, section.breaks, SHARED_GAP)


def _pieces(block: Block, document: Document, look: Look, *, leaf: Leaf, room: float) -> Pieces:
    """A block as pieces of the column; `room` is what a page leaves for a figure that cannot be broken."""
    width, continued = leaf.column, document.furniture.continued
    match block:
        case Prose() | Bullets() | Callout() | Cards():
            return _words(block, look=look, width=width)
        case Table():
            return table(block, look=look, width=width, room=room, continued=continued)
        case RunChart() | Dumbbell() | Waterfall() | Curve():
            return figure(block, look=look, width=width, room=room, continued=continued)
        case ProcessMap() | Spectrum() | Variants() | Ladder():
            shown = replace(block, title=()) if leaf is LANDSCAPE else block  # its page bears the title already
            return scene(shown, look=look, width=width, room=room, page=leaf.column_height, continued=continued)
        case _:
            assert_never(block)


def _words(block: Prose | Bullets | Callout | Cards, *, look: Look, width: float) -> Pieces:
    """Paragraphs, lists, panels and cards as pieces of the column."""
    match block:
        case Prose():
            return prose(block, look=look, width=width)
        case Bullets():
            return bullets(block, look=look, width=width)
        case Callout():
            return callout(block, look=look, width=width)
        case _:
            return cards(block, look=look, width=width)


def _starts(pages: Sequence[Sequence[Placed]]) -> dict[str, int]:
    """The page each section starts on; the cover is page 1."""
    return {
        placed.piece.anchor: number
        for number, page in enumerate(pages, start=2)
        for placed in page
        if placed.piece.anchor
    }


# Drawing ─────────────────────────────────────────────────────────────────────


def _canvas(buffer: BytesIO, document: Document) -> Canvas:
    canvas = Canvas(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        pageCompression=0,
        invariant=1,
        lang=document.language_tag,
    )
    canvas.setTitle(printable(document.title))
    canvas.setAuthor(printable(document.author))
    canvas.setSubject(printable(document.subject))
    canvas.setKeywords(printable(document.keywords))
    canvas.setCreator("valueviz")
    canvas.addPageLabel(0, style="ARABIC", start=1)
    return canvas


def _draw_cover(canvas: Canvas, document: Document, look: Look) -> None:
    cover.draw(canvas, document, look=look)
    canvas.showPage()


def _draw_pages(canvas: Canvas, document: Document, look: Look, pages: Sequence[Sequence[Placed]]) -> None:
    sections = {section.key: section for section in document.sections}
    for number, page in enumerate(pages, start=2):
        leaf = LANDSCAPE if page[0].piece.turned else PORTRAIT
        canvas.setPageSize((leaf.width, leaf.height))
        furniture.header_and_footer(canvas, document, look=look, page=number, pages=len(pages) + 1, leaf=leaf)
        for placed in page:
            top = leaf.column_top - placed.offset
            if placed.piece.anchor:
                _mark_section(canvas, sections[placed.piece.anchor], top)
            placed.piece.draw(canvas, MARGIN, top)
        canvas.showPage()


def _mark_section(canvas: Canvas, section: Section, top: float) -> None:
    """Make the place of a section known to contents and outline."""
    key = f"section-{section.key}"
    canvas.bookmarkPage(key, fit="XYZ", left=0, top=top + 12)
    canvas.addOutlineEntry(printable(f"{section.number}  {section.name}".strip()), key)


def _draw_nothing(canvas: Canvas, x: float, top: float) -> None:
    """A section without head still has its place."""
