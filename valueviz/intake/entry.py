"""What a person entered in one cell of a form, or what is wrong with it; it knows cells, not what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from valueviz.catalog import suggestion
from valueviz.catalog.form import Choice, Column, Sheet
from valueviz.catalog.pack import plain_header
from valueviz.errors import DataError, Field
from valueviz.intake.amount import read_amount
from valueviz.intake.moment import read_moment
from valueviz.intake.records import shown

Word = TypeVar("Word", bound=str)

LONGEST_TEXT = 2000
"""Characters of one cell, as many as a definition file takes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a form: the line it stands on and its cells by the key of their column."""

    row: int
    cells: dict[str, str]

    def blank(self, keys: Iterable[str]) -> bool:
        """Whether none of some cells holds anything."""
        return not any(self.cells.get(key) for key in keys)


@dataclass(slots=True)
class Reader:
    """Reads the cells of one sheet; whatever is wrong is noted in `faults`, and None is read instead."""

    file: str
    sheet: Sheet
    faults: list[DataError] = field(default_factory=list)

    def fault(self, code: str, row: int | None, column: str | None, **fields: Field) -> None:
        """Note what is wrong with a cell."""
        name = None if column is None else self.sheet.column(column).name
        self.faults.append(DataError(code, file=self.file, sheet=self.sheet.name, row=row, column=name, **fields))

    def text(self, entry: Entry, key: str, *, longest: int = LONGEST_TEXT) -> str | None:
        """A text; None where the cell is blank."""
        found = entry.cells.get(key, "")
        if not found:
            if self.sheet.column(key).required:
                self.fault("form_required", entry.row, key)
            return None
        if len(found) > longest:
            self.fault("form_text_too_long", entry.row, key, found=len(found), needed=longest)
            return None
        return found

    def day(self, entry: Entry, key: str) -> date | None:
        """A day, from a date cell or a text with the year first."""
        found = self.text(entry, key)
        if found is None:
            return None
        at = read_moment(found).at
        if at is None:
            self.fault("form_not_date", entry.row, key, found=shown(found))
            return None
        return at.date()

    def day_or(self, entry: Entry, key: str, word: Word) -> date | Word | None:
        """A day, or the code of the one word its list offers instead of it."""
        found, choices = entry.cells.get(key, ""), self.sheet.column(key).choices
        if chosen(choices, found) == word:
            return word
        if found and read_moment(found).at is None:
            self.fault("form_not_date_or", entry.row, key, found=shown(found), needed=choices[0].word)
            return None
        return self.day(entry, key)

    def number(self, entry: Entry, key: str, *, percent: float | None = None) -> float | None:
        """A number within the limits of its column.

        Args:
            entry: the row.
            key: the column.
            percent: what a percent sign multiplies by; None where it has no meaning.
        """
        found = self.text(entry, key)
        if found is None:
            return None
        amount = read_amount(found)
        if amount.value is None:
            self.fault("form_not_number", entry.row, key, found=shown(found))
            return None
        if not amount.percent:
            return self._within(entry, key, amount.value)
        if percent is None:
            self.fault("form_percent_not_allowed", entry.row, key, found=shown(found))
            return None
        return self._within(entry, key, _times(amount.value, percent))

    def share(self, entry: Entry, key: str) -> float | None:
        """A share 0–1 from a percentage: 15% or 15. A plain number between 0 and 1 could be either: it is asked about."""
        found = self.text(entry, key)
        if found is None:
            return None
        amount = read_amount(found)
        if amount.value is None:
            self.fault("form_not_number", entry.row, key, found=shown(found))
            return None
        if not amount.percent and 0 < abs(amount.value) < 1:
            hundredfold = f"{_times(amount.value, 100):g}%"
            self.fault(
                "form_percent_doubtful", entry.row, key, found=shown(found), either=hundredfold, other=f"{found}%"
            )
            return None
        if self._within(entry, key, amount.value) is None:
            return None
        return _times(amount.value, 0.01)

    def whole(self, entry: Entry, key: str) -> int | None:
        """A whole number within the limits of its column."""
        found = self.number(entry, key)
        if found is not None and not found.is_integer():
            self.fault("form_not_whole", entry.row, key, found=shown(entry.cells[key]))
            return None
        return None if found is None else int(found)

    def choice(self, entry: Entry, key: str, *, open_list: bool = False) -> str | None:
        """The code of a word of a list; an open list takes any other text as it is."""
        found = self.text(entry, key)
        if found is None:
            return None
        choices = self.sheet.column(key).choices
        code = chosen(choices, found)
        if code is None and not open_list:
            self.not_listed(entry, key, [choice.word for choice in choices])
        return found if code is None and open_list else code

    def not_listed(self, entry: Entry, key: str, words: Sequence[str]) -> None:
        """Note that a cell holds none of the words of a list, with the nearest, else with all of them."""
        found = entry.cells[key]
        near = suggestion(found, words) or None
        self.fault("form_not_in_list", entry.row, key, found=shown(found), nearest=near)

    def twice(self, entries: Iterable[tuple[Entry, str | None]], key: str) -> None:
        """Note what stands in two rows of a column where each may stand once."""
        seen: dict[str, int] = {}
        for entry, value in entries:
            if value is None:
                continue
            if value in seen:
                self.fault("form_twice", entry.row, key, found=shown(entry.cells.get(key) or value), other=seen[value])
            seen.setdefault(value, entry.row)

    def _within(self, entry: Entry, key: str, value: float) -> float | None:
        column: Column = self.sheet.column(key)
        low, high = column.minimum, column.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            needed = f"{'' if low is None else f'{low:g}'} – {'' if high is None else f'{high:g}'}"
            self.fault("form_out_of_range", entry.row, key, found=shown(entry.cells[key]), needed=needed)
            return None
        return value


def chosen(choices: Iterable[Choice], found: str) -> str | None:
    """The code of the choice whose word or code a text is, regardless of case, width of spaces and brackets."""
    wanted = plain_header(found) or found
    for choice in choices:
        if wanted in (plain_header(choice.word) or choice.word, choice.code) or found == choice.code:
            return choice.code
    return None


def _times(value: float, factor: float) -> float:
    """A product in decimals: 15 × 0.01 is 0.15."""
    return float(Decimal(repr(value)) * Decimal(repr(factor)))
