"""CPU of Document → PDF against WeasyPrint on the same content; run it: python -m tests.bench.pdf [PAGES].

Same text, same tables, same SVG charts, same faces. The third run in one process counts; SVGs are cached on both sides.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from io import BytesIO
from typing import assert_never

from pypdf import PdfReader
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from tests.render import specimen
from valueviz import language
from valueviz.render import charts, scenes
from valueviz.render.palette import Palette, palette
from valueviz.render.pdf import render
from valueviz.render.pdf.furniture import COLUMN
from valueviz.story.blocks import (
    Block,
    Bullets,
    Callout,
    Cards,
    ChartBlock,
    Curve,
    Document,
    Dumbbell,
    Ladder,
    ProcessMap,
    Prose,
    RunChart,
    SceneBlock,
    Section,
    Spectrum,
    Table,
    Text,
    Variants,
    Waterfall,
)

MOST = 1 / 3
"""The bar: our CPU as a share of WeasyPrint's."""

RUNS = 3


def long_document(pages: int) -> Document:
    """The specimen in Chinese, its sections repeated until it has about so many pages."""
    document = specimen.document("zh_CN")
    sections: list[Section] = []
    while len(sections) < pages - 1:
        number = len(sections)
        own = document.sections[number % len(document.sections)]
        sections.append(replace(own, key=f"{own.key}{number}", number=f"{number + 1:02d}"))
    return replace(document, sections=tuple(sections))


# The same content as HTML ────────────────────────────────────────────────────


def page(document: Document, colours: Palette) -> str:
    """The document as an HTML page with the same words, tables and charts."""
    files = language.fonts()
    faces = "".join(
        f"@font-face {{ font-family: VV; src: url('{path.as_uri()}'); font-weight: {weight}; }}"
        for path, weight in ((files.regular, 400), (files.bold, 700))
    )
    style = (
        faces + "@page { size: A4; margin: 20mm } body { font: 9.6pt/16.2pt VV; color: #1F2D3D; text-align: justify }"
        "h1 { font-size: 20pt; line-height: 27pt } h2 { font-size: 12pt } section { break-before: page }"
        "table { width: 100%; border-collapse: collapse; font-size: 8.6pt } td { border-bottom: 0.5pt solid #D9E0E8 }"
        ".cards { display: flex; gap: 10pt } .card { flex: 1; background: #F4F7FA; padding: 11pt }"
        ".caution { background: #FFF6E8; border-left: 3pt solid #B45309; padding: 11pt } small { font-size: 7.5pt }"
    )
    body = "".join(_section(section, colours) for section in document.sections)
    cover = f"<h1>{escape(document.cover.kind)}</h1><p>{_words(document.cover.answer)}</p>"
    return f"<html lang='zh-CN'><head><style>{style}</style></head><body>{cover}{body}</body></html>"


def _section(section: Section, colours: Palette) -> str:
    blocks = "".join(_block(block, colours) for block in section.blocks)
    head = (
        f"<b>{section.number} {escape(section.name)}</b><h1>{_words(section.title)}</h1><p>{_words(section.lead)}</p>"
    )
    return f"<section>{head}{blocks}</section>"


def _block(block: Block, colours: Palette) -> str:
    match block:
        case Prose(text=text, style=style):
            tag = {"heading": "h2", "source": "small"}.get(style, "p")
            return f"<{tag}>{_words(text)}</{tag}>"
        case Bullets(items=items):
            return "<ul>" + "".join(f"<li>{_words(item)}</li>" for item in items) + "</ul>"
        case Callout(title=title, text=text):
            return f"<div class='caution'><b>{_words(title)}</b><br>{_words(text)}</div>"
        case Cards(items=items):
            return "<div class='cards'>" + "".join(
                f"<div class='card'>{_words(card.label)}<h2>{_words(card.number)}</h2>{_words(card.detail)} "
                f"{_words(card.verdict_word)}</div>"
                for card in items
            ) + "</div>"  # fmt: skip
        case Table():
            rows = "".join(
                "<tr>" + "".join(f"<td>{_words(cell.text)}</td>" for cell in row.cells) + "</tr>" for row in block.rows
            )
            head = "".join(f"<th>{_words(column.title)}</th>" for column in block.columns)
            return f"<b>{_words(block.title)}</b><table><thead>{head}</thead>{rows}</table><small>{_words(block.source)}</small>"
        case RunChart() | Dumbbell() | Waterfall() | Curve() | ProcessMap() | Spectrum() | Variants() | Ladder():
            return (
                f"<b>{_words(block.title)}</b><div>{_drawn(block, colours)}</div><small>{_words(block.source)}</small>"
            )
        case _:
            assert_never(block)


def _drawn(block: ChartBlock | SceneBlock, colours: Palette) -> str:
    if isinstance(block, RunChart | Dumbbell | Waterfall | Curve):
        return charts.svg(block, palette=colours, width=COLUMN)
    return scenes.svg(block, palette=colours, width=COLUMN, medium="print")


def _words(text: Text) -> str:
    return "".join(f"<b>{escape(run.text)}</b>" if run.strong else escape(run.text) for run in text)


# Measuring ───────────────────────────────────────────────────────────────────


def timed(make: Callable[[], bytes]) -> Iterator[tuple[float, bytes]]:
    """CPU seconds and result of each run."""
    for _ in range(RUNS):
        start = time.process_time()
        made = make()
        yield time.process_time() - start, made


def main() -> int:
    """Print both times and their ratio; 1 where the bar is missed."""
    document = long_document(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    text = page(document, palette(document.brand))
    fonts = FontConfiguration()
    makers: dict[str, Callable[[], bytes]] = {
        "valueviz": lambda: render(document),
        "WeasyPrint": lambda: HTML(string=text).write_pdf(font_config=fonts),
    }
    last: dict[str, float] = {}
    for name, make in makers.items():
        times = list(timed(make))
        last[name], made = times[-1]
        count = len(PdfReader(BytesIO(made)).pages)
        spent = ", ".join(f"{seconds:.2f}" for seconds, _ in times)
        print(f"{name:10} {spent} CPU s; {count} pages, {len(made) // 1024} KB")
    ratio = last["valueviz"] / last["WeasyPrint"]
    print(f"ratio {ratio:.3f} (bar {MOST:.3f})")
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())
