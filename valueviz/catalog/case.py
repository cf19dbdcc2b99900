"""Case cards: closed engagements told elsewhere, each with its source and its n."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from valueviz.catalog.definition import Table, parse
from valueviz.catalog.shipped import CATALOG, keys_in, read_shipped
from valueviz.terms import BenefitClass, Cited, Names

Outcome = Literal["lost", "reached"]

_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_CLASSES: tuple[BenefitClass, ...] = get_args(BenefitClass)
_BOUNDS: tuple[Literal["above", "about"], ...] = ("above", "about")
_FIGURE_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PLACE = re.compile(r"\{([^{}]*)\}")
_KEYS = ("title", "setting", "summary", "cause", "lesson", "source", "position", "n", "outcome", "class", "figure")


@dataclass(frozen=True, slots=True)
class CaseFigure:
    """A figure as the source tells it: `bound` "above" means more than `value`."""

    key: str
    name: Names
    value: float
    unit: str
    bound: Literal["above", "about"]


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One firm's story: what it was, what happened, why, what it teaches, who tells it.

    `summary` holds each figure once, as `{key}`, so that no number stands in a text without its source.
    """

    key: str
    title: Names
    setting: Names
    summary: Names
    cause: Names
    lesson: Names
    source: Names
    position: int
    n: int
    outcome: Outcome
    benefit_class: BenefitClass
    figures: tuple[CaseFigure, ...]

    @property
    def lineage(self) -> Cited:
        """Where its figures come from: told, not measured."""
        return Cited(case=self.key, source=f"{self.source['en']}, n = {self.n}")


@cache
def cases() -> tuple[CaseCard, ...]:
    """All case cards, in the order in which they are told."""
    folder = CATALOG / "cases"
    cards = (read_case(read_shipped(folder / f"{key}.toml"), key=key, file=f"{key}.toml") for key in keys_in(folder))
    return tuple(sorted(cards, key=lambda card: (card.position, card.key)))


def read_case(text: str, *, key: str, file: str) -> CaseCard:
    """The case a file describes.

    Args:
        text: the content of the file, TOML.
        key: key of the case.
        file: its name, for errors.

    Raises:
        DefinitionError: a key is unknown, missing or wrong.
    """
    table = Table(parse(text, file=file), file=file, keys=_KEYS)
    figures = _figures(table)
    return CaseCard(
        key=key,
        title=table.names("title"),
        setting=table.names("setting"),
        summary=table.names("summary"),
        cause=table.names("cause"),
        lesson=table.names("lesson"),
        source=table.names("source"),
        position=table.whole("position", minimum=1, maximum=1000),
        n=table.whole("n", minimum=1, maximum=100_000),
        outcome=table.choice("outcome", _OUTCOMES),
        benefit_class=table.choice("class", _CLASSES),
        figures=figures,
    )


def _figures(table: Table) -> tuple[CaseFigure, ...]:
    """The figures of a case, each of which the summary of every language must hold exactly once."""
    figures = tuple(
        CaseFigure(
            key=entry.word("key", _FIGURE_KEY, needed="loss_in_half_a_year"),
            name=entry.names("name"),
            value=entry.number("value"),
            unit=entry.text("unit", longest=40),
            bound=entry.choice("bound", _BOUNDS),
        )
        for entry in table.tables("figure", keys=("key", "name", "value", "unit", "bound"))
    )
    keys = sorted(figure.key for figure in figures)
    for locale, text in table.names("summary").texts:
        placed = sorted(_PLACE.findall(text))
        if placed != keys:
            raise table.refuse(
                "figures_not_placed", f"summary.{locale}", found=", ".join(placed) or "–", needed=", ".join(keys) or "–"
            )
    return figures
