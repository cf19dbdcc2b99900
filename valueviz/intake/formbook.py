"""A form as a workbook: recognised by its hidden sheet, its plan rebuilt, its sheets found as rows of entries.

It knows where answers stand, not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from valueviz.catalog import pack_or_general, suggestion
from valueviz.catalog.form import (
    EXAMPLE_MONTHS,
    FORM_VERSION,
    HIDDEN_SHEET,
    Column,
    Example,
    FormPlan,
    MetricEntry,
    Sheet,
    SheetKey,
    plan,
)
from valueviz.catalog.pack import plain_header
from valueviz.errors import DataError
from valueviz.intake.book import open_book
from valueviz.intake.entry import Entry, Reader
from valueviz.intake.grid import Book
from valueviz.intake.kind import kind_of
from valueviz.intake.moment import read_moment
from valueviz.intake.records import Record, shown
from valueviz.language import language
from valueviz.terms import LOCALES, Locale, Metric, Names

WHOLE = 1000
"""From here on examples are whole numbers; below, they are shown in their shortest form."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the hidden sheet says: `names` by sheet and column and the text in the form's language."""

    version: int
    industry: str
    locale: Locale
    metrics: tuple[MetricEntry, ...]
    names: dict[tuple[str, str], Names]
    assumptions: tuple[str, ...]
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of monthly figures: its entry, and the texts of its months."""

    entry: Entry
    months: dict[date, str]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a sheet: its header and the line it stands on, the place of each column, the rows below."""

    header: tuple[str, ...] = ()
    row: int = 0
    places: dict[str, int] = field(default_factory=dict)
    below: tuple[Record, ...] = ()

    def beside(self) -> Iterator[tuple[int, str, bool]]:
        """Columns that are none of the plan's: place, header, and whether anything stands in them."""
        for at, cell in enumerate(self.header):
            if self.places and at > min(self.places.values()) and at not in self.places.values():
                yield at, cell.strip(), any(record.cells[at].strip() for record in self.below)


