"""Personal data in the columns of a file: identity cards, mobile numbers, e-mail addresses, names of persons.

Numbers are believed only where they prove themselves: an identity card by region, date of birth and check
character, a mobile number by its form in a column that is not headed as a number of documents. Names are known
by their header, Chinese ones also by their cells. It looks at texts and headers; it opens no file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from valueviz.catalog import Mapping as ColumnMapping
from valueviz.intake.heading import names_single_things
from valueviz.intake.person import named_persons
from valueviz.intake.records import shown
from valueviz.terms.finding import PersonalColumn

Kind = Literal["identity_card", "mobile_number", "email_address", "person_name"]

SUSPECT = (
    r"[A-Za-z0-9_+-]@[A-Za-z0-9-]+\.[A-Za-z]"
    r"|[0-9]{17}[0-9Xx]"
    r"|1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?:$|[^0-9])"
    r"|[+][1-9][0-9]{0,3}[ ()-]+[0-9][0-9 ()-]{5,}[0-9]"
)
"""Form of a text in which a strict kind may stand: a quick sieve over all rows, in the engine's regular expressions."""

SHORTEST_SUSPECT = 6
"""Characters of the shortest text in which one may stand: an e-mail address."""

MOST_JUDGED = 2000
"""Suspect texts of one column that are judged one by one."""

MOST_ARE = 0.5
"""Share of the candidates of a form that must prove themselves: numbers of documents do so by chance, one in eleven."""

ASIDE_SHOWN = 40
"""Characters shown of a text around a table."""

_MAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_CARD = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_OLD_CARD = re.compile(r"(?<![0-9A-Za-z])[0-9]{15}(?![0-9A-Za-z])")
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+|00)?86[ -]?)?(1[0-9]{2}[ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9A-Za-z]|\.[0-9])"
)

_ABROAD = re.compile(r"(?<![\w+])(\+[1-9][0-9]{0,3}[ ()-]+[0-9][0-9 ()-]{5,20}[0-9])(?![0-9A-Za-z]|[.,][0-9])")
"""A telephone number with its country, its parts set off: a signed number is written in one piece."""

_TELEPHONE = re.compile(r"\+?[0-9(][0-9 ()/-]{5,22}[0-9]")
_TELEPHONE_DIGITS = range(7, 16)
"""Digits of a telephone number (ITU-T E.164: at most fifteen)."""

_WHOLE_PART = re.compile(r"[+-]?([0-9][0-9,]*)(?:\.[0-9]*)?")
_MEASURED_DIGITS = 8
"""Digits of a measured number up to which a mobile number among the cells cannot be one of them."""

_REGIONS = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for number in range(first, last + 1)
)
"""Provinces by the first two digits of an identity card (GB/T 2260)."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

_HEADED_MOBILE = re.compile(r"手机|电话|联系方式|移动号码|mobile|phone|\btel\b|\bcell\b", re.IGNORECASE)
_HEADED_TELEPHONE = re.compile(
    r".{0,8}(?:手机|电话|联系方式|传真)(?:号码|号)?"
    r"|(?:[a-z]+[ _-])?(?:mobile|cell(?: ?phone)?|(?:tele)?phone|tel|telefon|handy|fax|rufnummer|téléphone|móvil|teléfono)"
    r"(?:[ _-]?(?:no|nr|number|nummer))?[.:]?",
    re.IGNORECASE,
)
"""Headers of telephone numbers and nothing else: there any country's number is believed."""

_HEADED_CARD = re.compile(r"身份证|证件号|证件号码|公民身份|id card|identity|national id|citizen", re.IGNORECASE)


def personal_columns(
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    measuring: Iterable[str] = (),
    valued: Iterable[str] = (),
) -> tuple[PersonalColumn, ...]:
    """The columns that hold personal data, as a sample of their cells shows.

    Args:
        header: names of the columns.
        cells: of each column its cells.
        measuring: columns that are not looked at: dates, metrics.
        valued: columns of numbers, in which a long number among long ones is a number.
    """
    found = []
    skipped, numbers = frozenset(measuring), frozenset(valued)
    for name, column in zip(header, cells, strict=True):
        filled = [text for cell in column if (text := _plain(cell))]
        if name in skipped or not filled:
            continue
        kind, count = among_numbers(filled, cells=filled) if name in numbers else _kind(name, filled)
        if kind is not None:
            found.append(PersonalColumn(name, kind, count / len(filled), None, False, count))
    return tuple(found)


