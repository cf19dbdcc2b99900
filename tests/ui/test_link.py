"""A link means the same in every language, survives being written and read, and never makes a page fall over."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.terms import Window
from valueviz.ui.link import KEYS, Link, read, write

MONTHS = st.builds(date, st.integers(1, 9999), st.integers(1, 12), st.just(1))
NAMES = st.text(min_size=1, max_size=12)
LINKS = st.builds(
    Link,
    client=st.none() | NAMES,
    sites=st.lists(NAMES, max_size=5, unique=True).map(tuple),
    start=st.none() | MONTHS,
    end=st.none() | MONTHS,
    locale=st.sampled_from([None, "zh_CN", "en"]),
    brand=st.none() | NAMES,
).filter(lambda link: link.start is None or link.end is None or link.start <= link.end)


@given(LINKS)
def test_what_is_written_is_read_back(link: Link) -> None:
    reading = read(write(link))

    assert reading.link == link
    assert reading.refusals == ()


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=60)))
def test_any_address_is_read_and_what_is_not_understood_is_refused_not_raised(address: dict[str, str]) -> None:
    reading = read(address)

    understood = write(reading.link)
    assert set(understood) <= set(address)
    assert read(understood).link == reading.link


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ({}, Link()),
        ({"client": "acme", "other": "1"}, Link(client="acme")),
        ({"sites": "A,B"}, Link(sites=("A", "B"))),
        ({"sites": "A,,B,A"}, Link(sites=("A", "B"))),
        ({"sites": r"Halle 1\, Nord,B"}, Link(sites=("Halle 1, Nord", "B"))),
        ({"sites": "一厂,二厂"}, Link(sites=("一厂", "二厂"))),
        ({"lang": "zh-Hans"}, Link(locale="zh_CN")),
        ({"lang": "EN"}, Link(locale="en")),
        ({"from": "2025-01", "to": "2026-08"}, Link(start=date(2025, 1, 1), end=date(2026, 8, 1))),
    ],
)
def test_addresses_people_write(address: dict[str, str], link: Link) -> None:
    assert read(address).link == link


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ({"from": "2025-13"}, "link_month"),
        ({"to": "2025"}, "link_month"),
        ({"from": "0000-01"}, "link_month"),
        ({"from": "２０２５-01"}, "link_month"),
        ({"from": "2026-02", "to": "2026-01"}, "link_months"),
        ({"lang": "fr"}, "unknown_language"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_the_rest_is_kept(address: dict[str, str], code: str) -> None:
    reading = read(address | {"client": "acme"})

    assert [refusal.code for refusal in reading.refusals] == [code]
    assert reading.link == Link(client="acme")


def test_months_cover_their_first_and_last_day() -> None:
    link = read({"from": "2025-02", "to": "2028-02"}).link

    assert link.window() == Window(date(2025, 2, 1), date(2028, 2, 29))


def test_an_open_end_reaches_as_far_as_the_data() -> None:
    assert read({"from": "2025-02"}).link.window() == Window(date(2025, 2, 1), date.max)
    assert read({"to": "2025-12"}).link.window() == Window(date.min, date(2025, 12, 31))
    assert Link().window() is None
    assert Link(end=date(9999, 12, 1)).window() == Window(date.min, date.max)
