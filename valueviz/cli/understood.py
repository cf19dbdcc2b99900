"""What a file was understood as, told on stderr before anything of it is taken."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from valueviz.language import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valueviz.cli.named import Named
    from valueviz.intake.look import Column, Understanding
    from valueviz.terms.finding import PersonalColumn


def show(looked: Understanding, named: Named) -> None:
    """Say what each column was taken for and why, on stderr."""
    print("\n".join(lines(looked, named)), file=sys.stderr)


def lines(looked: Understanding, named: Named) -> Iterator[str]:
    """The file, then its columns, one a line; of columns that are periods only the first."""
    language = named.language
    words = language.words
    key = "remembered" if looked.remembered else "proposed"
    told = {"earlier": looked.remembered} if looked.remembered else {}
    yield words(f"cli.import.{key}", file=looked.file, **told)
    if looked.like:
        yield words("cli.import.like", earlier=looked.like)
    periods = looked.draft.periods
    for column in looked.columns:
        if column.name not in periods[1:]:
            yield _column(column, periods, named)
    for each in looked.personal:
        yield personal_line(each, language)


def _column(column: Column, periods: tuple[str, ...], named: Named) -> str:
    language = named.language
    words = language.words
    if column.part is None:
        near = " / ".join(named.name(each.value) for each in column.candidates)
        if near:
            return words("cli.import.column_unused_like", column=column.name, near=near)
        return words("cli.import.column_unused", column=column.name)
    name = f"{periods[0]} … {periods[-1]}" if column.name in periods else column.name
    fit = language.percent(column.fit, 0)
    part = words(f"cli.import.part.{column.part}")
    if column.metric is None:
        return words("cli.import.column", column=name, part=part, fit=fit)
    return words("cli.import.column_metric", column=name, part=part, metric=named.name(column.metric), fit=fit)


def personal_line(personal: PersonalColumn, language: Language) -> str:
    """The words for a column with personal data."""
    words = language.words
    kept = "cli.import.personal_pseudonym" if personal.part == "resource" else "cli.import.personal"
    return words(
        "cli.import.personal_left_out" if personal.left_out else kept,
        column=personal.column,
        kind=words(f"cli.import.personal_kind.{personal.kind}"),
        count=language.grouped(personal.count),
        share=language.percent(personal.share, 0 if personal.share >= 0.01 else 2),
    )
