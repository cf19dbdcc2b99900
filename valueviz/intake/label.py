"""What the words of a row mean: its metric, its unit (canonical JSON of series and dimensions), its site and tags."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass

from valueviz.catalog import Mapping
from valueviz.catalog.pack import plain_header
from valueviz.engine.staging import Combination, Staging
from valueviz.errors import DataError
from valueviz.intake.moment import TOTALS
from valueviz.intake.plan import Plan, Vocabulary, unknown_metric
from valueviz.intake.reading import Source

_ENCODER = json.JSONEncoder(ensure_ascii=False)

INVISIBLE = frozenset({"Cf", "Cc"})
"""Unicode categories of marks nobody sees (zero width, direction, control): two names that look alike must be one."""


@dataclass(frozen=True, slots=True)
class Labeller:
    """Decides over the distinct combinations of words of one table; `notes` gains codes of what was cleaned."""

    plan: Plan
    mapping: Mapping
    words: Vocabulary
    source: Source
    notes: list[str]

    def combinations(self, stage: Staging) -> list[Combination]:
        """The meaning of every combination of words.

        Raises:
            DataError: unknown_metric, with the first line that names it.
        """
        places = self.plan.words
        allowed = {plain_header(name): frozenset(values) for name, values in self.mapping.allowed}
        labels = [_Label(name, place, allowed.get(plain_header(name))) for name, place in self.plan.labels]
        keys: dict[str, str | None] = {}
        found = []
        for cells in stage.combinations():
            raw = dict(zip(places, cells, strict=True))
            clean = {place: self._clean(cell) for place, cell in raw.items()}
            combination = _refused(cells, labels, raw, clean) or self._meaning(cells, labels, clean, keys)
            if combination is None:
                raise self._unknown(raw, stage)
            found.append(combination)
        return found

    def _meaning(
        self, cells: tuple[str, ...], labels: list[_Label], clean: dict[int, str], keys: dict[str, str | None]
    ) -> Combination | None:
        """What a combination means; None where it names a metric nobody defined."""
        metric = self.plan.key
        if self.plan.metric is not None:
            word = clean[self.plan.metric]
            if not word or word.casefold() in TOTALS:
                reason = "total_row" if word else "missing_value"
                written = cells[self.plan.words.index(self.plan.metric)]
                return Combination(cells, None, place=self.plan.metric, value=written, reason=reason)
            if word not in keys:
                keys[word] = self.words.key(word)
            metric = keys[word]
            if metric is None:
                return None
        site, instrument, version = (
            None if place is None else clean[place] or None
            for place in (self.plan.site, self.plan.instrument, self.plan.definition_version)
        )
        unit = _canonical({label.name: clean[label.place] for label in labels})
        return Combination(cells, metric, unit, site, instrument, version)

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
        reason = "total_row" if value.casefold() in TOTALS else None
        if label.allowed is not None and value not in label.allowed:
            reason = reason or "not_allowed"
        if reason:
            return Combination(cells, None, place=label.place, value=raw[label.place], reason=reason)
    return None


def _canonical(labels: dict[str, str]) -> str:
    """Canonical JSON: sorted keys, no spaces, characters as they are.

    >>> _canonical({"type": "1", "org_code": "RF4"})
    '{"org_code":"RF4","type":"1"}'
    """
    return "{" + ",".join(f"{_ENCODER.encode(name)}:{_ENCODER.encode(labels[name])}" for name in sorted(labels)) + "}"
