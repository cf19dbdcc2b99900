"""A mapping proposed for a table nobody described: names and contents must agree, and doubt is asked about.

A part is given to a column only when its name says so and its cells read so (or it is the only one that can be
meant). Two columns for one part are a question, never a choice. Columns that play no part are left out. What a
person told wins over what was remembered, and that over what names say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from valueviz.catalog import Mapping
from valueviz.catalog.mapping import UNANSWERED
from valueviz.intake.column import Seen, seen_columns
from valueviz.intake.plan import Vocabulary
from valueviz.intake.question import Candidate, Open, Told
from valueviz.intake.reading import TextTable
from valueviz.intake.scenario import counted, scenarios

SAMPLED_ROWS = 5000
"""Rows from which the content of a column is judged; what lies below is judged when it is imported."""

SINGLE = ("date", "year", "end", "metric", "value", "volume", "instrument", "definition_version")
"""Parts that one column plays."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A column, the part proposed for it (None: left out), the share of its filled cells that read so, and why.

    `why` is told, remembered, name, synonym, only_one, period, cells or none. `candidates` are metrics its header
    is like, where it names none.
    """

    column: str
    part: str | None
    fit: float
    why: str = "none"
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to be confirmed, what it rests on column by column, and what is open.

    While a question is open the mapping holds "?" where the answer belongs.
    """

    mapping: Mapping
    columns: tuple[Guess, ...]
    questions: tuple[Open, ...] = ()


def understood(
    table: TextTable,
    words: Vocabulary,
    *,
    file: str,
    told: Told | None = None,
    remembered: Mapping | None = None,
    personal: Iterable[str] = (),
    titles: Sequence[str] = (),
    below: Sequence[str] = (),
    seen: tuple[Seen, ...] | None = None,
) -> Proposal:
    """The mapping proposed for a table, with what is open.

    Args:
        table: its first rows, as text.
        words: the metrics it may speak of.
        file: its name.
        told: what a person has answered.
        remembered: a mapping of a like header, whose parts are taken over.
        personal: columns with personal data, which tell no rows apart.
        titles: what stands above the table.
        below: the notes under its rows.
        seen: its columns, where they have been looked at.
    """
    from valueviz.intake.given import Given
    from valueviz.intake.proposer import Proposer

    answers = told or Told()
    fixed = {name: (part, "remembered") for name, part in _parts_of(remembered, table.header)}
    fixed |= {name: (part, "told") for name, part in answers.parts if name in table.header}
    looked_at = seen if seen is not None else seen_columns(table, titles=titles)
    # A column called "?" could not be told from an open choice in the mapping.
    out = {UNANSWERED, *(name for name, (part, _) in fixed.items() if part == "ignore")}
    split = tuple(scenarios(table, told=answers, remembered=remembered))
    out |= {each.column for each in split if not each.groups}
    allowed = tuple((each.column, each.kept or (UNANSWERED,)) for each in split)
    columns = tuple(each for each in looked_at if each.name not in out)
    names = (*answers.names, *(remembered.names if remembered else ()))
    known = Vocabulary(words.metrics.values(), names=names) if names else words
    given = Given(
        counted(table, Mapping(allowed=allowed)),
        known,
        file,
        looked_at,
        columns,
        fixed,
        answers,
        remembered,
        frozenset(personal),
        tuple(titles),
        allowed,
        tuple(below),
    )
    asked = [
        Open("which_scenario", "scenario", each.column, tuple(map(Candidate, each.words)))
        for each in split
        if not each.kept
    ]
    return Proposer(given, questions=asked).proposal()


def _parts_of(mapping: Mapping | None, header: Iterable[str]) -> list[tuple[str, str]]:
    """The parts a mapping gives to the columns of a header, as a person would tell them."""
    if mapping is None:
        return []
    here = frozenset(header)
    found = [(column, part) for part in SINGLE if (column := getattr(mapping, part)) in here]
    if mapping.layout == "long" and mapping.value in here and mapping.metric not in (here - {mapping.value}):
        found = [pair for pair in found if pair[1] not in ("value", "metric")]
        found.append((str(mapping.value), str(mapping.metric)))
    found += [(column, "dimension") for column in (*mapping.dimensions, *mapping.series)]
    found += list(mapping.wide_metrics) + [(column, "period") for column in mapping.periods]
    return [(column, part) for column, part in found if column in here]


def part_of(name: str, mapping: Mapping) -> str | None:
    """The part a mapping gives to a column: one of its own words, a metric's key, or None."""
    for part in SINGLE:
        if getattr(mapping, part) == name and not (part == "metric" and name == mapping.value):
            return part
    wide = dict(mapping.wide_metrics)
    if name in wide:
        return wide[name]
    if name in mapping.periods:
        return "value"
    return "dimension" if name in (*mapping.dimensions, *mapping.series) else None
