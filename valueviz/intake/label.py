"""What the words of a row mean: its metric, its unit (canonical JSON of series and dimensions), its site and tags."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass

from valueviz.catalog import Mapping
from valueviz.catalog.pack import plain_header
from valueviz.engine.staging import Combination, Staging
from valueviz.intake.moment import TOTALS
from valueviz.intake.plan import Plan, Vocabulary, unknown_metric
from valueviz.intake.reading import Source

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
        allowed = {plain_header(name): frozenset(values) for name, values in self.mapping.allowed}
        return [self._combination(cells, stage, allowed) for cells in stage.combinations()]

    def _combination(self, cells: tuple[str, ...], stage: Staging, allowed: dict[str, frozenset[str]]) -> Combination:
        raw = dict(zip(self.plan.words, cells, strict=True))
        text = {place: self._clean(cell) for place, cell in raw.items()}
        for name, place in self.plan.labels:
            if text[place].casefold() in TOTALS:
                return Combination(cells, None, place=place, value=raw[place], reason="total_row")
            if text[place] not in allowed.get(plain_header(name), frozenset({text[place]})):
                return Combination(cells, None, place=place, value=raw[place], reason="not_allowed")
        metric = self.plan.key
        if self.plan.metric is not None:
            word = text[self.plan.metric]
            if not word or word.casefold() in TOTALS:
                reason = "total_row" if word else "missing_value"
                return Combination(cells, None, place=self.plan.metric, value=word, reason=reason)
            metric = self.words.key(word)
            if metric is None:
                raise self._unknown(raw[self.plan.metric], stage)
        return Combination(
            cells,
            metric,
            unit=_canonical({name: text[place] for name, place in self.plan.labels}),
            site=None if self.plan.site is None else text[self.plan.site] or None,
            instrument=None if self.plan.instrument is None else text[self.plan.instrument] or None,
            definition_version=None
            if self.plan.definition_version is None
            else text[self.plan.definition_version] or None,
        )

    def _clean(self, cell: str) -> str:
        """A name as it is kept: composed, without marks nobody sees, single spaces, no space around."""
        composed = unicodedata.normalize("NFC", cell)
        seen = "".join(
            letter for letter in composed if letter.isspace() or unicodedata.category(letter) not in INVISIBLE
        )
        if len(seen) < len(composed):
            self.notes.append("invisible_characters")
        return " ".join(seen.split())

    def _unknown(self, raw: str, stage: Staging) -> Exception:
        place = self.plan.metric or 0
        row = stage.first_row("word", place, raw)
        return unknown_metric(
            raw, self.words, file=self.source.file, sheet=self.source.sheet, row=row, column=self.plan.header[place]
        )


def _canonical(labels: dict[str, str]) -> str:
    """Canonical JSON: sorted keys, no spaces, characters as they are.

    >>> _canonical({"type": "1", "org_code": "RF4"})
    '{"org_code":"RF4","type":"1"}'
    """
    return json.dumps(labels, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
