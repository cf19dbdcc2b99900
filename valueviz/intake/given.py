"""What a proposal starts from: the table, the metrics it may speak of, and what a person or an earlier file said."""

from __future__ import annotations

from dataclasses import dataclass

from valueviz.catalog import Mapping
from valueviz.intake.column import Seen
from valueviz.intake.dating import year_of
from valueviz.intake.plan import Vocabulary
from valueviz.intake.question import Told
from valueviz.intake.reading import TextTable

_NOTHING = ("", "")


@dataclass(frozen=True, slots=True)
class Given:
    """What a proposal starts from.

    `seen` are all columns, `columns` those that nobody said to leave out, `fixed` the parts that were told or remembered, with the
    reason; `personal` are columns that tell no rows apart because they hold personal data. `titles` stand above, notes `below`.
    `allowed` are the words that count in columns of scenarios.
    """

    table: TextTable
    words: Vocabulary
    file: str
    seen: tuple[Seen, ...]
    columns: tuple[Seen, ...]
    fixed: dict[str, tuple[str, str]]
    told: Told
    remembered: Mapping | None
    personal: frozenset[str]
    titles: tuple[str, ...]
    allowed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    below: tuple[str, ...] = ()

    def part(self, column: Seen) -> str:
        """The part a column is fixed to, empty where it is free."""
        return self.fixed.get(column.name, _NOTHING)[0]

    @property
    def year(self) -> int | None:
        """The one year that the titles or the name of the sheet name."""
        return year_of([self.table.sheet, *self.titles])