@dataclass(slots=True)
class FormBook:
    """An opened form; `faults` are what cannot be read, `notes` codes of what was passed over.

    `own` are the metrics it defines itself, None until they are read.
    """

    book: Book
    memory: Memory
    plan: FormPlan
    faults: list[DataError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    own: tuple[Metric, ...] | None = None

    def ordered_faults(self) -> list[DataError]:
        """The faults in the order in which a person meets them: by sheet, by line."""
        order = {sheet.name: at for at, sheet in enumerate(self.plan.sheets)}
        return sorted(
            self.faults,
            key=lambda fault: (order.get(str(fault.fields.get("sheet")), 0), int(fault.fields.get("row") or 0)),
        )

    def reader(self, key: SheetKey) -> Reader:
        """A reader of one sheet, which notes its faults here."""
        return Reader(self.book.file, self.plan.sheet(key), self.faults)

    def items(self, key: SheetKey) -> dict[str, Entry]:
        """The answers of a sheet of items by key, each as an entry with this one cell; its label is looked for."""
        sheet = self.plan.sheet(key)
        labels = {_plain(column.name): column for column in sheet.columns}
        found: dict[str, Entry] = {}
        for record in self._records(sheet):
            for at, cell in enumerate(record.cells[:-1]):
                column = labels.get(_plain(cell))
                if column is not None and column.key not in found:
                    found[column.key] = Entry(record.row, {column.key: record.cells[at + 1].strip()})
                    break
        for column in sheet.columns:
            if column.key not in found and column.fill and (found or column.required):
                self.faults.append(
                    DataError("form_item_missing", file=self.book.file, sheet=sheet.name, needed=column.name)
                )
        return found

    def entries(self, key: SheetKey) -> list[Entry]:
        """The rows of a table in which anything is filled in."""
        sheet = self.plan.sheet(key)
        filled = [column.key for column in sheet.columns if column.fill]
        table = self._table(sheet)
        if any(used for _, _, used in table.beside()):
            self.notes.append("form_columns_ignored")
        entries = [_entry(record, table.places) for record in table.below]
        return [entry for entry in entries if not entry.blank(filled)]

    def lines(self) -> list[Line]:
        """The rows of monthly figures in which a month is filled in."""
        sheet = self.plan.sheet("monthly")
        table = self._table(sheet)
        months = self._months(sheet, table)
        lines = []
        for record in table.below:
            values = {month: record.cells[at].strip() for at, month in months.items() if record.cells[at].strip()}
            if values:
                lines.append(Line(_entry(record, table.places), values))
        return lines

    def _months(self, sheet: Sheet, table: _Table) -> dict[int, date]:
        """The columns that are months; a column with figures under another header is told."""
        months: dict[int, date] = {}
        for at, cell, used in table.beside():
            moment = read_moment(cell).at if cell else None
            if moment is not None:
                month = moment.date().replace(day=1)
                if month in months.values():
                    self._fault("form_twice", sheet, table.row, found=f"{month:%Y-%m}")
                months[at] = month
            elif used and not cell:
                self._fault("form_month_missing", sheet, table.row)
            elif used:
                self.notes.append("form_columns_ignored")
        return months

    def _table(self, sheet: Sheet) -> _Table:
        """The table of a sheet without its examples; nothing of it where a column is missing."""
        records = list(self._records(sheet))
        names = {_plain(column.name): column.key for column in sheet.columns}
        best = max(
            records, key=lambda record: len({_plain(cell) for cell in record.cells} & names.keys()), default=None
        )
        if best is None:
            return _Table()
        places: dict[str, int] = {}
        for at, cell in enumerate(best.cells):
            key = names.get(_plain(cell))
            if key is not None:
                places.setdefault(key, at)
        columns = [column for column in sheet.columns if column.since <= self.memory.version]
        for column in columns:
            if column.key not in places:
                others = [cell for cell in best.cells if cell.strip()]
                self._fault(
                    "missing_column", sheet, best.row, needed=column.name, nearest=suggestion(column.name, others)
                )
        if any(column.key not in places for column in columns):
            return _Table()
        below = [record for record in records if record.row > best.row]
        kept = tuple(record for record in below if not self._marked(sheet, record, places))
        return _Table(best.cells, best.row, places, kept)

    def _marked(self, sheet: Sheet, record: Record, places: dict[str, int]) -> bool:
        """Whether a row is marked as an example or a hint; an example that was overwritten is told."""
        mark_at = min(places.values()) - 1
        mark = record.cells[mark_at].strip() if mark_at >= 0 else ""
        if not mark:
            return False
        say = language(self.plan.locale).words
        if mark == say("form.how"):
            return True
        if mark != say("form.example"):
            return False
        for column in sheet.columns:
            found = record.cells[places[column.key]].strip() if column.key in places else ""
            # which metric an example names depends on the metrics there were when it was written
            if found and column.kind != "metric" and _plain(found) != _plain(_example_text(column.example)):
                self._fault("form_example_changed", sheet, record.row, column, found=shown(found), needed=mark)
                return True
        beside = {cell.strip() for at, cell in enumerate(record.cells) if at > mark_at and at not in places.values()}
        added = sorted(beside - {_example_text(value) for value in EXAMPLE_MONTHS})
        if sheet.key == "monthly" and added:
            self._fault("form_example_changed", sheet, record.row, found=shown(added[0]), needed=mark)
        return True

    def _fault(
        self, code: str, sheet: Sheet, row: int, column: Column | None = None, **fields: str | int | None
    ) -> None:
        name = None if column is None else column.name
        self.faults.append(DataError(code, file=self.book.file, sheet=sheet.name, row=row, column=name, **fields))

    def _records(self, sheet: Sheet) -> Iterator[Record]:
        names = [each.name for each in self.book.sheets]
        if sheet.name not in names:
            planned = {each.name for each in self.plan.sheets}
            others = [name for name in names if name not in planned and name != HIDDEN_SHEET] or names
            raise DataError(
                "missing_sheet",
                file=self.book.file,
                needed=sheet.name,
                nearest=suggestion(sheet.name, others),
            )
        return self.book.grid(sheet.name).records()


def open_form(path: Path) -> FormBook:
    """A form, opened.

    Raises:
        DataError: form_unknown (no form of ours), form_newer, form_damaged, or the file cannot be read.
    """
    kind = kind_of(path)
    if kind == "text":
        raise DataError("form_unknown", file=path.name)
    book = open_book(path, kind)
    if HIDDEN_SHEET not in [each.name for each in book.sheets]:
        raise DataError("form_unknown", file=path.name)
    memory = _memory(book)
    words = plan(pack_or_general(memory.industry), memory.locale, industry=memory.industry, months=())
    return FormBook(book, memory, replace(words, metrics=memory.metrics))


def _memory(book: Book) -> Memory:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for record in book.grid(HIDDEN_SHEET).records():
        rows.setdefault(record.cells[0], []).append((*record.cells[1:5], "", "", "", ""))
    version, industry, locale = (rows.get(key, [("",)])[0][0] for key in ("form", "industry", "locale"))
    if not version.isdecimal() or not industry or locale not in LOCALES:
        raise DataError("form_damaged", file=book.file)
    if int(version) > FORM_VERSION:
        raise DataError("form_newer", file=book.file, found=version, needed=FORM_VERSION)
    spoken: Locale = locale
    names = [
        (place, Names((("zh_CN", chinese), ("en", english)))) for place, chinese, english, *_ in rows.get("name", [])
    ]
    return Memory(
        version=int(version),
        industry=industry,
        locale=spoken,
        metrics=tuple(MetricEntry(key, label, label, unit, unit) for key, label, unit, *_ in rows.get("metric", [])),
        names={(place, both[spoken]): both for place, both in names},
        assumptions=tuple(row[0] for row in rows.get("assumption", [])),
        controls=tuple(row[0] for row in rows.get("control", [])),
    )


def _entry(record: Record, places: dict[str, int]) -> Entry:
    return Entry(record.row, {key: record.cells[at].strip() for key, at in places.items()})


def _example_text(example: Example) -> str:
    """The example of a column as it is read."""
    match example:
        case None:
            return ""
        case str():
            return example
        case date():
            return example.isoformat()
        case _:
            return f"{example:g}" if example < WHOLE else str(int(example))


def _plain(cell: str) -> str:
    """A label as it is compared: without the star of what is required, without case, spaces and brackets."""
    return plain_header(cell) or cell.strip()
