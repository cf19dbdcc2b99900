"""A document: sections in order, between its cover and its last page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.catalog.brand import Brand
from valueviz.story.blocks.chart import ChartBlock
from valueviz.story.blocks.scene import SceneBlock
from valueviz.story.blocks.word import Bullets, Callout, Card, Cards, Prose, Table, Text
from valueviz.terms import Request

Block = Prose | Bullets | Callout | Cards | Table | ChartBlock | SceneBlock


@dataclass(frozen=True, slots=True)
class Section:
    """One message: number and short name (kicker, contents, outline), action title, lead, evidence.

    `question` is the title on screen where it differs. `breaks` is how the section starts on paper:
    a new page unless the last one is too empty, wherever it fits the rest of the page, or a new page always. A
    `landscape` section has pages of its own, turned; on screen it is like any other.
    """

    key: str
    number: str
    name: str
    title: Text
    lead: Text
    blocks: tuple[Block, ...]
    question: str = ""
    breaks: Literal["page", "flow", "new"] = "page"
    orientation: Literal["portrait", "landscape"] = "portrait"


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: what it is, for whom, period, status, and the answer in one sentence with its range."""

    kind: str
    client: Text
    subtitle: Text
    status: str
    answer: Text
    cards: tuple[Card, ...]
    meta: tuple[tuple[str, str], ...]
    code: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """Words on every page: header, footer, `page` with {page} and {pages}, contents and continuation titles."""

    header_left: str
    header_right: str
    footer: str
    page: str
    contents: str
    continued: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is shown, in order, in one language: the same for page and PDF."""

    request: Request
    id: str
    digest: str
    title: str
    question: str
    subject: str
    author: str
    keywords: str
    language_tag: str
    brand: Brand
    cover: Cover
    furniture: Furniture
    sections: tuple[Section, ...]
    synthetic: bool = False
