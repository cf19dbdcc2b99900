"""What a number looks like in each language."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.errors import EvidenceError
from valueviz.language import language
from valueviz.terms import LOCALES, Grain, Locale, period_of

NAN, INF = float("nan"), float("inf")
T = "\u2009"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 0, "0"),
        (-0.0, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-0.05, 1, "−0.1"),
        (2.85, 1, "2.9"),
        (1.005, 2, "1.01"),
        (1234567.891, 2, "1,234,567.89"),
        (-12345, -2, "−12,300"),
        (9.96, 1, "10.0"),
        (Decimal("0.5"), 0, "1"),
        (1e15, 0, "1,000,000,000,000,000"),
        (1e-9, 2, "0.00"),
    ],
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_number_has_separators_a_true_minus_and_no_negative_zero(
    locale: Locale, value: float, digits: int, text: str
) -> None:
    assert language(locale).number(value, digits) == text


@pytest.mark.parametrize("value", [NAN, INF, -INF, Decimal("NaN")])
def test_what_is_no_number_gets_no_text(value: float) -> None:
    spoken = language("en")
    for shown in (
        lambda: spoken.number(value, 1),
        lambda: spoken.quantity(value, "day"),
        lambda: spoken.span(0, value, "day", 1),
        lambda: spoken.percent(value, 1),
        lambda: spoken.digits_for(float(value)),
    ):
        with pytest.raises(EvidenceError) as refusal:
            shown()
        assert refusal.value.code == "number_not_finite"


@pytest.mark.parametrize(
    ("value", "unit", "digits", "english", "chinese"),
    [
        (2.857, "day", None, "2.86 days", f"2.86{T}天"),
        (2.857, "day", 1, "2.9 days", f"2.9{T}天"),
        (1, "day", None, "1 day", f"1{T}天"),
        (-1, "day", 0, "−1 day", f"−1{T}天"),
        (1.0, "day", 1, "1.0 days", f"1.0{T}天"),
        (0, "hour", None, "0 hours", f"0{T}小时"),
        (12500, "order", None, "12,500 orders", f"12,500{T}单"),
        (3, "person", None, "3 people", f"3{T}人"),
        (42.7, "percent", None, "42.7%", "42.7%"),
        (0.427, "share", 3, "42.7%", "42.7%"),
        (0.427, "share", None, "42.7%", "42.7%"),
        (0.5, "share", 2, "50%", "50%"),
        (3.2, "pp", None, "3.2 pp", f"3.2{T}个百分点"),
        (0.032, "share_pp", 3, "3.2 pp", f"3.2{T}个百分点"),
        (1.25, "ratio", None, "1.25", "1.25"),
        (7, "count", None, "7", "7"),
        (12, "箱", None, "12 箱", f"12{T}箱"),
        (12, "pallets", None, "12 pallets", "12 pallets"),
        (3, "order/day", None, "3 orders/day", f"3{T}单/天"),
        (0.0042, "ratio", None, "0.0042", "0.0042"),
    ],
)
def test_a_quantity_carries_its_unit(value: float, unit: str, digits: int | None, english: str, chinese: str) -> None:
    assert language("en").quantity(value, unit, digits) == english
    assert language("zh_CN").quantity(value, unit, digits) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (1203.456, "hour", "1,203.456 hours", f"1,203.456{T}小时"),
        (15_000.0, "CNY", "CNY 15,000", f"15,000{T}元"),
        (0.123456, "share", "12.3456%", "12.3456%"),
        (-0.1, "day", "−0.1 days", f"−0.1{T}天"),
        (1e-7, "", "0.0000001", "0.0000001"),
        (0.0, "day", "0 days", f"0{T}天"),
    ],
)
def test_an_exact_number_keeps_every_decimal_and_is_never_scaled(
    value: float, unit: str, english: str, chinese: str
) -> None:
    assert language("en").exact(value, unit) == english
    assert language("zh_CN").exact(value, unit) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "digits", "english", "chinese"),
    [
        (5_234_567, "CNY", None, "CNY 5.23M", f"523{T}万元"),
        (5_234_567, "CNY", -5, "CNY 5.2M", f"520{T}万元"),
        (5_000_000, "CNY", None, "CNY 5M", f"500{T}万元"),
        (1.2e9, "USD", None, "USD 1.2B", f"12{T}亿美元"),
        (123_456_789, "CNY", None, "CNY 123M", f"1.23{T}亿元"),
        (9_999.6, "CNY", None, "CNY 10K", f"1{T}万元"),
        (999_999, "CNY", None, "CNY 1M", f"100{T}万元"),
        (1_234, "CNY", None, "CNY 1.23K", f"1,234{T}元"),
        (12.5, "EUR", None, "EUR 12.5", f"12.5{T}欧元"),
        (-33_000, "JPY", None, "JPY −33K", f"−3.3{T}万日元"),
        (0, "CNY", None, "CNY 0", f"0{T}元"),
        (12.5, "CNY/order", None, "CNY 12.5/order", f"12.5{T}元/单"),
    ],
)
def test_money_is_told_in_wan_and_yi_or_in_thousands_and_millions(
    value: float, unit: str, digits: int | None, english: str, chinese: str
) -> None:
    assert language("en").quantity(value, unit, digits) == english
    assert language("zh_CN").quantity(value, unit, digits) == chinese


@pytest.mark.parametrize(
    ("low", "high", "unit", "digits", "english", "chinese"),
    [
        (42.1, 57.4, "day", None, "42 – 57 days", f"42 – 57{T}天"),
        (-3.74, -2.92, "day", None, "−3.7 – −2.9 days", f"−3.7 – −2.9{T}天"),
        (2.91, 2.94, "day", 1, "2.9 days", f"2.9{T}天"),
        (0.5, 1.2, "day", 0, "1 day", f"1{T}天"),
        (0.42, 0.57, "share", 2, "42% – 57%", "42% – 57%"),
        (3.1, 4.4, "pp", 1, "3.1 – 4.4 pp", f"3.1 – 4.4{T}个百分点"),
        (4.8e6, 5.6e6, "CNY", None, "CNY 4.8 – 5.6M", f"480 – 560{T}万元"),
        (9_000, 12_000, "CNY", None, "CNY 9.0 – 12.0K", f"0.90 – 1.20{T}万元"),
    ],
)
def test_a_span_has_one_scale_and_an_en_dash_in_spaces(  # noqa: PLR0917
    low: float, high: float, unit: str, digits: int | None, english: str, chinese: str
) -> None:
    assert language("en").span(low, high, unit, digits) == english
    assert language("zh_CN").span(low, high, unit, digits) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "digits", "english"),
    [
        (2.9, "day", 1, "+2.9 days"),
        (1, "day", 0, "+1 day"),
        (-2.9, "day", 1, "−2.9 days"),
        (0.01, "day", 1, "0.0 days"),
        (0, "day", None, "0 days"),
        (-0.25, "share", 2, "−25%"),
        (-1_200_000, "CNY", None, "CNY −1.2M"),
        (0.031, "share_pp", 3, "+3.1 pp"),
    ],
)
def test_a_change_shows_its_sign_and_no_change_has_none(
    value: float, unit: str, digits: int | None, english: str
) -> None:
    assert language("en").signed(value, unit, digits) == english


@pytest.mark.parametrize(
    ("width", "digits"),
    [(15, 0), (4, 0), (3.9, 1), (0.8, 1), (0.4, 1), (0.39, 2), (40, -1), (900, -2), (800_000, -5), (1e-12, 6), (0, 2)],
)
def test_digits_are_no_finer_than_the_interval(width: float, digits: int) -> None:
    assert language("en").digits_for(width) == digits


@given(st.floats(min_value=1e-5, max_value=1e12))
def test_rounding_moves_an_end_by_at_most_an_eighth_of_the_interval(width: float) -> None:
    step = 10.0 ** -language("en").digits_for(width)
    assert step <= width / 4 * (1 + 1e-12)
    assert step * 10 > width / 4 * (1 - 1e-12)


@given(st.floats(min_value=-1e12, max_value=1e12), st.integers(min_value=-3, max_value=6))
def test_a_printed_number_reads_back_as_the_rounded_value(value: float, digits: int) -> None:
    text = language("zh_CN").number(value, digits)
    assert abs(Decimal(text.replace(",", "").replace("−", "-")) - Decimal(repr(value))) <= Decimal(10) ** -digits / 2
    assert not text.startswith("−0") or any(char in text for char in "123456789")


@pytest.mark.parametrize(
    ("unit", "english", "chinese"),
    [("day", "days", "天"), ("CNY", "CNY", "元"), ("share", "%", "%"), ("CNY/order", "CNY/order", "元/单"), ("pallet", "pallet", "pallet")],
)  # fmt: skip
def test_the_head_of_a_column_names_the_unit(unit: str, english: str, chinese: str) -> None:
    assert (language("en").unit(unit), language("zh_CN").unit(unit)) == (english, chinese)


def test_days_and_months_follow_the_language() -> None:
    day = datetime.date(2026, 3, 5)
    english, chinese = language("en"), language("zh_CN")
    assert (english.date(day), english.month(day), english.month(day, short=True)) == (
        "5 Mar 2026",
        "March 2026",
        "Mar 2026",
    )
    assert chinese.date(day) == f"2026{T}年{T}3{T}月{T}5{T}日"
    assert chinese.month(day) == f"2026{T}年{T}3{T}月"


@pytest.mark.parametrize(
    ("grain", "english", "chinese"),
    [
        ("day", "5 Mar 2026", "2026 年 3 月 5 日"),
        ("week", "week of 2 Mar 2026", "2026 年 3 月 2 日当周"),
        ("month", "March 2026", "2026 年 3 月"),
        ("quarter", "Q1 2026", "2026 年第 1 季度"),
        ("year", "2026", "2026 年"),
    ],
)
def test_a_period_is_named_after_its_grain_and_a_week_after_its_monday(
    grain: Grain, english: str, chinese: str
) -> None:
    ordinal = period_of(datetime.date(2026, 3, 5), grain)
    assert language("en").period(ordinal, grain) == english
    assert language("zh_CN").period(ordinal, grain) == chinese.replace(" ", T)


def test_a_period_without_calendar_is_numbered() -> None:
    assert language("en").period(7, "index") == "period 7"
    assert language("zh_CN").period(7, "index") == f"第{T}7{T}期"


@pytest.mark.parametrize("value", [1.5e27, 1e300])
def test_numbers_near_the_largest_are_written(value: float) -> None:
    assert language("en").quantity(value, "day", 0).startswith("1")
