"""A document cut into what the page places one after another: markup and chart specs, section by section.

A chart comes twice, laid out for a wide and for a narrow column; the page shows the one that fits, so
that nothing is scaled until it cannot be read. A section that fails is a card, the rest goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from valueviz.errors import ValuevizError
from valueviz.language import Language, language
from valueviz.render import charts, scenes
from valueviz.render.palette import Palette, Theme, palette
from valueviz.story import Document
from valueviz.story.blocks import (
    Bullets,
    Callout,
    Cards,
    ChartBlock,
    Curve,
    Dumbbell,
    Ladder,
    ProcessMap,
    Prose,
    RunChart,
    SceneBlock,
    Section,
    Spectrum,
    Table,
    Variants,
    Waterfall,
)
from valueviz.story.compose import block_texts
from valueviz.terms import Fact
from valueviz.ui import markup
from valueviz.ui.origin import origins

WIDE = 984.0
"""Pixels a chart is laid out for beside the controls: the widest column of page.css, which scales it down a little in a narrower one."""

NARROW = 350.0
"""Pixels a chart is laid out for on a phone of 390 pixels, less the margins of the page."""


@dataclass(frozen=True, slots=True)
class Words:
    """Markup, complete and escaped."""

    markup: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, laid out twice; its spec says to a screen reader what it shows."""

    key: str
    wide: dict[str, object]
    narrow: dict[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene as markup, in both layouts, of which page.css shows one."""

    markup: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One section of a document, ready to be placed."""

    key: str
    pieces: tuple[Words | Picture | Scene, ...]


def panels(document: Document, *, theme: Theme) -> tuple[Panel, ...]:
    """The head of a document and each of its sections as panels."""
    speaking = language(document.request.view.locale)
    colours = palette(document.brand, theme)
    sections = [_panel(section, document, colours, speaking) for section in document.sections]
    return (_head(document, speaking), *sections)


def problem(error: ValuevizError, speaking: Language, *, title: str = "ui.error.title") -> str:
    """A refusal as a card: what happened, and what to do where the sentence says it."""
    return (
        f'<aside class="vv-callout vv-caution vv-error" role="alert"><h4>{markup.escaped(speaking.words(title))}</h4>'
        f"<p>{markup.escaped(speaking.error(error))}</p></aside>"
    )


# Inside ──────────────────────────────────────────────────────────────────────


def _head(document: Document, speaking: Language) -> Panel:
    """Question, whom it is about, the answer, what identifies the report, and the way to each section."""
    cover = document.cover
    chip = ""
    if document.request.question.client is not None:
        chip = f'<span class="vv-chip{" vv-synthetic" * document.synthetic}">{markup.escaped(cover.status)}</span>'
    about = f"{markup.words(cover.client)}<small>{markup.words(cover.subtitle)}</small>"
    meta = "".join(
        f"<div><dt>{markup.escaped(name)}</dt><dd>{markup.escaped(text)}</dd></div>" for name, text in cover.meta
    )
    shown = f'<dl class="vv-meta">{meta}</dl>' if meta else ""
    ways = "".join(
        f'<a href="#{markup.anchor(section)}" target="_self"><span>{markup.escaped(section.number)}</span>'
        f"{markup.escaped(section.name)}</a>"
        for section in document.sections
    )
    body = (
        f'<header class="vv-top"><p class="vv-kicker">{markup.escaped(document.title)}{chip}</p>'
        f"<h1>{markup.escaped(document.question)}</h1>"
        f'<p class="vv-about">{about}</p><p class="vv-answer">{markup.words(cover.answer)}</p></header>'
        f"{markup.cards(cover.cards, speaking) if cover.cards and not _opens_with_cards(document) else ''}{shown}"
        f'<nav class="vv-ways" aria-label="{markup.escaped(speaking.words("ui.ways"))}">{ways}</nav>'
    )
    return Panel("head", (Words(markup.page(body, tag=document.language_tag)),))


def _opens_with_cards(document: Document) -> bool:
    """Whether the first section shows cards: on screen it follows at once and those of the cover would say it twice."""
    return any(isinstance(item, Cards) for item in document.sections[0].blocks) if document.sections else False


def _panel(section: Section, document: Document, colours: Palette, speaking: Language) -> Panel:
    try:
        pieces = _pieces(section, document, colours, speaking)
    except ValuevizError as error:
        body = markup.heading(section) + problem(error, speaking, title="ui.error.section")
        pieces = (Words(markup.page(body, tag=document.language_tag)),)
    return Panel(section.key, pieces)


def _pieces(
    section: Section, document: Document, colours: Palette, speaking: Language
) -> tuple[Words | Picture | Scene, ...]:
    """The blocks of a section, neighbouring words put together."""
    found: list[Words | Picture | Scene] = []
    open_markup = markup.heading(section)

    def close() -> None:
        nonlocal open_markup
        if open_markup:
            found.append(Words(markup.page(open_markup, tag=document.language_tag)))
        open_markup = ""

    for item in section.blocks:
        match item:
            case RunChart() | Dumbbell() | Waterfall() | Curve():
                open_markup += markup.caption(item.title)
                close()
                found.append(_picture(item, colours))
                open_markup += markup.source(item.source)
            case ProcessMap() | Spectrum() | Variants() | Ladder():
                open_markup += markup.caption(item.title)
                close()
                found.append(_scene(item, colours))
                open_markup += markup.source(item.source)
            case Prose() | Bullets() | Callout() | Cards() | Table():
                open_markup += markup.block(item, speaking)
            case _:
                assert_never(item)
    open_markup += origins(_facts(section), speaking)
    close()
    return tuple(found)


def _picture(item: ChartBlock, colours: Palette) -> Picture:
    wide, narrow = (charts.spec(item, palette=colours, width=width, scale="screen") for width in (WIDE, NARROW))
    return Picture(item.key, wide, narrow)


def _scene(item: SceneBlock, colours: Palette) -> Scene:
    """A scene laid out twice; what is too wide for a phone is scrolled, not shrunk."""
    wide, narrow = (scenes.svg(item, palette=colours, width=width, medium="screen") for width in (WIDE, NARROW))
    name = markup.escaped(item.alt.replace("\n", " "))
    return Scene(
        f'<div class="vv"><div class="vv-figure vv-figure-wide">{wide}</div>'
        f'<div class="vv-figure vv-figure-narrow" role="group" tabindex="0" aria-label="{name}">{narrow}</div></div>'
    )


def _facts(section: Section) -> list[tuple[Fact, str]]:
    texts = [section.title, section.lead, *(text for item in section.blocks for text in block_texts(item))]
    return [(run.fact, run.text) for text in texts for run in text if run.fact is not None]
