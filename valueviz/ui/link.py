"""The link of a page: codes in the address that mean the same in every language, and back again.

`?client=acme&sites=A,B&from=2025-01&to=2026-08&lang=zh&brand=harbour`, of a process also
`&where=channel:web,region:north&variant=3f2a`. A link names codes and options,
digests are resolved when it opens. Nothing here knows a workspace or a browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from valueviz.errors import UsageError
from valueviz.language import resolve_locale
from valueviz.terms import Locale, Window

KEYS = ("client", "sites", "from", "to", "where", "variant", "lang", "brand")
"""Everything a link may say, in the order in which it is written."""

LONGEST = 2000
"""Characters of one value: far above a firm with a hundred sites, far below what an address may hold."""

CODES: Mapping[Locale, str] = {"zh_CN": "zh", "en": "en"}
"""The code of a language in an address."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_SITE = re.compile(r"((?:[^\\,]|\\.)*)(,|\Z)", re.DOTALL)
_PAIR = re.compile(r"((?:[^\\:]|\\.)+):(.*)", re.DOTALL)
_VARIANT = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """What an address asks for; None and () where it leaves the choice open.

    `start` and `end` are first days of months, both months included. `attributes` pairs attributes of cases with the
    values that count, `variant` is the fingerprint of one way through a process.
    """

    client: str | None = None
    sites: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    locale: Locale | None = None
    brand: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    variant: str | None = None

    def of(self, client: str | None) -> Link:
        """The link to a client, or to none, without filters; language and brand stay."""
        return Link(client=client, locale=self.locale, brand=self.brand)

    def window(self) -> Window | None:
        """The days from the first of `start` to the last of `end`; None where neither is said."""
        if self.start is None and self.end is None:
            return None
        return Window(self.start or date.min, _last_day(self.end) if self.end else date.max)


@dataclass(frozen=True, slots=True)
class Reading:
    """A link as far as it can be understood, and a refusal for each part that cannot."""

    link: Link
    refusals: tuple[UsageError, ...] = ()


def read(address: Mapping[str, str]) -> Reading:
    """What an address says. Keys of others are left alone; nothing in it can make the page fall over."""
    found = Link()
    refusals = []
    for key in KEYS:
        text = address.get(key, "")
        if text:
            try:
                found = _WITH[key](found, text[:LONGEST])
            except UsageError as refusal:
                refusals.append(refusal)
    if found.start and found.end and found.start > found.end:
        refusals.append(UsageError("link_months", found=_month(found.start), needed=_month(found.end)))
        found = replace(found, start=None, end=None)
    return Reading(found, tuple(refusals))


def write(link: Link) -> dict[str, str]:
    """The address of a link: its keys and values, none where the choice is open."""
    said = {
        "client": link.client,
        "sites": ",".join(_escaped(site) for site in link.sites),
        "from": _month(link.start) if link.start else None,
        "to": _month(link.end) if link.end else None,
        "where": ",".join(_escaped(f"{_named(name)}:{value}") for name, value in link.attributes),
        "variant": link.variant,
        "lang": CODES[link.locale] if link.locale else None,
        "brand": link.brand,
    }
    return {key: text for key, text in said.items() if text}


def month_of(text: str) -> date:
    """The first day of a month written as 2025-01.

    Raises:
        UsageError: `link_month`.
    """
    parts = _MONTH.fullmatch(text)
    if parts is None or parts[1] == "0000":
        raise UsageError("link_month", found=text)
    return date(int(parts[1]), int(parts[2]), 1)


def _with_client(link: Link, text: str) -> Link:
    return replace(link, client=text)


def _with_sites(link: Link, text: str) -> Link:
    return replace(link, sites=_sites(text))


def _with_month(link: Link, text: str, *, end: bool) -> Link:
    return replace(link, end=month_of(text)) if end else replace(link, start=month_of(text))


def _with_attributes(link: Link, text: str) -> Link:
    pairs = [_PAIR.fullmatch(pair) for pair in _sites(text)]
    if any(pair is None for pair in pairs):
        raise UsageError("link_where", found=text)
    found = {_plain(pair[1]): pair[2] for pair in pairs if pair is not None}
    return replace(link, attributes=tuple(sorted(found.items())))


def _with_variant(link: Link, text: str) -> Link:
    if _VARIANT.fullmatch(text) is None:
        raise UsageError("link_variant", found=text)
    return replace(link, variant=text)


def _with_language(link: Link, text: str) -> Link:
    return replace(link, locale=resolve_locale(text, {}))


def _with_brand(link: Link, text: str) -> Link:
    return replace(link, brand=text)


_WITH: Mapping[str, Callable[[Link, str], Link]] = {
    "client": _with_client,
    "sites": _with_sites,
    "from": partial(_with_month, end=False),
    "to": partial(_with_month, end=True),
    "where": _with_attributes,
    "variant": _with_variant,
    "lang": _with_language,
    "brand": _with_brand,
}


def _escaped(site: str) -> str:
    return site.replace("\\", "\\\\").replace(",", "\\,")


def _named(name: str) -> str:
    """The name of an attribute in front of a colon: one inside it is marked."""
    return name.replace("\\", "\\\\").replace(":", "\\:")


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _sites(text: str) -> tuple[str, ...]:
    """The names in a list separated by commas; a backslash keeps a comma inside a name."""
    names = []
    place = 0
    while place <= len(text):
        part = _SITE.match(text, place)
        if part is None:  # a backslash at the very end: cut off by whoever copied the address
            names.append(text[place:].removesuffix("\\"))
            break
        names.append(_plain(part[1]))
        if not part[2]:
            break
        place = part.end()
    return tuple(dict.fromkeys(name for name in names if name))


def _month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def _last_day(month: date) -> date:
    if (month.year, month.month) == (date.max.year, date.max.month):
        return date.max
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return following - timedelta(days=1)