def aside(texts: Iterable[str]) -> tuple[PersonalColumn, ...]:
    """What is personal in texts around a table (titles, notes below it): each by its words, the number masked."""
    found = []
    for text in dict.fromkeys(map(_plain, texts)):
        for kind, form, proves in _STRICT:
            match = next((each for each in form.finditer(text) if proves(each[each.lastindex or 0])), None)
            if match is not None:
                around = f"{text[: match.start()]}…{text[match.end() :]}"
                found.append(PersonalColumn(shown(around, width=ASIDE_SHOWN), kind, 1.0, None, False, 1))
                break
    return tuple(found)


def among_numbers(texts: Sequence[str], *, cells: Sequence[str]) -> tuple[Kind | None, int]:
    """The strict kind that texts in a column of numbers prove, and in how many of them it stands.

    Args:
        texts: the texts in doubt.
        cells: cells of the column: where numbers are as long as mobile numbers, those are numbers.
    """
    plain = [_plain(text) for text in texts]
    wholes = [match[1].replace(",", "") for cell in cells if (match := _WHOLE_PART.fullmatch(_plain(cell)))]
    long = sum(1 for whole in wholes if len(whole) > _MEASURED_DIGITS)
    bare = [text for text in plain if text.isdigit()]
    kind, count = _strict("", [text for text in plain if not text.isdigit()], rows=max(1, len(cells)))
    cards = _proved(bare, _CARD, _is_card)
    mobiles = sum(map(_is_mobile_text, bare)) if long < MOST_ARE * max(1, len(wholes)) else 0
    if kind is None:
        kind = "identity_card" if cards else "mobile_number" if mobiles else None
    return kind, count + cards + mobiles


def strict_kind(name: str, texts: Sequence[str], *, rows: int) -> tuple[Kind | None, int]:
    """The strict kind that suspect texts of a column prove, and in how many of them it stands.

    Args:
        name: header of the column.
        texts: texts of its cells that passed the sieve `SUSPECT`.
        rows: filled cells of the column in all.
    """
    return _strict(name, [_plain(text) for text in texts], rows=rows)


def without(mapping: ColumnMapping, columns: Iterable[str]) -> ColumnMapping:
    """A mapping without some of its labels: dimensions, series and tags; what measures stays."""
    out = frozenset(columns)
    return replace(
        mapping,
        dimensions=tuple(name for name in mapping.dimensions if name not in out),
        series=tuple(name for name in mapping.series if name not in out),
        allowed=tuple(pair for pair in mapping.allowed if pair[0] not in out),
        instrument=None if mapping.instrument in out else mapping.instrument,
        definition_version=None if mapping.definition_version in out else mapping.definition_version,
    )


def _plain(cell: str) -> str:
    stripped = cell.strip()
    return stripped if stripped.isascii() else unicodedata.normalize("NFKC", stripped)


def _kind(name: str, filled: list[str]) -> tuple[Kind | None, int]:
    kind, count = _strict(name, filled, rows=len(filled))
    if kind is not None:
        return kind, count
    if _HEADED_CARD.search(name) and (old := sum(map(_has_old_card, filled))):
        return "identity_card", old
    people = named_persons(name, filled)
    return ("person_name", people) if people else (None, 0)


