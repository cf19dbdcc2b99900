"""How the stamps of a column are cast: shape by shape, the rest word by word; offsets are never mixed with none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from valueviz.engine.log.cells import Stamps
from valueviz.engine.log.stage import LogStage
from valueviz.errors import DataError
from valueviz.intake.dating import DateColumn, read_dates, refusal
from valueviz.intake.header import plain
from valueviz.intake.log.names import UNSTATED
from valueviz.intake.moment import order_of
from valueviz.intake.records import shown

MOST_SHAPES = 20_000
"""More shapes than this and the column holds no dates."""

_DAY = r"0000[-/]0{1,2}[-/]0{1,2}"
_CLOCK = r"[ T]0{1,2}:00(?::00(?:\.0{1,6})?)?"
_NAIVE = re.compile(rf"{_DAY}(?:{_CLOCK})?")
_OFFSET = re.compile(rf"{_DAY}{_CLOCK} ?(?:Z|[+-]00(?::?00)?)")
_ISO = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?"
_ISO_OFFSET = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
"""What the engine casts as it is, as it matches it."""

_DAY_ONLY = re.compile(r"[^:时点]*")
_ENDING = re.compile(r"\s?(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2})?)$")

_TIMES = ((r" 0{1,2}:00", " %H:%M"), (r" 0{1,2}:00:00", " %H:%M:%S"), ("", ""))
_DAYS = (
    (r"0000\.0{1,2}\.0{1,2}", "%Y.%m.%d"),
    (r"0000年0{1,2}月0{1,2}日", "%Y年%m月%d日"),
)
_FORMATS = (
    *((re.compile(day + clock), pattern + time) for day, pattern in _DAYS for clock, time in _TIMES),
    (re.compile("0{14}"), "%Y%m%d%H%M%S"),
)
_EITHER = re.compile(r"0{1,2}(?P<s>[-/.])0{1,2}(?P=s)0000(?P<t>| 0{1,2}:00| 0{1,2}:00:00)")
_CLOCKS = {0: "", 1: " %H:%M", 2: " %H:%M:%S"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the stamps of a column are like: the first line and text with an offset, and without one, and notes.

    `days` and `times` count stamps that state a day alone and those with a time.
    """

    offset: tuple[int, str] | None
    naive: tuple[int, str] | None
    days: int
    times: int
    notes: tuple[str, ...] = ()


def settle_stamps(
    stage: LogStage,
    places: Sequence[int],
    *,
    column: dict[int, DateColumn],
    file: str,
    sheet: str | None,
    zone: str | None,
) -> tuple[str, Seen]:
    """Tell the stage how to cast columns of stamps; the zone they are in afterwards, and what they are like.

    Args:
        stage: with the cells.
        places: of the columns.
        column: what is known of each.
        file: name of the file, for refusals.
        sheet: of a workbook, for refusals.
        zone: in which naive stamps were taken.

    Raises:
        DataError: log_offsets_mixed, or ambiguous_date where a column's order of day and month is proved by nothing.
    """
    seen = [_settle(stage, place, column[place], file=file, sheet=sheet, zone=zone) for place in places]
    offset = min((each.offset for each in seen if each.offset), default=None)
    naive = min((each.naive for each in seen if each.naive), default=None)
    if offset and naive:
        raise DataError(
            "log_offsets_mixed",
            file=file,
            sheet=sheet,
            row=naive[0],
            found=naive[1],
            other_row=offset[0],
            other=offset[1],
        )
    kind = "utc" if offset else zone or "naive"
    notes = tuple(dict.fromkeys(note for each in seen for note in each.notes))
    return kind, Seen(offset, naive, sum(each.days for each in seen), sum(each.times for each in seen), notes)


def _settle(stage: LogStage, place: int, column: DateColumn, *, file: str, sheet: str | None, zone: str | None) -> Seen:
    if column.declared is None and (quick := _uniform(stage, place, zone)) is not None:
        return quick
    shapes = stage.shapes(place, MOST_SHAPES)
    empty = [text for _, _, _, text in shapes if plain(text) in UNSTATED]
    if empty:
        stage.pass_over(place, empty)
        return _settle(stage, place, column, file=file, sheet=sheet, zone=zone)
    if column.declared is not None:
        return _explained(
            stage, place, None, column=column, shapes=shapes, stamps=Stamps(zone=zone), file=file, sheet=sheet
        )
    iso = tuple(shape for shape, *_ in shapes if _NAIVE.fullmatch(shape))
    offset = tuple(shape for shape, *_ in shapes if _OFFSET.fullmatch(shape))
    rest = [shape for shape, *_ in shapes if shape not in iso and shape not in offset]
    if not rest and not (iso and offset):
        stage.cast(place, Stamps(iso, offset, alike=True, zone=None if offset else zone))
        return _seen(shapes, offset, iso)
    formats = [(shape, pattern) for shape in rest for form, pattern in _FORMATS if form.fullmatch(shape)]
    formats += _either(stage, place, [shape for shape in rest if _EITHER.fullmatch(shape)])
    known = {shape for shape, _ in formats}
    left = [shape for shape in rest if shape not in known]
    stamps = Stamps(iso, offset, tuple(formats), zone=None if offset else zone)
    if not left:
        stage.cast(place, stamps)
        return _seen(shapes, offset, (*iso, *known))
    whole = len(shapes) == MOST_SHAPES or len(left) == len(shapes)
    rest_of = None if whole else left
    return _explained(stage, place, rest_of, column=column, shapes=shapes, stamps=stamps, file=file, sheet=sheet)


