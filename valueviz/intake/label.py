"""What the words of a row mean: its metric, its unit (canonical JSON of series and dimensions), its site and tags."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field, replace

from valueviz.catalog import Mapping, instrument_of
from valueviz.catalog.pack import plain_header
from valueviz.engine.judgement import Combination
from valueviz.engine.staging import Staging
from valueviz.errors import DataError
from valueviz.intake.measure import Measures, is_unit_column
from valueviz.intake.plan import Plan, Vocabulary, unknown_metric
from valueviz.intake.reading import Source
from valueviz.intake.scenario import is_scenario
from valueviz.intake.total import is_total
from valueviz.terms.finding import Conversion

_ENCODER = json.JSONEncoder(ensure_ascii=False)

MOST_COMBINATIONS = 250_000
"""More units than any client measures: a column of document numbers was taken for a dimension."""

INVISIBLE = frozenset({"Cf", "Cc"})
"""Unicode categories of marks nobody sees (zero width, direction, control): two names that look alike must be one."""


@dataclass(frozen=True, slots=True)
class Labeller:
    """Decides over the distinct combinations of words of one table; `notes` gains codes of what was cleaned."""

    plan: Plan
    mapping: Mapping
    words: Vocabulary
    source: Source
    measures: Measures
    notes: list[str]
    conversions: list[Conversion] = field(default_factory=list)

    def combinations(self, stage: Staging) -> list[Combination]:
        """The meaning of every combination of words.

        Raises:
            DataError: unknown_metric, with the first line that names it; too_many_units.
        """
        crowded = stage.crowded(MOST_COMBINATIONS)
        if crowded is not None:
            raise self._crowded(crowded)
        places = self.plan.words
        allowed = {plain_header(name): frozenset(values) for name, values in self.mapping.allowed}
        labels = [_Label(name, place, allowed.get(plain_header(name))) for name, place in self.plan.labels]
        filters = [_Label(name, place, allowed.get(plain_header(name))) for name, place in self.plan.filters]
        keys: dict[str, str | None] = {}
        found = []
        distinct = stage.combinations()
        unit = self._unit_place(distinct)
        for cells in distinct:
            raw = dict(zip(places, cells, strict=True))
            clean = {place: self._clean(cell) for place, cell in raw.items()}
            combination = _refused(cells, [*labels, *filters], raw, clean) or self._meaning(cells, labels, clean, keys)
            if combination is None:
                raise self._unknown(raw, stage)
            found.append(self._measured(combination, own="" if unit is None else clean[unit], place=unit))
        return found

    def _unit_place(self, distinct: list[tuple[str, ...]]) -> int | None:
        """The place of the column of units, None where there is none or it holds something else."""
        if self.plan.unit is None:
            return None
        at = self.plan.words.index(self.plan.unit)
        return self.plan.unit if is_unit_column({cells[at] for cells in distinct}) else None

    def _measured(self, combination: Combination, *, own: str, place: int | None) -> Combination:
        """A combination with the rate of its bare numbers; one whose unit is not of its metric's kind is a fault."""
        cell = self.plan.cells[0] if self.plan.cells else None
        if combination.metric is None or cell is None or cell.place is None or cell.metric is not None:
            return combination
        rate = self.measures.rate(cell.place, combination.metric, own=own)
        times, per = rate.pair
        if rate.factor is None and place is not None and own:
            return replace(combination, metric=None, place=place, value=own, reason="unit_differs")
        record = self.measures.converted(cell.place, combination.metric, rate)
        if record is not None and record not in self.conversions:
            self.conversions.append(record)
        return replace(combination, times=times, per=per)

    def _meaning(
        self, cells: tuple[str, ...], labels: list[_Label], clean: dict[int, str], keys: dict[str, str | None]
    ) -> Combination | None:
        """What a combination means; None where it names a metric nobody defined."""
        metric = self.plan.key
        if self.plan.metric is not None:
            word = clean[self.plan.metric]
            if not word or (is_total(word) and self.words.key(word) is None):
                reason = "total_row" if word else "missing_value"
                written = cells[self.plan.words.index(self.plan.metric)]
                return Combination(cells, None, place=self.plan.metric, value=written, reason=reason)
            if self.words.leaves_out(word):
                return Combination(cells, None, place=self.plan.metric, value=word, reason="metric_left_out")
            if word not in keys:
                keys[word] = self.words.key(word)
            metric = keys[word]
            if metric is None:
                return None
        site, instrument, version = (
            None if place is None else clean[place] or None
            for place in (self.plan.site, self.plan.instrument, self.plan.definition_version)
        )
        # a row without a site is the client as a whole, as it is in a file that knows no sites
        told = [label for label in labels if clean[label.place] or label.place != self.plan.site]
        unit = _canonical({label.name: clean[label.place] for label in told})
        return Combination(cells, metric, unit, site, instrument and instrument_of(instrument), version)

    def _clean(self, cell: str) -> str:
        """A name as it is kept: composed, without marks nobody sees, single spaces, no space around."""
        if cell.isascii() and cell.isprintable():
            return " ".join(cell.split())
        composed = unicodedata.normalize("NFC", cell)
        seen = "".join(
            letter for letter in composed if letter.isspace() or unicodedata.category(letter) not in INVISIBLE
        )
        if len(seen) < len(composed):
            self.notes.append("invisible_characters")
        return " ".join(seen.split())

    def _crowded(self, place: int) -> DataError:
        return DataError(
            "too_many_units",
            file=self.source.file,
            sheet=self.source.sheet,
            row=self.source.header.row,
            column=self.plan.header[place],
            needed=MOST_COMBINATIONS,
        )

    def _unknown(self, raw: dict[int, str], stage: Staging) -> DataError:
        place = self.plan.metric or 0
        row = stage.first_row("word", place, raw[place])
        column = self.plan.header[place]
        return unknown_metric(
            raw[place], self.words, file=self.source.file, sheet=self.source.sheet, row=row, column=column
        )


@dataclass(frozen=True, slots=True)
class _Label:
    """A dimension or series: its name, its place, its allowed values (None: all)."""

    name: str
    place: int
    allowed: frozenset[str] | None


def _refused(
    cells: tuple[str, ...], labels: list[_Label], raw: dict[int, str], clean: dict[int, str]
) -> Combination | None:
    """The fault of a combination: the label of a total, or a value that is not allowed."""
    for label in labels:
        value = clean[label.place]
        listed = label.allowed is not None and value in label.allowed
        reason = "total_row" if is_total(value) and not listed else None
        if label.allowed is not None and not listed:
            scenario = is_scenario(value) and any(map(is_scenario, label.allowed))
            reason = "other_scenario" if scenario else reason or "not_allowed"
        if reason:
            return Combination(cells, None, place=label.place, value=raw[label.place], reason=reason)
    return None


def _canonical(labels: dict[str, str]) -> str:
    """Canonical JSON: sorted keys, no spaces, characters as they are.

    >>> _canonical({"type": "1", "org_code": "RF4"})
    '{"org_code":"RF4","type":"1"}'
    """
    return "{" + ",".join(f"{_ENCODER.encode(name)}:{_ENCODER.encode(labels[name])}" for name in sorted(labels)) + "}"
