"""One file as a look understands it, in the process that reads it: sheets chosen, columns decoded, doubt collected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from valueviz.catalog import Mapping
from valueviz.catalog.pack import SHIPPED_CURRENCY, plain_header
from valueviz.intake.amount import OPEN_CLOCK, Decimal, decimal_of, read_amount
from valueviz.intake.column import Seen, date_column, seen_columns
from valueviz.intake.dating import Dates, heading_moment, read_dates, year_of
from valueviz.intake.declared import fitting, table_units
from valueviz.intake.evidence import agreeing
from valueviz.intake.log_proposal import STAMPS, log_part, log_parts, log_proposal
from valueviz.intake.look import SAMPLES, Column, Sheet, Understanding
from valueviz.intake.measure import clock_stated, is_unit_column
from valueviz.intake.memory import Remembered, exactly, fingerprint_of, likest
from valueviz.intake.moment import Moment
from valueviz.intake.personal import personal_columns, without
from valueviz.intake.plan import UNIT_COLUMNS, Vocabulary, vocabulary
from valueviz.intake.proposal import SAMPLED_ROWS, Guess, Proposal, part_of, understood
from valueviz.intake.quantity import OPEN_CLOCKS
from valueviz.intake.question import Candidate, Open, Told
from valueviz.intake.reading import TextTable, open_source, text_table
from valueviz.intake.scenario import counted, open_scenarios
from valueviz.intake.sheetgroup import sheet_groups, visible_sheets
from valueviz.intake.source import Source
from valueviz.intake.unit import conversion, with_stated_unit
from valueviz.intake.withholding import left_out, mapped_labels
from valueviz.intake.yearly import dated, in_year, sheet_years
from valueviz.terms import Metric
from valueviz.terms.finding import PersonalColumn

_DATE_FORMS = {"-": ("%d-%m-%Y", "%m-%d-%Y"), "/": ("%d/%m/%Y", "%m/%d/%Y"), ".": ("%d.%m.%Y", "%m.%d.%Y")}
"""How dates with day or month first may be meant, by what parts them."""


def understand(
    path: Path,
    *,
    industry: str | None,
    inline: Sequence[Metric],
    told: Told,
    known: Sequence[Remembered],
    name: str | None = None,
    currency: str = SHIPPED_CURRENCY,
) -> Understanding:
    """What a file is understood as (see `look`)."""
    spoken = Mapping(metrics=told.metrics, names=told.names)
    words = vocabulary(industry, inline=inline, mapping=spoken, currency=currency)
    looks = sheet_groups(path, told)
    sights = [_sight(source, words, told=told, known=known) for source in _sources(path, told, looks)]
    chosen, doubt = _chosen(sights)
    found = _Reader(chosen, words, told).understanding(path)
    sheets = tuple(Sheet(name, taken=name in chosen.source.sheets) for name in visible_sheets(path))
    questions = (*doubt, *found.questions)
    return replace(
        found,
        file=name or path.name,
        sheets=sheets,
        questions=questions,
        mapping=None if questions else found.mapping,
    )


def _sources(path: Path, told: Told, groups: Sequence[tuple[str, ...]]) -> Iterator[Source]:
    for sheets in groups or ((),):
        yield open_source(path, sheet=sheets or None, encoding=told.encoding, at_most=SAMPLED_ROWS)


def _chosen(sights: Sequence[_Sight]) -> tuple[_Sight, tuple[Open, ...]]:
    """The table that is taken: the one seen before, else the one nothing is open about; several are a question."""
    known = [sight for sight in sights if sight.remembered is not None]
    if len(known) == 1 or len(sights) == 1:
        return (known or list(sights))[0], ()
    clear = [sight for sight in sights if not sight.proposal.questions]
    if len(clear) == 1:
        return clear[0], ()
    # Among sheets that all leave something open, the one that leaves least is shown; who means another says so.
    best = min(clear or sights, key=lambda sight: (len(sight.proposal.questions), -len(sight.table.rows)))
    names = [name for sight in clear for name in sight.source.sheets]
    doubt = Open("which_sheet", "sheet", None, tuple(Candidate(name) for name in names))
    return best, (doubt,) if clear else ()


@dataclass(frozen=True, slots=True)
class _Sight:
    """One table with what is proposed for it."""

    source: Source
    table: TextTable
    proposal: Proposal
    personal: tuple[PersonalColumn, ...]
    remembered: Remembered | None
    like: Remembered | None


def _sight(source: Source, words: Vocabulary, *, told: Told, known: Sequence[Remembered]) -> _Sight:
    table = text_table(source, at_most=SAMPLED_ROWS)
    years = sheet_years(source, table.numbers)
    table = replace(table, numbers=tuple(source.place(number)[1] for number in table.numbers))
    cells = [[row[at] for row in table.rows] for at in range(len(table.header))]
    seen = seen_columns(table, titles=source.above)
    measuring = [each.name for each in seen if words.key(each.word)]
    dates = [each.name for each in seen if each.numbers < each.moments]
    personal = personal_columns(table.header, cells, measuring=dates, valued=measuring)
    nothing_told = replace(told, encoding=None, sheets=(), personal="leave_out") == Told()
    same = exactly(known, fingerprint_of(source.header)) if nothing_told else None
    if same is not None and not open_scenarios(table, same.mapping):
        proposal = _as_before(agreeing(same.mapping, table, titles=source.above), source, seen, words)
        if same.mapping.is_log:
            guesses = tuple(replace(each, part=log_part(each.column, proposal.mapping)) for each in proposal.columns)
            proposal = replace(proposal, columns=guesses)
        return _Sight(source, _in_years(table, proposal.mapping, years), proposal, personal, same, None)
    like = likest(known, table.header)
    proposal = understood(
        table,
        words,
        file=source.file,
        told=told,
        remembered=agreeing(like.mapping, table, titles=source.above) if like and not like.mapping.is_log else None,
        personal=[each.column for each in personal],
        titles=source.above,
        below=source.below,
        seen=seen,
    )
    before = like.mapping if like else None
    log = log_proposal(table, seen, told=told, remembered=before, doubted=bool(proposal.questions))
    proposal = log or proposal
    form = replace(proposal.mapping.format, sheet=_sheet_of(source), header_rows=_header_rows(source))
    proposal = replace(proposal, mapping=replace(proposal.mapping, format=form))
    return _Sight(source, _in_years(table, proposal.mapping, years), proposal, personal, None, like)


def _in_years(table: TextTable, mapping: Mapping, years: Sequence[int | None]) -> TextTable:
    """A table of several sheets with the years their names state before the dates that lack one."""
    if mapping.date not in table.header or mapping.year is not None or not any(years):
        return table
    at = table.header.index(mapping.date)
    rows = zip(table.rows, years, strict=True)
    return replace(table, rows=tuple((*row[:at], in_year(row[at], year), *row[at + 1 :]) for row, year in rows))


def _sheet_of(source: Source) -> str | tuple[str, ...] | None:
    """The sheets of a source as a mapping names them."""
    return source.sheets if len(source.sheets) > 1 else next(iter(source.sheets), None)


def _header_rows(source: Source) -> int | None:
    """The rows of a header, where they are more than one."""
    notes = source.header.notes
    return len(source.header.rows) - ("unit_row" in notes) if "header_rows_joined" in notes else None


def _as_before(mapping: Mapping, source: Source, seen: Sequence[Seen], words: Vocabulary) -> Proposal:
    """A remembered mapping as a proposal: nothing is open."""
    form = replace(mapping.format, sheet=_sheet_of(source), encoding=None)
    mapping = replace(mapping, format=form)
    guesses = []
    for column in seen:
        part = part_of(column.name, mapping)
        numbers = part in ("value", "volume") or part in words.metrics
        fit = column.numbers if numbers else column.moments if part in ("date", "end") else 1.0
        guesses.append(Guess(column.name, part, fit, "remembered" if part else "none"))
    return Proposal(mapping, tuple(guesses))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the cells of one table as its proposal says."""

    sight: _Sight
    words: Vocabulary
    told: Told

    def understanding(self, path: Path) -> Understanding:
        """The whole."""
        source, table, proposal = self.sight.source, self.sight.table, self.sight.proposal
        questions = (*proposal.questions, *self._forms())
        personal = self._personal(proposal.mapping)
        draft = without(proposal.mapping, left_out(personal))
        mapping = None if questions else draft
        return Understanding(
            file=path.name,
            digest=_digest(path),
            encoding=source.encoding,
            delimiter=source.delimiter,
            sheets=(),
            header_row=source.header.row,
            header_rows=source.header.last - source.header.row + 1,
            columns=tuple(self._column(guess) for guess in proposal.columns),
            questions=questions,
            mapping=mapping,
            draft=draft,
            notes=table.notes,
            personal=personal,
            rows=tuple(self._rows(draft)) if mapping else (),
            fingerprint=fingerprint_of(source.header),
            remembered=self.sight.remembered.file if self.sight.remembered else None,
            like=self.sight.like.file if self.sight.like else None,
        )

    def _personal(self, mapping: Mapping) -> tuple[PersonalColumn, ...]:
        parts = log_parts(mapping) if mapping.is_log else mapped_labels(mapping)
        out = (
            () if self.told.personal == "keep" else [name for name in parts if parts[name] not in ("resource", "role")]
        )
        return tuple(
            replace(each, part=parts.get(each.column), left_out=each.column in out) for each in self.sight.personal
        )

    # Forms of dates and numbers ──────────────────────────────────────────────

    @property
    def _mapping(self) -> Mapping:
        return self.sight.proposal.mapping

    def _cells(self, name: str) -> list[str]:
        at = self.sight.table.header.index(name)
        return [row[at].strip() for row in self.sight.table.rows if row[at].strip()]

    def _forms(self) -> Iterator[Open]:
        """Dates whose day and month could be swapped, numbers whose comma could be either: each is a question."""
        steps = (column for column, _ in self._mapping.activities)
        for date in (self._mapping.date, self._mapping.complete, self._mapping.start, *steps):
            if date not in self.sight.table.header:
                continue
            unclear = self._dates(date).unclear
            if unclear is not None:
                text, code = unclear
                forms = next((forms for mark, forms in _DATE_FORMS.items() if mark in text), _DATE_FORMS["/"])
                swapped = tuple(map(Candidate, forms)) if code == "ambiguous_date" else ()
                yield Open(code, "date", date, swapped, found=text)
                break
        yield from self._durations()
        numbers = [(name, text) for name in self._number_columns() for text in self._cells(name) if "," in text]
        if numbers and self._mapping.format.decimal is None and self._decimal(certain=False) is None:
            column, text = numbers[0]
            yield Open("ambiguous_decimal", "value", column, (Candidate("."), Candidate(",")), found=text)

    def _durations(self) -> Iterator[Open]:
        """Durations such as 4:30 whose parts nobody names, in a unit that either reading could be of."""
        for guess in self.sight.proposal.columns:
            kept = self.words.metrics[metric].unit if (metric := self._metric(guess)) else None
            if kept not in OPEN_CLOCKS or self._stated(guess.column, kept) is not None:
                continue
            text = next((each for each in self._cells(guess.column) if read_amount(each).unit == OPEN_CLOCK), None)
            if text is not None:
                parts = (Candidate("h:mm"), Candidate("m:ss"))
                yield Open("ambiguous_duration", "value", guess.column, parts, found=text)

    def _number_columns(self) -> list[str]:
        wide = [column for column, _ in self._mapping.wide_metrics]
        names = [self._mapping.value, self._mapping.volume, *wide, *self._mapping.periods]
        return [name for name in names if name in self.sight.table.header]

    def _decimal(self, *, certain: bool) -> Decimal | None:
        texts = [text for name in self._number_columns() for text in self._cells(name)]
        points = any("." in text for text in texts) or self.sight.source.delimiter in (",", None)
        return decimal_of(dict.fromkeys(text for text in texts if "," in text), certain=certain or points)

    def _date_text(self, name: str, row: dict[str, str]) -> str:
        """The text of a date, with the year of its row where that stands in a column of its own."""
        year = self._mapping.year
        return dated(row[name], row[year]) if year in row and name == self._mapping.date else row[name]

    def _dates(self, name: str) -> Dates:
        """What the cells of a date column mean."""
        table, source = self.sight.table, self.sight.source
        form = date_column(table, name, titles=source.above, declared=self._mapping.format.date)
        texts = dict.fromkeys(self._date_text(name, row) for _, row in self._told_rows() if row[name])
        return read_dates(list(texts), form, cast=(), file=source.file)

    # Columns and rows as they are read ───────────────────────────────────────

    def _metric(self, guess: Guess) -> str | None:
        if guess.part in self.words.metrics:
            return guess.part
        key = self._mapping.metric
        return key if guess.part == "value" and key in self.words.metrics else None

    def _column(self, guess: Guess) -> Column:
        samples = self._samples(guess.column)
        metric = self._metric(guess)
        kept = self.words.metrics[metric].unit if metric else None
        stated = self._stated(guess.column, kept)
        factor = conversion(stated, kept) if stated and kept else None
        return Column(
            name=guess.column,
            part="value" if guess.part in self.words.metrics else guess.part or self._unit_part(guess.column),
            metric=metric,
            fit=guess.fit,
            why=guess.why,
            samples=tuple(row[guess.column] for row in samples),
            decoded=tuple(self._decoded(guess, row) for row in samples),
            stated=stated,
            kept=kept,
            factor=None if factor is None else float(factor),
            candidates=guess.candidates,
        )

    def _unit_part(self, name: str) -> str | None:
        """Whether a column that plays no other part states the unit of each row."""
        states = plain_header(name) in UNIT_COLUMNS and is_unit_column(self._cells(name))
        return "unit" if states and not self._mapping.wide_metrics else None

    def _samples(self, name: str) -> list[dict[str, str]]:
        """The first rows in which a column is filled."""
        return list(islice((row for _, row in self._told_rows() if row[name]), SAMPLES))

    def _told_rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows by line and column."""
        table = self.sight.table
        for number, cells in zip(table.numbers, table.rows, strict=True):
            yield number, dict(zip(table.header, (cell.strip() for cell in cells), strict=True))

    def _decoded(self, guess: Guess, row: dict[str, str]) -> str:
        text = row[guess.column]
        if guess.part in ("date", "end", *STAMPS):
            return _stamp(self._dates(guess.column).meanings[self._date_text(guess.column, row)])
        if guess.part == "volume":
            return self._number(guess.column, None, row)
        if guess.part == "value" or guess.part in self.words.metrics:
            return self._number(guess.column, self._metric(guess) or self._metric_of(row), row)
        if guess.part == "metric":
            return self.words.key(text) or ""
        return text

    def _metric_of(self, row: dict[str, str]) -> str | None:
        """The metric a row is of: by the column of metrics, or by what the mapping says of all rows."""
        stated = self._mapping.metric or ""
        return (
            self.words.key(row[stated]) if stated in row and stated != self._mapping.value else self.words.key(stated)
        )

    def _number(self, name: str, metric: str | None, row: dict[str, str]) -> str:
        """A number as it is read, in the unit its metric is kept in; empty where it cannot be."""
        kept = self.words.metrics[metric].unit if metric in self.words.metrics else None
        text, own = row.get(name, ""), next((row[each] for each in row if self._unit_part(each) is not None), "")
        stated = own or self._stated(name, kept)
        decimal = self._mapping.format.decimal or self._decimal(certain=True) or "."
        amount = read_amount(text, decimal=decimal, clock=clock_stated(stated))
        if amount.value is None:
            return ""
        if kept is None:
            return text if amount.unit is not None else _shown(amount.value)
        if amount.unit == OPEN_CLOCK:
            factors = [times / per for _, times, per in OPEN_CLOCKS.get(kept, ())]
            return _shown(amount.value * factors[0]) if factors else ""
        unit = amount.unit or stated
        factor = conversion(unit, kept) if unit else Fraction(1)
        return "" if factor is None else _shown(amount.value * factor.numerator / factor.denominator)

    def _stated(self, name: str, kept: str | None) -> str | None:
        """The unit stated for a column: by the mapping, by its header, by a title where that one can be meant."""
        own = dict(self._mapping.units).get(name) or with_stated_unit(name)[1]
        units = table_units(self.sight.source.above, self.sight.source.below)
        over = fitting(units, kept) if kept else ()
        return own or (over[0][1] if len(over) == 1 else None)

    def _rows(self, mapping: Mapping) -> Iterator[tuple[str, ...]]:
        """The first rows as they are read: line, metric, date, value, labels."""
        if mapping.is_log:
            yield from self._events(mapping)
            return
        table = self.sight.table
        pairs = mapping.wide_metrics or tuple((name, "") for name in mapping.periods) or ((mapping.value or "", ""),)
        meanings = self._dates(mapping.date).meanings if mapping.date in table.header else {}
        year = year_of([table.sheet, *self.sight.source.above])
        shown = frozenset(counted(table, mapping).numbers)
        for number, row in islice((each for each in self._told_rows() if each[0] in shown), SAMPLES):
            column, key = next(((name, key) for name, key in pairs if row.get(name)), pairs[0])
            metric = key or self._metric_of(row)
            date = self._date_text(mapping.date, row) if mapping.date in row else column
            at = meanings.get(date, Moment()) if mapping.date else heading_moment(date, year=year)
            labels = ", ".join(f"{name}={row[name]}" for name in (*mapping.series, *mapping.dimensions))
            yield str(number), metric or "", _stamp(at), self._number(column, metric, row), labels

    def _events(self, mapping: Mapping) -> Iterator[tuple[str, ...]]:
        """The first rows of a log: line, activity, when it was complete, nothing, its case."""
        steps = dict(mapping.activities)
        for number, row in islice(self._told_rows(), SAMPLES):
            column = mapping.complete or next((name for name in steps if row[name]), None)
            if column is None or mapping.case is None:
                continue
            at = self._dates(column).meanings[self._date_text(column, row)] if row[column] else Moment()
            activity = row[mapping.activity] if mapping.activity else steps.get(column, "")
            yield str(number), activity, _stamp(at), "", f"{mapping.case}={row[mapping.case]}"


def _shown(value: float) -> str:
    """A number without the dust that a product leaves behind its thirteenth digit, as the engine takes it."""
    clean = float(f"{value:.13g}")
    return repr(clean if abs(clean - value) <= abs(value) * 5e-16 else value).removesuffix(".0")


def _stamp(moment: Moment) -> str:
    """A moment as people read it: no time of day at midnight; empty where there is none."""
    return "" if moment.at is None else moment.at.isoformat(sep=" ").removesuffix(" 00:00:00")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
