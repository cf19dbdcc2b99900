"""The whole identity of a question and of a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from valueviz.terms.naming import Locale
from valueviz.terms.time import Window

VERSION = "0.1.0"
"""Of the product; part of every question, so that an answer names who gave it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the data: everything a Study depends on, by digest, never by path.

    `attributes` pairs attributes of the cases of a process with the values that count, `variant` is the fingerprint of
    the one way through it that is looked at.
    """

    client: str | None
    industry: str | None
    snapshots: tuple[str, ...]
    knowledge: str
    catalog: str
    as_of: date | None
    window: Window | None = None
    sites: tuple[str, ...] = ()
    overrides: tuple[tuple[str, float], ...] = ()
    seed: int = 0
    version: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """How the answer is shown: template, language and brand, by name and digest."""

    template: str
    template_digest: str
    locale: Locale
    brand: str
    brand_digest: str


@dataclass(frozen=True, slots=True)
class Request:
    """The whole identity of a document: equal requests give equal bytes."""

    question: Question
    view: View = field()
