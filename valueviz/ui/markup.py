"""Blocks of a document as HTML: words, cards, tables, callouts; charts are the business of `pieces`.

Every piece of text, ours or a user's, goes through `escaped` before it becomes markup, and nothing else
writes text into a tag. Colours, sizes and forms live in page.css; a mark tells its meaning by form first.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import assert_never

from valueviz.language import Language
from valueviz.story.blocks import (
    Bullets,
    Callout,
    Card,
    Cards,
    Cell,
    CellBar,
    Column,
    Prose,
    Row,
    Run,
    Section,
    Table,
    Text,
)
from valueviz.story.voice import plain
from valueviz.terms import Grade, Verdict
from valueviz.ui.spark import spark

NOTHING = "–"
"""What the story writes where a cell has nothing to say."""

WordBlock = Prose | Bullets | Callout | Cards | Table
"""The blocks that are markup alone."""


def escaped(text: str) -> str:
    """Text as it stands between tags or inside a quoted attribute: the only way text enters markup."""
    return escape(text.replace("\x00", "\ufffd"), quote=True)


def page(markup: str, *, tag: str) -> str:
    """A piece of markup of a page in the language of a BCP 47 tag."""
    return f'<div class="vv" lang="{escaped(tag)}">{markup}</div>'


def words(text: Text) -> str:
    """A text as markup: facts stay on one line and carry their key, strong runs are bold."""
    return "".join(_run(run) for run in text)


def _run(run: Run) -> str:
    body = escaped(run.text)
    if run.fact is not None:
        body = f'<span class="vv-fact" data-key="{escaped(run.fact.key)}">{body}</span>'
    return f"<strong>{body}</strong>" if run.strong else body


# Sections ────────────────────────────────────────────────────────────────────


def heading(section: Section) -> str:
    """The head of a section: number, name or question, action title, lead."""
    name = section.question or section.name
    return (
        f'<header class="vv-head" id="{anchor(section)}">'
        f'<p class="vv-kicker"><span>{escaped(section.number)}</span>{escaped(name)}</p>'
        f"<h2>{words(section.title)}</h2>"
        f'<p class="vv-lead">{words(section.lead)}</p></header>'
    )


def anchor(section: Section) -> str:
    """Where a link inside the page finds a section."""
    return "vv-" + escaped(section.key.replace(".", "-"))


def block(item: WordBlock, language: Language) -> str:
    """A block of words as markup."""
    match item:
        case Prose():
            return _prose(item)
        case Bullets():
            return _bullets(item)
        case Callout():
            return _callout(item)
        case Cards():
            return _cards(item, language)
        case Table():
            return _table(item, language)
        case _:
            assert_never(item)


def _prose(item: Prose) -> str:
    tag = "h3" if item.style == "heading" else "p"
    return f'<{tag} class="vv-{item.style}">{words(item.text)}</{tag}>'


def _bullets(item: Bullets) -> str:
    tag = "ol" if item.marker == "number" else "ul"
    items = "".join(f"<li>{words(text)}</li>" for text in item.items)
    return f'<{tag} class="vv-list vv-with-{item.marker}">{items}</{tag}>'


def _callout(item: Callout) -> str:
    return f'<aside class="vv-callout vv-{item.tone}"><h4>{words(item.title)}</h4><p>{words(item.text)}</p></aside>'


def caption(title: Text) -> str:
    """The title of a figure."""
    return f'<p class="vv-title">{words(title)}</p>'


def source(text: Text) -> str:
    """The line under a figure; nothing where there is none."""
    return f'<p class="vv-source">{words(text)}</p>' if text else ""


# Cards ───────────────────────────────────────────────────────────────────────


def _cards(item: Cards, language: Language) -> str:
    return cards(item.items, language)


def cards(items: Iterable[Card], language: Language) -> str:
    """Cards side by side, all of one height."""
    return f'<div class="vv-cards">{"".join(_card(each, language) for each in items)}</div>'


def _card(item: Card, language: Language) -> str:
    badge = grade(item.grade, language) if item.grade else ""
    direction = direction_of(item.number)
    word = words(item.verdict_word)
    verdict = f'<p class="vv-verdict vv-say-{item.verdict}">{mark(item.verdict, direction)}{word}</p>' if word else ""
    if item.verdict and not word:
        badge = f'<span class="vv-badges">{mark(item.verdict, direction)}{badge}</span>'
    detail = f'<p class="vv-detail">{words(item.detail)}</p>' if item.detail else ""
    line = spark(item.spark, split=item.spark_split) if item.spark else ""
    return (
        f'<article class="vv-card"><p class="vv-label"><span>{words(item.label)}</span>{badge}</p>'
        f'<p class="vv-number">{words(item.number)}</p>{detail}{verdict}{line}</article>'
    )


def grade(value: Grade, language: Language) -> str:
    """A grade badge; what the grade means shows on hovering."""
    meaning = language.words(f"grade.{value}")
    return f'<abbr class="vv-grade vv-grade-{value}" title="{escaped(meaning)}">{value}</abbr>'


def mark(verdict: Verdict | None, direction: str = "none") -> str:
    """The form of a verdict; the word beside it says the same to a screen reader."""
    return f'<i class="vv-mark vv-is-{verdict} vv-{direction}" aria-hidden="true"></i>' if verdict else ""


def direction_of(text: Text) -> str:
    """Which way the first signed number of a text points: "up", "down", or "none" where none carries a sign."""
    for run in text:
        if run.fact is not None and run.text[:1] in {"+", "\u2212"}:
            return "up" if run.text[0] == "+" else "down"
    return "none"


# Tables ──────────────────────────────────────────────────────────────────────


def _table(item: Table, language: Language) -> str:
    heads = "".join(f'<th scope="col" class="vv-{column.align}">{words(column.title)}</th>' for column in item.columns)
    rows = "".join(_row(row, item, language) for row in item.rows)
    total = sum(column.width for column in item.columns)
    widths = "".join(f'<col style="width:{column.width / total:.2%}">' for column in item.columns)
    return (
        f'<div class="vv-sheet"><table class="vv-table" data-table="{escaped(item.key)}">'
        f'<caption class="vv-title">{words(item.title)}</caption>'
        f"<colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"{source(item.source)}"
    )


def _row(row: Row, table: Table, language: Language) -> str:
    if row.kind == "group":
        text = words(row.cells[0].text) if row.cells else ""
        return f'<tr class="vv-group"><th scope="rowgroup" colspan="{len(table.columns)}">{text}</th></tr>'
    cells = []
    for number, (cell, column) in enumerate(zip(row.cells, table.columns, strict=False)):
        tag = 'th scope="row"' if number == 0 else "td"
        content = _cell(cell, language)
        cells.append(
            f'<{tag} class="{_classes(cell, column)}" data-label="{escaped(plain(column.title))}">'
            f'<span class="vv-cell">{content}</span></{tag.split(maxsplit=1)[0]}>'
        )
    return f'<tr class="vv-{row.kind}">{"".join(cells)}</tr>'


def _classes(cell: Cell, column: Column) -> str:
    """How a cell is set: its alignment; on a phone `short` ones stand side by side, `empty` ones are left out."""
    short = column.align != "left" or cell.bar is not None or cell.verdict is not None
    empty = plain(cell.text) in {"", NOTHING} and cell.bar is None and cell.grade is None
    return f"vv-{column.align}" + " vv-short" * short + " vv-empty" * empty


def _cell(cell: Cell, language: Language) -> str:
    parts = [
        bar(cell.bar) if cell.bar else "",
        grade(cell.grade, language) if cell.grade else "",
        mark(cell.verdict),
        words(cell.text),
    ]
    content = "".join(part for part in parts if part)
    return f'<span class="vv-say-{cell.verdict}">{content}</span>' if cell.verdict and content else content


def bar(item: CellBar) -> str:
    """An interval inside a cell: line of no change, bar by verdict, tick at the point."""
    low, high = max(0.0, item.low), min(1.0, item.high)
    zero = f'<i class="vv-zero" style="left:{item.zero:.2%}"></i>' if item.zero is not None else ""
    return (
        f'<span class="vv-bar vv-is-{item.verdict}" aria-hidden="true">{zero}'
        f'<i class="vv-span" style="left:{low:.2%};width:{max(high - low, 0.012):.2%}"></i>'
        f'<i class="vv-tick" style="left:{item.point:.2%}"></i></span>'
    )