def _uniform(stage: LogStage, place: int, zone: str | None) -> Seen | None:
    """What a column is like all of whose stamps are ISO 8601, with or without an offset; None for any other."""
    first = next((text for _, text in stage.column(place, most=1)), "")
    with_offset = _OFFSET.fullmatch(re.sub(r"\d", "0", first)) is not None
    found = stage.uniform(place, _ISO_OFFSET if with_offset else _ISO)
    if found is None:
        return None
    row, text, filled, days = found
    stage.cast(place, Stamps(alike=True, offset=("",)) if with_offset else Stamps(alike=True, zone=zone))
    here = (row, shown(text))
    return Seen(here if with_offset else None, None if with_offset else here, days, filled - days)


def _either(stage: LogStage, place: int, shapes: list[str]) -> list[tuple[str, str]]:
    """Formats of days or months first, where the column proves the order."""
    if not shapes:
        return []
    order = order_of(stage.texts(place, shapes))
    if order not in ("dmy", "mdy"):
        return []
    formats = []
    for shape in shapes:
        found = _EITHER.fullmatch(shape)
        mark = found["s"] if found else "/"
        day = f"%d{mark}%m{mark}%Y" if order == "dmy" else f"%m{mark}%d{mark}%Y"
        formats.append((shape, day + _CLOCKS[shape.count(":")]))
    return formats


def _explained(
    stage: LogStage,
    place: int,
    left: list[str] | None,
    *,
    column: DateColumn,
    shapes: list[tuple[str, int, int, str]],
    stamps: Stamps,
    file: str,
    sheet: str | None,
) -> Seen:
    """Explain texts one by one; those with an offset count as UTC."""
    texts = stage.texts(place, left)
    bare = {text: _ENDING.sub("", text) for text in texts if ":" in text and _ENDING.search(text)}
    asked = list(dict.fromkeys(bare.get(text, text) for text in texts))
    dates = read_dates(asked, column, cast=[], file=file)
    if dates.unclear is not None:
        text, code = dates.unclear
        raise refusal(text, code, file=file, sheet=sheet, column=column.header)
    meanings: list[tuple[str, datetime | None, str | None]] = []
    for text in texts:
        found = dates.meanings[bare.get(text, text)]
        at = found.at if found.span == "day" else None
        if at is not None and text in bare:
            at -= _offset(text)
        meanings.append((text, at, None if at is not None else found.reason or "not_a_date"))
    if bare:
        stamps = replace(stamps, zone=None)
    stage.explain(place, meanings)
    stage.cast(place, stamps)
    with_offset = {
        shape for shape, _, _, text in shapes if ":" in text and _ENDING.search(text) and shape not in stamps.plain
    }
    good = {text for text, at, _ in meanings if at is not None}
    naive = [
        shape for shape, _, _, text in shapes if shape not in with_offset and (text in good or shape in stamps.plain)
    ]
    seen = _seen(shapes, (*stamps.offset, *with_offset), naive)
    return Seen(seen.offset, seen.naive, seen.days, seen.times, dates.notes)


def _offset(text: str) -> timedelta:
    found = _ENDING.search(text)
    if found is None or found["utc"]:
        return timedelta()
    span = timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
    return -span if found["sign"] == "-" else span


def _seen(shapes: list[tuple[str, int, int, str]], offset: Sequence[str], naive: Sequence[str]) -> Seen:
    def first(of: Sequence[str]) -> tuple[int, str] | None:
        return min(((row, shown(text)) for shape, _, row, text in shapes if shape in of), default=None)

    days = sum(count for shape, count, _, _ in shapes if _DAY_ONLY.fullmatch(shape) and shape in naive)
    whole = sum(count for shape, count, _, _ in shapes if shape in naive or shape in offset)
    return Seen(first(offset), first(naive), days, whole - days)
