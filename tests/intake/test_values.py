"""What a cell means: every form of a number, a unit and a date, and what is refused instead of guessed."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.conftest import Gate
from tests.intake.corpus import _in_1904, workbook
from valueviz.errors import DataError
from valueviz.intake.amount import Amount, evidence_of, read_amount
from valueviz.intake.dating import year_of
from valueviz.intake.declared import table_units
from valueviz.intake.gate import Account
from valueviz.intake.moment import order_of, read_moment
from valueviz.intake.unit import conversion, stated_unit

LONG = 'layout = "long"\n[columns]\ndate = "日期"\nvalue = {value}\nmetric = "kept"\ndimensions = ["部门"]\n'


def metric(key: str, unit: str, aggregation: str = "mean") -> str:
    """An inline metric."""
    return (
        f'[metric.{key}]\nname = {{ en = "{key} x", zh_CN = "{key} 甲" }}\nunit = "{unit}"\nbetter = "lower"\n'
        f'aggregation = "{aggregation}"\n'
    )


def table(header: str, cells: tuple[str, ...], *, dates: tuple[str, ...] = (), above: str = "") -> bytes:
    """A table of days with one column of values, one department."""
    dates = dates or tuple(f"2025-01-{at:02d}" for at in range(1, len(cells) + 1))
    rows = [f'"{day}",A,"{cell}"' for day, cell in zip(dates, cells, strict=True)]
    return "\n".join([*([above] if above else []), f"日期,部门,{header}", *rows, ""]).encode()


def mapping(header: str, unit: str, extra: str = "") -> str:
    """The mapping of such a table onto one metric."""
    quoted = '"' + header + '"'
    return LONG.format(value=quoted) + extra + metric("kept", unit)


def values(folder: Path) -> list[float | None]:
    """The values of the snapshot in order of row."""
    found: list[float | None] = pyarrow.parquet.read_table(folder / "snapshot.parquet").column("value").to_pylist()
    return found


def reasons(taken: Account) -> list[tuple[int, str]]:
    """Row and reason of every fault."""
    return [(fault.row, fault.reason) for fault in taken.rejects]


# Units ───────────────────────────────────────────────────────────────────────

CONVERSIONS: tuple[tuple[str, str, Fraction | None], ...] = (
    ("万元", "CNY", Fraction(10**4)),
    ("千元", "CNY", Fraction(10**3)),
    ("百万元", "CNY", Fraction(10**6)),
    ("亿元", "CNY", Fraction(10**8)),
    ("人民币万元", "CNY", Fraction(10**4)),
    ("¥", "CNY", Fraction(1)),
    ("¥", "JPY", Fraction(1)),
    ("kUSD", "USD", Fraction(1000)),
    ("$", "USD", Fraction(1)),
    ("$", "CNY", None),
    ("USD", "CNY", None),
    ("万美元", "CNY", None),
    ("%", "share", Fraction(1, 100)),
    ("‰", "percent", Fraction(1, 10)),
    ("bp", "percent", Fraction(1, 100)),
    ("万", "percent", None),
    ("小时", "day", Fraction(1, 24)),
    ("周", "day", Fraction(7)),
    ("分", "hour", Fraction(1, 60)),
    ("分", "score", Fraction(1)),
    ("工作日", "day", None),
    ("人天", "day", None),
    ("人天", "人时", None),
    ("公斤", "ton", Fraction(1, 1000)),
    ("万件", "piece", Fraction(10**4)),
    ("万吨", "ton", Fraction(10**4)),
    ("m", "km", None),
    ("天", "CNY", None),
    ("箱", "箱", Fraction(1)),
    ("万箱", "箱", Fraction(10**4)),
    ("箱", "day", None),
)


@pytest.mark.parametrize(("stated", "kept", "factor"), CONVERSIONS, ids=str)
def test_a_unit_is_converted_exactly_or_not_at_all(stated: str, kept: str, factor: Fraction | None) -> None:
    assert conversion(stated, kept) == factor


def test_a_header_states_a_unit_in_brackets_behind_a_comma_or_with_a_sign() -> None:
    assert [stated_unit(name) for name in ("金额（万元）", "Lead time, hours", "合格率%", "x_万元", "时长(分:秒)")] == [
        *("万元", "hours", "%", "万元", "分:秒")
    ]
    assert [stated_unit(name) for name in ("周期（供应商）", "A/B", "Lead time (supplier)", "Date of day")] == [
        None
    ] * 4


TITLES: dict[str, tuple[str, ...]] = {
    "单位：万元": ("万元",),
    "2025年报表（金额单位: 千元）": ("千元",),
    "单位：万元、小时": ("万元", "小时"),
    "单位：万元，%": ("万元", "%"),
    "金额单位：万元；时间单位：天": ("万元", "天"),
    "注：单位为万元": ("万元",),
    "单位：人民币万元 2025年12月": ("人民币万元",),
    "Unit: kUSD": ("kUSD",),
    "(in thousands)": ("thousands",),
    "Umsatz in Tsd. EUR": ("Tsd. EUR",),
    "Loss, in thousands of USD": ("thousands USD",),
    "经营指标（千元）": ("千元",),
    "千元": ("千元",),
    "编制单位：财务部": (),
    "使用单位：苏州工厂": (),
    "Business Unit S, in May": (),
    "Close in days (2025)": (),
}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_states_the_units_of_its_table(title: str) -> None:
    assert tuple(each.unit for each in table_units([title])) == TITLES[title]


UNITS: tuple[tuple[str, str, str, tuple[str, ...], tuple[float | str, ...]], ...] = (
    ("header 万元", "金额（万元）", "CNY", ("1.13", "2", "3.5万元", "12元"), (11300.0, 20000.0, 35000.0, 12.0)),
    ("cells with multipliers", "金额", "CNY", ("1.5万", "2亿", "¥12.5", "7元", "1.5k"), (15000.0, 2e8, 12.5, 7.0, 1500.0)),
    ("header in days", "周期(天)", "hour", ("1.13", "36小时", "90分钟"), (27.12, 36.0, 1.5)),
    ("durations in words", "周期", "hour", ("4小时30分", "1天2小时", "2h 15min"), (4.5, 26.0, 2.25)),
    ("clock of three parts", "周期", "minute", ("1:30:00", "00:00:30", "-0:01:00"), (90.0, 0.5, -1.0)),
    ("clock of an hour", "周期", "hour", ("4:30", "0:15", "3"), (4.5, 0.25, 3.0)),
    ("clock by the header", "时长(分:秒)", "minute", ("4:30", "5:15", "04:30:00", "7"), (4.5, 5.25, "ambiguous_duration", "unit_differs")),
    ("percent and permille", "率", "percent", ("12.5%", "3‰", "40"), (12.5, 0.3, 40.0)),
    ("shares among percentages", "率", "percent", ("93%", "0.95", "94%", "0"), (93.0, "percent_unclear", 94.0, 0.0)),
    ("percentages among shares", "率", "share", ("93%", "95", "94%"), (0.93, "percent_unclear", 0.94)),
    ("share", "率", "share", ("12.5%", "0.3", "5‰"), (0.125, 0.3, 0.005)),
    ("header in permille", "率(‰)", "percent", ("12.5", "5%"), (1.25, 5.0)),
    ("another kind of unit", "周期", "day", ("3", "3元", "3个工作日", "3%"), (3.0, "unit_differs", "unit_differs", "unit_differs")),
    ("a unit of one's own", "数量", "托", ("3托", "2万托", "4"), (3.0, 20000.0, 4.0)),
    ("no exact number", "周期", "day", ("3", "<5", "约3", "3-5", "3+"), (3.0, *("not_exact",) * 4)),
    ("dust", "金额(万元)", "CNY", ("1.1", "2.3", "0.07", "4.35", "1.005"), (11000.0, 23000.0, 700.0, 43500.0, 10050.0)),
)  # fmt: skip


@pytest.mark.parametrize("case", UNITS, ids=lambda case: case[0])
def test_cells_come_out_in_the_unit_of_their_metric(
    case: tuple[str, str, str, tuple[str, ...], tuple[float | str, ...]], gate: Gate, tmp_path: Path
) -> None:
    _, header, unit, cells, meant = case
    taken = gate("rows.csv", table(header, cells), mapping(header, unit))
    assert values(tmp_path) == [each for each in meant if isinstance(each, float)]
    assert reasons(taken) == [(at, each) for at, each in enumerate(meant, start=2) if isinstance(each, str)]
    assert all(each.kept == unit and each.factor != 1 for each in taken.conversions)


REFUSALS: tuple[tuple[str, str, str, tuple[str, ...], str, int], ...] = (
    ("two currencies", "金额", "CNY", ("¥3", "5", "$4"), "mixed_currencies", 4),
    ("a header of another currency", "金额(USD)", "CNY", ("3", "5"), "unit_differs", 1),
    ("a rate or a unit", "停机时间/天", "hour", ("3", "5"), "unit_differs", 1),
    ("how often or a unit", "停机时间(日)", "hour", ("3", "5"), "unit_differs", 1),
    ("working days", "周期(工作日)", "day", ("3", "5"), "unit_differs", 1),
    ("a clock nobody explains", "周期", "minute", ("4:30", "5:30"), "ambiguous_duration", 2),
)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case[0])
def test_a_column_nobody_can_read_with_certainty_is_refused(
    case: tuple[str, str, str, tuple[str, ...], str, int], gate: Gate
) -> None:
    _, header, unit, cells, code, row = case
    with pytest.raises(DataError) as refusal:
        gate("rows.csv", table(header, cells), mapping(header, unit))
    assert (refusal.value.code, refusal.value.fields["row"], refusal.value.fields["column"]) == (code, row, header)


def test_the_mapping_says_what_the_header_does_not(gate: Gate, tmp_path: Path) -> None:
    units = '[units]\n"周期" = "m:ss"\n'
    gate("rows.csv", table("周期", ("4:30", "5:15")), mapping("周期", "minute", units))
    assert values(tmp_path) == [4.5, 5.25]
    taken = gate("rows.csv", table("周期", ("1", "2")), mapping("周期", "hour", '[units]\n"周期" = "天"\n'))
    assert values(tmp_path) == [24.0, 48.0]
    assert [(each.column, each.stated, each.kept, each.factor) for each in taken.conversions] == [
        ("周期", "天", "hour", 24.0)
    ]


def test_what_may_be_no_unit_counts_where_nothing_is_converted(gate: Gate, tmp_path: Path) -> None:
    for header, unit in (("停机时间/小时", "hour"), ("停机时间(日)", "day"), ("最小值(min)", "minute")):
        gate("rows.csv", table(header, ("3", "5")), mapping(header, unit))
        assert values(tmp_path) == [3.0, 5.0]
    gate(
        "rows.csv", table("停机时间/天", ("3", "5")), mapping("停机时间/天", "hour", '[units]\n"停机时间/天" = "天"\n')
    )
    assert values(tmp_path) == [72.0, 120.0]


def test_percentages_that_are_all_small_are_a_finding(gate: Gate) -> None:
    for cells, codes in (
        (("0.93", "0.95", "1"), ["percent_or_share"]),
        (("0.93", "95", "1"), []),
        (("0", "0", "0"), []),
    ):
        taken = gate("rows.csv", table("率", cells), mapping("率", "percent"))
        assert [each.code for each in taken.findings if each.code == "percent_or_share"] == codes


def test_a_title_a_line_or_a_column_states_the_unit(gate: Gate, tmp_path: Path) -> None:
    gate("rows.csv", table("金额", ("1.5", "2"), above="单位：万元,,"), mapping("金额", "CNY"))
    assert values(tmp_path) == [15000.0, 20000.0]
    taken = gate(
        "rows.csv", table("周期", ("小时", "24", "48"), dates=("", "2025-01-01", "2025-01-02")), mapping("周期", "day")
    )
    assert (values(tmp_path), reasons(taken)) == ([1.0, 2.0], [(2, "unit_row")])
    rows = "日期,部门,数值,单位\n2025-01-01,A,1,小时\n2025-01-02,A,2,天\n2025-01-03,A,3,元\n2025-01-04,A,4,\n"
    taken = gate("rows.csv", rows.encode(), mapping("数值", "day"))
    assert (values(tmp_path), reasons(taken)) == ([1 / 24, 2.0, 4.0], [(4, "unit_differs")])


def test_each_unit_of_a_line_belongs_to_the_columns_it_fits(gate: Gate, tmp_path: Path) -> None:
    spoken = (
        'layout = "wide"\n[columns]\ndate = "日期"\ndimensions = ["部门"]\n[metrics]\n"金额" = "money"\n"周期" = "days"\n"次数" = "times"\n'
        + metric("money", "CNY")
        + metric("days", "day")
        + metric("times", "count")
    )
    rows = "日期,部门,金额,周期,次数\n2025-01-01,A,1.5,36,7\n2025-01-02,A,2,48,8\n"
    wanted = [15000.0, 1.5, 7.0, 20000.0, 2.0, 8.0]
    for above, below in (
        ("单位：万元、小时,,,,\n", ""),
        ("", "注：单位为万元、小时,,,,\n"),
        ("", "单位：万元，小时\n"),
    ):
        taken = gate("rows.csv", (above + rows + below).encode(), spoken)
        assert sorted(values(tmp_path), key=str) == sorted(wanted, key=str)
        assert {(each.metric, each.stated, each.factor) for each in taken.conversions} == {
            ("money", "万元", 10000.0),
            ("days", "小时", 1 / 24),
        }


@pytest.mark.parametrize("title", ["单位：元、万元", "单位：万美元", "Loss (in USD thousands)"])
def test_a_line_of_units_that_leaves_a_column_in_doubt_is_refused(title: str, gate: Gate) -> None:
    with pytest.raises(DataError, match="unit_differs"):
        gate("rows.csv", table("金额", ("1.5", "2"), above=f"{title},,"), mapping("金额", "CNY"))


def test_thousands_over_a_table_speak_of_money_alone(gate: Gate, tmp_path: Path) -> None:
    for unit, wanted in (("CNY", [1500.0, 2000.0]), ("count", [1.5, 2.0]), ("hour", [1.5, 2.0])):
        gate("rows.csv", table("数", ("1.5", "2"), above="(in thousands),,"), mapping("数", unit))
        assert values(tmp_path) == wanted


def test_conversion_leaves_no_dust(gate: Gate, tmp_path: Path) -> None:
    chance = random.Random(4)
    numbers = [Decimal(chance.randrange(1, 10**9)).scaleb(-chance.randrange(0, 7)) for _ in range(400)]
    for unit, times in (("万元", 10**4), ("千元", 10**3), ("亿元", 10**8)):
        rows = [f"2025-01-01,A,{number:f}" for number in numbers]
        header = f"金额({unit})"
        gate("rows.csv", "\n".join([f"日期,部门,{header}", *rows, ""]).encode(), mapping(header, "CNY"))
        assert values(tmp_path) == [float(number * times) for number in numbers]


# Numbers ─────────────────────────────────────────────────────────────────────

DECIMALS: tuple[tuple[str, tuple[str, ...], str | tuple[float, ...]], ...] = (
    ("commas prove themselves", ("1,5", "2,25", "1.203,4", "1 203,4"), (1.5, 2.25, 1203.4, 1203.4)),
    ("minus behind, as ledgers print it", ("1.200,50-", "1.201,50", "12-", "0,5-"), (-1200.5, 1201.5, -12.0, -0.5)),
    ("commas before a power of ten", ("6,656E+3", "1,01E-1", "9,75E+0"), (6656.0, 0.101, 9.75)),
    ("one comma among many points", (*("12.5",) * 1, *(f"{at}.5" for at in range(11, 31)), "3,5"), "row"),
    ("both marks as often", ("1.5", "2,5", "3.25", "4,75"), "refused"),
    ("a point before three digits", ("1.234", "2.345"), "refused"),
    ("a comma before three digits", ("1,234", "2,345"), "refused"),
    ("a comma among thousandths", ("1.234", "2.345", "3.456", "4,5"), "refused"),
)


@pytest.mark.parametrize(("cells", "meant"), [each[1:] for each in DECIMALS], ids=[each[0] for each in DECIMALS])
def test_the_decimal_mark_is_that_of_the_column(
    cells: tuple[str, ...], meant: str | tuple[float, ...], gate: Gate, tmp_path: Path
) -> None:
    content = (
        table("周期", cells)
        .replace(b'","', b'";"')
        .replace(b",A,", b";A;")
        .replace("日期,部门,".encode(), "日期;部门;".encode())
    )
    if meant == "refused":
        with pytest.raises(DataError) as refusal:
            gate("rows.csv", content, mapping("周期", "day"))
        assert refusal.value.code == "ambiguous_decimal"
        return
    taken = gate("rows.csv", content, mapping("周期", "day"))
    if meant == "row":
        assert reasons(taken) == [(len(cells) + 1, "ambiguous_decimal")]
    else:
        assert values(tmp_path) == list(meant)


def test_raised_and_circled_digits_are_no_digits() -> None:
    for text in ("35.2①", "10³", "½", "５²"):
        amount = read_amount(text)
        assert amount.value is None or amount.unit in ("①", "³", "²")
    assert read_moment("2025-03-0①").at is None


def test_a_minus_behind_a_number_is_one_sign_and_nothing_else() -> None:
    cells = ("12-", "1,200.50-", "−12", "12−", "５-", "1.5e3-", "-12-", "(12)-", "12--", "12 -", "+12-", "-", "5-8")
    values = (-12.0, -1200.5, -12.0, -12.0, -5.0, -1500.0, *[None] * 7)
    assert tuple(read_amount(cell).value for cell in cells) == values


def test_evidence_of_a_mark_sees_through_units() -> None:
    cells = ("3,5 €", "1.234,5", "12.5元", "1,203.4", "1,234", "1.234", "6,656E+3", "x")
    proved = ("comma", "european", "point", "thousands", "either", "dotted", "comma", None)
    assert tuple(map(evidence_of, cells)) == proved
    assert read_amount("6,656E+3").reason == "not_a_number"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet="0123456789.,-+()%¥$万元天小时分:eE 　－０①", max_size=9))
def test_no_cell_breaks_the_grammar_and_a_value_is_finite(text: str) -> None:
    for mark in (".", ","):
        found = read_amount(text, decimal=mark)
        assert isinstance(found, Amount)
        assert found.value is None or (abs(found.value) < float("inf") and found.reason is None)


# Dates ───────────────────────────────────────────────────────────────────────

DATE_COLUMNS: tuple[tuple[str, tuple[str, ...], str | tuple[str, ...]], ...] = (
    ("chinese months", ("2025年1月", "2025年2月份", "２０２５年３月"), ("2025-01-01", "2025-02-01", "2025-03-01")),
    ("dots", ("2025.1.7", "2025.03", "2025.04"), ("2025-01-07", "2025-03-01", "2025-04-01")),
    ("short months", ("2025-1", "2025/2", "3/2025"), ("2025-01-01", "2025-02-01", "2025-03-01")),
    ("english", ("Mar 2025", "5-Mar-2025", "March 7, 2025"), ("2025-03-01", "2025-03-05", "2025-03-07")),
    ("months of short years", ("Jan-25", "Feb-25", "Mar-25"), ("2025-01-01", "2025-02-01", "2025-03-01")),
    ("days or years", ("Jan-01", "Jan-02", "Jan-03", "Jan-04"), "ambiguous_day"),
    ("quarters", ("2025Q1", "2025年二季度", "Q3 2025"), ("2025-01-01", "2025-04-01", "2025-07-01")),
    ("weeks", ("2025-W10", "2025年第11周", "2025-W12-3"), ("2025-03-03", "2025-03-10", "2025-03-19")),
    ("halves of a day", ("2025/3/5 下午 2:30", "2025-03-06 上午9时", "2025-03-07 PM 3:00"), ("2025-03-05T14:30", "2025-03-06T09:00", "2025-03-07T15:00")),
    ("weekdays beside", ("2025年3月5日 星期三", "Thu, 6 Mar 2025", "2025/3/7(周五)"), ("2025-03-05", "2025-03-06", "2025-03-07")),
    ("day first", ("01/02/2025", "25/02/2025", "03/04/2025"), ("2025-02-01", "2025-02-25", "2025-04-03")),
    ("month first", ("01/02/2025", "02/25/2025", "03/04/2025"), ("2025-01-02", "2025-02-25", "2025-03-04")),
    ("swappable", ("01/02/2025", "03/02/2025"), "ambiguous_date"),
    ("serial numbers under a date", ("45726", "45727", "45728.5"), ("2025-03-10", "2025-03-11", "2025-03-12T12:00")),
    ("milliseconds", ("1741132800000", "1741219200000"), ("2025-03-05", "2025-03-06")),
    ("january that ends in August", ("2025.1", "2025.2", "2025.3"), ("2025-01-01", "2025-02-01", "2025-03-01")),
    ("january or october", ("2025.1",), "ambiguous_month"),
    ("months without a year", ("1月", "2月"), "year_needed"),
    ("history", ("1969-01", "1970-01", "1984-12"), ("1969-01-01", "1970-01-01", "1984-12-01")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "meant"), [each[1:] for each in DATE_COLUMNS], ids=[each[0] for each in DATE_COLUMNS]
)
def test_dates_are_read_column_by_column(
    cells: tuple[str, ...], meant: str | tuple[str, ...], gate: Gate, tmp_path: Path
) -> None:
    content = table("周期", tuple(map(str, range(1, len(cells) + 1))), dates=cells)
    if isinstance(meant, str):
        with pytest.raises(DataError) as refusal:
            gate("rows.csv", content, mapping("周期", "day"))
        assert (refusal.value.code, refusal.value.fields["row"], refusal.value.fields["column"]) == (meant, 2, "日期")
        return
    gate("rows.csv", content, mapping("周期", "day"))
    found = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").column("date").to_pylist()
    assert [each.isoformat()[: len(day)] for each, day in zip(found, meant, strict=True)] == list(meant)


DATE_FAULTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("a default of a system", ("1900-01-01", "2024-01-02", "2025-01-03"), "date_out_of_range"),
    ("a default in words", ("1970年1月1日", "2024-01-02", "2025-01-03"), "date_out_of_range"),
    ("a year among its months", ("2025年", "2025年1月", "2025年2月", "2025年3月"), "coarser_period"),
    ("january or october among others", ("2025.1", "2025.11", "2025.12"), "month_unclear"),
    ("a serial number in a text file", ("45726", "2025-01-02", "2025-01-03"), "not_a_date"),
    ("a month without year", ("3月", "2025-01-02", "2025-01-03"), "year_missing"),
    ("swapped among others", ("01/02/2025", "2025-01-02", "2025-01-03"), "ambiguous_date"),
)


@pytest.mark.parametrize(("cells", "reason"), [each[1:] for each in DATE_FAULTS], ids=[each[0] for each in DATE_FAULTS])
def test_a_date_that_fits_no_other_is_rejected(cells: tuple[str, ...], reason: str, gate: Gate) -> None:
    content = table("周期", tuple(map(str, range(1, len(cells) + 1))), dates=cells)
    assert reasons(gate("rows.csv", content, mapping("周期", "day"))) == [(2, reason)]


def test_a_title_lends_its_year_unless_it_is_the_day_of_the_export(gate: Gate, tmp_path: Path) -> None:
    content = table("周期", ("1", "2"), dates=("1月", "十二月"), above="2024年度指标,,\n导出日期：2025-03-05,,")
    taken = gate("rows.csv", content, mapping("周期", "day"))
    assert taken.periods == ("2024-01", "2024-12")
    assert "year_from_title" in taken.warnings
    assert [year_of([text]) for text in ("2025", "FY2025", "2025年1-6月", "2024-2025", "制表：2025年")] == [
        *(2025, None, 2025, None, None)
    ]


def test_serial_numbers_in_a_workbook_are_dates_beside_dates(gate: Gate, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["日期", "部门", "周期"],
        ["2025年3月9日", "A", 1],
        [45726, "A", 2],
        ["20250311", "A", 3],
        ["—", "A", 4],
    ]
    taken = gate("rows.xlsx", workbook(rows), mapping("周期", "day"))
    found = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").column("date").to_pylist()
    assert [each.date().isoformat() for each in found] == ["2025-03-09", "2025-03-10", "2025-03-11"]
    assert "serial_dates" in taken.warnings
    assert reasons(taken) == [(5, "not_a_date")]
    old = workbook([rows[0], ["2025-03-09", "A", 1], [45726 - 1462, "A", 2]], edit=_in_1904)
    assert "calendar_1904" in gate("rows.xlsx", old, mapping("周期", "day")).warnings
    found = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").column("date").to_pylist()
    assert [each.date().isoformat() for each in found] == ["2025-03-09", "2025-03-10"]


@pytest.mark.parametrize(
    ("shape", "foreign"),
    [
        ("[$$-409]#,##0.00", True),
        ('"US$"0.0', True),
        ("€0.00", True),
        ("[$¥-804]0.00", False),
        ("[$-804]0", False),
        ("0.0", False),
    ],
)
def test_numbers_shown_in_a_foreign_currency_are_told(shape: str, foreign: bool, gate: Gate) -> None:
    def show(book: Any) -> None:
        book.active["C2"].number_format = shape

    content = workbook([["日期", "部门", "金额"], ["2025-03-09", "A", 12.5]], edit=show)
    assert ("currency_formats" in gate("rows.xlsx", content, mapping("金额", "CNY")).warnings) == foreign


def test_an_order_needs_a_proof() -> None:
    assert order_of(["01/02/2025", "2025-01-01"]) == "unknown"
    assert order_of(["01/02/2025", "31/01/2025"]) == "dmy"
    assert order_of(["2025-01-01"]) is None