def _strict(name: str, texts: Sequence[str], *, rows: int) -> tuple[Kind | None, int]:
    mails = sum(1 for text in texts if "@" in text and _MAIL.search(text))
    if mails:
        return "email_address", mails
    cards = _proved(texts, _CARD, _is_card)
    if cards:
        return "identity_card", cards
    if _HEADED_MOBILE.search(name) or _HEADED_TELEPHONE.fullmatch(name.strip()):
        anywhere = _HEADED_TELEPHONE.fullmatch(name.strip()) is not None
        mobiles = sum(1 for text in texts if _is_mobile_text(text) or (anywhere and _is_telephone(text)))
        return ("mobile_number", mobiles) if mobiles else (None, 0)
    if names_single_things(name):
        return None, 0
    bare = sum(1 for text in texts if _MOBILE.fullmatch(text))
    inside = [text for text in texts if not _MOBILE.fullmatch(text)]
    whole = [text for text in texts if _MOBILE.fullmatch(text)]
    mobiles = _proved(inside, _MOBILE, _is_mobile)
    if bare >= MOST_ARE * rows or any(not each.isdigit() for each in whole):
        mobiles += _proved(whole, _MOBILE, _is_mobile)
    mobiles = mobiles or sum(1 for text in texts if _ABROAD.search(text))
    return ("mobile_number", mobiles) if mobiles else (None, 0)


def _proved(texts: Sequence[str], form: re.Pattern[str], proves: Callable[[str], bool]) -> int:
    """Texts in which a number of a form proves itself, if most numbers of the form do; else none."""
    found = [[match[match.lastindex or 0] for match in form.finditer(text)] for text in texts]
    shaped = [numbers for numbers in found if numbers]
    proved = sum(1 for numbers in shaped if any(proves(number) for number in numbers))
    return proved if proved and proved >= MOST_ARE * len(shaped) else 0


def _is_card(number: str) -> bool:
    """Whether an identity card's number proves itself: region, date of birth, check character.

    Source: GB 11643-1999; the check character is ISO 7064 MOD 11-2.
    """
    if number[:2] not in _REGIONS or not _is_birth(number[6:10], number[10:12], number[12:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17].upper()


def _has_old_card(text: str) -> bool:
    """Whether a number of fifteen digits stands in a text that may be a card of the first generation."""
    return any(
        each[:2] in _REGIONS and _is_birth("19" + each[6:8], each[8:10], each[10:12])
        for each in _OLD_CARD.findall(text)
    )


def _is_birth(year: str, month: str, day: str) -> bool:
    if not 1900 <= int(year) < 2050:
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _is_mobile(number: str) -> bool:
    return number[1] in "3456789"


def _is_mobile_text(text: str) -> bool:
    return any(_is_mobile(number) for number in _MOBILE.findall(text))


def _is_telephone(text: str) -> bool:
    """Whether a whole text has the form of a telephone number of any country."""
    return _TELEPHONE.fullmatch(text) is not None and sum(map(str.isdigit, text)) in _TELEPHONE_DIGITS


def found_in(
    header: Sequence[str],
    *,
    sample: Sequence[Sequence[str]],
    counted: Mapping[int, tuple[int, int]],
    suspects: Callable[[int], Sequence[str]],
    measuring: Iterable[str],
    valued: Iterable[str] = (),
) -> tuple[PersonalColumn, ...]:
    """The columns that hold personal data, by a sample for names and by all rows for the strict kinds.

    Args:
        header: names of the columns.
        sample: of each column its first cells.
        counted: of each column how many cells are filled and how many passed the sieve `SUSPECT`.
        suspects: the texts of a column that passed, up to `MOST_JUDGED`.
        measuring: columns that are not looked at: dates, metrics.
        valued: columns of numbers.
    """
    numbers = frozenset(valued)
    seen = personal_columns(header, sample, measuring=measuring, valued=numbers)
    found = {each.column: each for each in seen}
    for place, (filled, passed) in counted.items():
        if not passed:
            continue
        texts = suspects(place)
        if header[place] in numbers:
            kind, count = among_numbers(texts, cells=[*sample[place], *texts])
        else:
            kind, count = strict_kind(header[place], texts, rows=filled)
        if kind is not None:
            many = round(count * passed / len(texts))
            found[header[place]] = PersonalColumn(header[place], kind, many / filled, None, False, many)
    return tuple(found[name] for name in header if name in found)


_STRICT: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("identity_card", _CARD, _is_card),
    ("mobile_number", _MOBILE, _is_mobile),
    ("mobile_number", _ABROAD, bool),
    ("email_address", _MAIL, bool),
)
"""The kinds that prove themselves in any text: form, and proof of what the form found."""
