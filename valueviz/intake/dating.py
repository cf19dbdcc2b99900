"""What the texts of date columns mean that the engine did not cast; decided over each column as a whole.

Serial numbers of a spreadsheet and epochs are dates only where the column cannot hold anything else. A column
whose order of day and month nothing proves is refused, both readings named.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from valueviz.errors import DataError
from valueviz.intake.amount import plain_text
from valueviz.intake.header import JOINT
from valueviz.intake.heading import NAMES
from valueviz.intake.moment import Moment, Order, format_reader, order_of, read_moment
from valueviz.intake.records import shown
from valueviz.intake.unit import with_stated_unit

ReadMoment = Callable[[str], Moment]

EARLIEST_YEAR = 1990
"""Before it, a date among later ones is rather the default of a system (1900, 1970) than a measurement."""

YEARS_APART = 5
"""Years without any date that part a history from the slips before it."""

FINER_INSIDE = 3
"""So many finer dates within a coarser one (months within 2025年) and the coarser one sums them up."""

_SERIAL = re.compile(r"[3-7]\d{4}(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 32874, 73415
"""1990-01-01 and 2100-12-31 in the calendar of 1900."""

_CALENDAR_1904 = 1462
"""Days between the two calendars of spreadsheets."""

_EPOCH = re.compile(r"[1-4]\d{12}|[1-4]\d{9}|[6-9]\d{8}|[6-9]\d{11}")
_FIRST_EPOCH, _LAST_EPOCH = 631_152_000, 4_133_980_800
"""Seconds of 1990-01-01 and 2101-01-01."""

_TENTH = re.compile(r"\d{4}\.(?:10|0\d)")
_SHORT = re.compile(r"([A-Za-z]{3,9})\.?[-/\s']\s?'?(\d{2})")

DECLARED: tuple[str, ...] = ("serial", "serial_1904", "epoch")
"""What a mapping may say of dates besides a strptime format."""


@dataclass(frozen=True, slots=True)
class DateColumn:
    """Where a date column stands: its header, whether cells are typed in a workbook, its calendar, the year of its table."""

    header: str
    declared: str | None = None
    in_workbook: bool = False
    calendar_1904: bool = False
    year: int | None = None

    @property
    def is_named(self) -> bool:
        """Whether the header says that the column holds dates."""
        plain = plain_text(self.header).casefold()
        return any(plain == word or word in plain for word in (*NAMES["date"], *NAMES["end"]) if len(word) > 1)


@dataclass(frozen=True, slots=True)
class Dates:
    """What every text of a column means, and notes; `unclear` is the text and code of a refusal of the whole."""

    meanings: dict[str, Moment]
    notes: tuple[str, ...] = ()
    unclear: tuple[str, str] | None = None


def read_dates(texts: Sequence[str], column: DateColumn, *, cast: Sequence[datetime], file: str) -> Dates:
    """What the texts of a column mean.

    Args:
        texts: distinct cells the engine did not cast.
        column: where they stand.
        cast: distinct days of those it did.
        file: its name, for refusals.

    Raises:
        DataError: date_format_unsupported.
    """
    if column.declared is not None:
        return _declared(texts, column, file=file)
    order = order_of(texts)
    first = {text: read_moment(text, order=None if order == "unknown" else order, year=column.year) for text in texts}
    notes: list[str] = []
    filled = [text for text in texts if text.strip()]
    _read_numbers(first, filled, column, cast=bool(cast), notes=notes)
    _settle_months(first, filled)
    readable = bool(cast) or any(each.at is not None for each in first.values())
    if order == "unknown":
        swapped = [text for text in filled if order_of([text]) is not None]
        if not readable:
            return Dates(first, tuple(notes), unclear=(swapped[0], "ambiguous_date"))
        first |= {text: Moment(reason="ambiguous_date") for text in swapped if first[text].at is None}
    for reason, code in (
        ("year_missing", "year_needed"),
        ("month_unclear", "ambiguous_month"),
        ("day_unclear", "ambiguous_day"),
    ):
        unclear = [text for text, each in first.items() if each.reason == reason]
        if unclear and not readable:
            return Dates(first, tuple(notes), unclear=(unclear[0], code))
    if column.year is not None and any(read_moment(text).reason == "year_missing" for text in filled):
        notes.append("year_from_title")
    _drop_far(first, cast)
    _drop_coarse(first, cast)
    return Dates(first, tuple(notes))


def readings(text: str) -> tuple[str, str]:
    """The two days a cell may mean, as ISO dates; empty where it is none."""
    orders: tuple[Order, Order] = ("dmy", "mdy")
    found = [read_moment(text, order=order).at for order in orders]
    return tuple("" if at is None else at.date().isoformat() for at in found)  # type: ignore[return-value]


def _declared(texts: Sequence[str], column: DateColumn, *, file: str) -> Dates:
    declared = column.declared or ""
    if declared in ("serial", "serial_1904"):
        shift = _CALENDAR_1904 if declared == "serial_1904" else 0
        return Dates({text: _only(text, _serial(text, shift)) for text in texts}, ("serial_dates",))
    if declared == "epoch":
        return Dates({text: _only(text, _epoch(text)) for text in texts}, ("epoch_dates",))
    read = format_reader(declared, file=file)
    found = {text: read(text) for text in texts}
    if column.in_workbook:
        # A date cell of a workbook has no written form of its own: it arrives as ISO text.
        found = {text: each if each.at else _iso(text, each) for text, each in found.items()}
    return Dates(found)


def _only(text: str, found: Moment | None) -> Moment:
    """The reading of a declared kind, else the reason there is none: no other form counts."""
    if found is not None or not text.strip():
        return found or Moment()
    otherwise = read_moment(text)
    return replace(otherwise, at=None, reason=otherwise.reason or "not_a_date")


def _iso(text: str, otherwise: Moment) -> Moment:
    found = read_moment(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}([ T].*)?", text.strip()) else otherwise
    return found if found.at is not None else otherwise


def _read_numbers(
    first: dict[str, Moment], filled: list[str], column: DateColumn, *, cast: bool, notes: list[str]
) -> None:
    """Serial numbers and epochs, where the column can hold nothing else."""
    shift = _CALENDAR_1904 if column.calendar_1904 else 0
    serial = {text: found for text in filled if (found := _serial(text, shift)) is not None}
    whole = bool(filled) and not cast and column.is_named
    if serial and (column.in_workbook or (whole and len(serial) == len(filled))):
        first |= serial
        notes.append("serial_dates")
    epochs = {text: found for text in filled if (found := _epoch(text)) is not None}
    if epochs and whole and len(epochs) == len(filled):
        first |= epochs
        notes.append("epoch_dates")


def _serial(text: str, shift: int) -> Moment | None:
    plain = plain_text(text)
    if not _SERIAL.fullmatch(plain) or not _FIRST_SERIAL <= float(plain) + shift <= _LAST_SERIAL:
        return None
    seconds = round((float(plain) + shift) * 86400)
    return Moment(datetime(1899, 12, 30) + timedelta(seconds=seconds))  # noqa: DTZ001


def _epoch(text: str) -> Moment | None:
    plain = plain_text(text)
    if not _EPOCH.fullmatch(plain):
        return None
    stamp = int(plain)
    thousandths = stamp if len(plain) > 10 else stamp * 1000
    if not _FIRST_EPOCH <= thousandths / 1000 <= _LAST_EPOCH:
        return None
    return Moment(datetime(1970, 1, 1) + timedelta(milliseconds=thousandths))  # noqa: DTZ001


def _settle_months(first: dict[str, Moment], filled: list[str]) -> None:
    """2025.1 is January where the column keeps its zeros or ends before September; Jan-25 is a month, not a day."""
    lost = [text for text in filled if first[text].reason == "month_unclear"]
    kept = any(_TENTH.fullmatch(plain_text(text)) for text in filled)
    for text in lost:
        year = plain_text(text)[:4]
        later = {
            int(plain_text(other)[5:])
            for other in filled
            if re.fullmatch(rf"{year}\.([2-9]|1[0-2])", plain_text(other))
        }
        if kept or (2 in later and max(later) < 9):
            first[text] = replace(read_moment(f"{year}-01"), span="month")
    short = [(found[1].casefold()[:3], found[2]) for text in filled if (found := _SHORT.fullmatch(plain_text(text)))]
    names, numbers = {name for name, _ in short}, {number for _, number in short}
    if len(numbers) > max(2, len(names)):
        # More numbers than months: rather the days of a month than its years.
        first |= {text: Moment(reason="day_unclear") for text in filled if _SHORT.fullmatch(plain_text(text))}


def _drop_far(first: dict[str, Moment], cast: Sequence[datetime]) -> None:
    """Reject dates before 1990 that no chain of years links to the bulk of the column."""
    stamps = [*cast, *(each.at for each in first.values() if each.at is not None)]
    years = sorted({at.year for at in stamps})
    if not years or years[0] >= EARLIEST_YEAR or years[-1] < EARLIEST_YEAR:
        return
    linked = _linked(years)
    first |= {
        text: Moment(reason="date_out_of_range")
        for text, each in first.items()
        if each.at is not None and each.at.year < EARLIEST_YEAR and each.at.year not in linked
    }


def far_years(stamps: Iterable[datetime]) -> frozenset[int]:
    """The years before 1990 that are slips among later ones, of all stamps of a column."""
    years = sorted({at.year for at in stamps})
    if not years or years[0] >= EARLIEST_YEAR or years[-1] < EARLIEST_YEAR:
        return frozenset()
    return frozenset(year for year in years if year < EARLIEST_YEAR) - _linked(years)


def _linked(years: Sequence[int]) -> frozenset[int]:
    """The years linked to the latest one without a pause."""
    at = len(years) - 1
    while at > 0 and years[at] - years[at - 1] <= YEARS_APART:
        at -= 1
    return frozenset(years[at:])


def _drop_coarse(first: dict[str, Moment], cast: Sequence[datetime]) -> None:
    """Reject a year or a quarter among its months: it sums them up."""
    days = {"week": 6, "month": 27, "quarter": 89, "year": 364}
    rank = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4}
    read = [(each.at, each.span) for each in first.values() if each.at is not None]
    if len({span for _, span in read} | ({"day"} if cast else set())) < 2:
        return
    finer = {
        longer: sorted({at for at, span in read if rank[span] < rank[longer]} | set(cast))
        for longer in rank
        if longer != "day"
    }
    for text, each in list(first.items()):
        if each.at is None or each.span == "day":
            continue
        stamps = finer[each.span]
        inside = bisect_left(stamps, each.at + timedelta(days=days[each.span])) - bisect_left(stamps, each.at)
        if inside >= FINER_INSIDE:
            first[text] = Moment(reason="coarser_period")


# The year of a table ─────────────────────────────────────────────────────────

_YEAR = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})(?!\d|\s*[-/.]\s*\d{1,2}\s*[-/.]|\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号])"
)
_NOT_A_YEAR = re.compile(
    r"导出|制表|打印|生成|更新|填报|export|print|generated|created|updated|财年|财政|FY|版本|version", re.IGNORECASE
)


def year_of(texts: Iterable[str | None]) -> int | None:
    """The one year that titles, a sheet's name or a header name; None where they name none or several.

    >>> year_of(["2025年度经营指标", "Sheet1"]), year_of(["2024年7月至2025年6月"]), year_of(["导出时间：2025-03-05"])
    (2025, None, None)
    """
    years = {
        int(year) for text in texts if text and not _NOT_A_YEAR.search(text) for year in _YEAR.findall(plain_text(text))
    }
    return years.pop() if len(years) == 1 else None


def heading_moment(name: str, *, year: int | None = None, among: Sequence[str] = ()) -> Moment:
    """The period a header names: by itself, with the year of the group it stands in, or with the year of its table.

    Args:
        name: the header.
        year: of the table.
        among: all headers of the table; they tell whether 2025.1 is January.

    >>> heading_moment("2025年/3月").at, heading_moment("3月(万元)", year=2024).at, heading_moment("合计").at
    (datetime.datetime(2025, 3, 1, 0, 0), datetime.datetime(2024, 3, 1, 0, 0), None)
    """
    found = read_moment(name)
    if found.reason == "month_unclear" and among:
        settled = {name: found} | {other: read_moment(other) for other in among}
        _settle_months(settled, list(settled))
        return settled[name]
    if found.at is not None:
        return found
    bare = with_stated_unit(name)[0]
    group, _, lower = bare.rpartition(JOINT)
    return read_moment(lower, year=year_of([group]) or year)


def refusal(text: str, code: str, **place: str | int | None) -> DataError:
    """The refusal of a date column as a whole, both readings of its first cell named."""
    first, second = readings(text)
    both = {"first": first, "second": second} if first != second else {}
    return DataError(code, found=shown(text), **place, **both)
