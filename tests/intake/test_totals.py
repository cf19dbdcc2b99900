"""Rows and columns that sum others are found by label and by arithmetic, and ordinary rows are left alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.intake.conftest import Gate
from tests.intake.test_values import mapping, metric, reasons, values
from valueviz.intake.addition import Line, unlabelled_totals
from valueviz.intake.beside import totals_beside
from valueviz.intake.total import is_odd, is_total

LABELS = (
    *("合计", "合 计", "小计：", "总计", "华东小计", "一季度合计", "本年累计", "平均", "平均值", "合计(元)", "最大值"),
    *(
        "Total",
        "Sub-total",
        "Grand Total",
        "TOTAL:",
        "East subtotal",
        "Average",
        "Total (all)",
        "Total of sites",
        "YTD",
    ),
)
NAMES = ("Total Energies", "合计科技有限公司", "苏州工厂", "Sumitomo", "Meanwood store", "A", "平均分配组", "Maxim")


def test_labels_of_totals_are_known_and_names_are_not_taken_for_them() -> None:
    assert [label for label in LABELS if not is_total(label)] == []
    assert [name for name in NAMES if is_total(name)] == []
    assert [label for label in ("", "—", "全公司", "ALL", "集团") if not is_odd(label)] == []


def rows(*lines: str) -> bytes:
    """A table of dates, departments and values."""
    return "\n".join(["日期,部门,金额", *lines, ""]).encode()


PARTS = ("2025-01-01,A,1203.4", "2025-01-01,B,35.2", "2025-01-01,C,400.15")
LATER = ("2025-02-01,A,1300.1", "2025-02-01,B,40.25", "2025-02-01,C,410.35")

TABLES: tuple[tuple[str, tuple[str, ...], tuple[tuple[int, str], ...]], ...] = (
    ("label in the dates", (*PARTS, "合计,,1638.75"), ((5, "total_row"),)),
    ("label in the names", (*PARTS, "2025-01-01,小计,1638.75"), ((5, "total_row"),)),
    ("blank label", (*PARTS, "2025-01-01,,1638.75"), ((5, "total_by_arithmetic"),)),
    ("no date", (*PARTS, ",,1638.75"), ((5, "total_by_arithmetic"),)),
    ("the whole by name", (*PARTS, "2025-01-01,全公司,1638.76"), ((5, "total_row"),)),
    ("first of each month", ("2025-01-01,,1638.75", *PARTS, "2025-02-01,,1750.7", *LATER), ((2, "total_by_arithmetic"), (6, "total_by_arithmetic"))),
    ("subtotals and a grand total", (*PARTS, ",,1638.75", *LATER, ",,1750.7", ",,3389.45"), ((5, "total_by_arithmetic"), (9, "total_by_arithmetic"), (10, "total_by_arithmetic"))),
    ("a name that is no total", (*PARTS, "2025-01-01,D,1638.75"), ()),
    ("a month that equals the sum of others", ("2025-01-01,A,1203.4", "2025-02-01,A,35.2", "2025-03-01,A,400.15", "2025-04-01,A,1638.75"), ()),
    ("two rows are too few", ("2025-01-01,A,12.5", "2025-01-01,B,30.25", "2025-01-01,,42.75"), ()),
    ("small numbers add up by chance", ("2025-01-01,A,1", "2025-01-01,B,2", "2025-01-01,C,1", "2025-01-01,,4"), ()),
    ("a blank name that adds nothing up", (*PARTS, "2025-01-01,,77.7"), ()),
    ("group without parts", ("2025-01-01,全公司,5", "2025-02-01,全公司,6"), ()),
)  # fmt: skip


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case[0])
def test_a_row_that_sums_others_is_rejected_and_no_other(
    case: tuple[str, tuple[str, ...], tuple[tuple[int, str], ...]], gate: Gate, tmp_path: Path
) -> None:
    _, lines, faults = case
    taken = gate("rows.csv", rows(*lines), mapping("金额", "CNY"))
    assert reasons(taken) == list(faults)
    assert len(values(tmp_path)) == len(lines) - len(faults) == taken.accepted
    assert taken.total_rows == len(faults)
    assert not taken.findings or {each.code for each in taken.findings} & {"total_does_not_add_up"} == set()


def test_a_labelled_total_that_does_not_add_up_is_a_finding(gate: Gate) -> None:
    summed = mapping("金额", "CNY").replace('"mean"', '"sum"')
    taken = gate("rows.csv", rows(*PARTS, "合计,,1638.76"), summed)
    found = [each for each in taken.findings if each.code == "total_does_not_add_up"]
    assert [(each.rows, dict(each.fields)) for each in found] == [
        ((5,), {"column": "金额", "stated": 1638.76, "computed": 1638.75})
    ]
    assert "total_does_not_add_up" in taken.warnings
    first = ("2025-01-01,全公司,1638.75", *PARTS, "2025-02-01,全公司,1750.7", *LATER)
    assert gate("rows.csv", rows(*first), summed).findings == ()
    assert gate("rows.csv", rows(*PARTS, "平均,,546.25"), summed).findings == ()


def test_several_columns_that_agree_betray_a_total_below_a_table(gate: Gate, tmp_path: Path) -> None:
    wide = 'layout = "wide"\n[columns]\ndate = "月份"\nmetrics = { "a" = "one", "b" = "two" }\n'
    wide += metric("one", "CNY", "sum") + metric("two", "count", "sum")
    content = "月份,a,b\n2025-01,1203.4,17\n2025-02,35.2,20\n2025-03,400.15,31\n,1638.75,68\n"
    assert reasons(gate("rows.csv", content.encode(), wide)) == [(5, "total_by_arithmetic")]
    ordinary = content.replace("\n,1638.75,68", "\n2025-04,1638.75,68")
    assert reasons(gate("rows.csv", ordinary.encode(), wide)) == []


def test_a_column_of_a_longer_period_beside_its_parts_is_left_out(gate: Gate, tmp_path: Path) -> None:
    periods = 'layout = "wide"\n[columns]\nmetric = "指标"\nperiods = ["1月", "2月", "3月", "一季度", "2025年"]\n'
    content = "2025年度,,,,,\n指标,1月,2月,3月,一季度,2025年\none,1,2,3,6,6\n"
    taken = gate("rows.csv", content.encode(), periods + metric("one", "CNY", "sum"))
    assert values(tmp_path) == [1.0, 2.0, 3.0]
    assert "total_columns" in taken.warnings


def test_two_columns_of_one_metric_or_one_period_are_refused(gate: Gate) -> None:
    from valueviz.errors import DataError

    wide = 'layout = "wide"\n[columns]\ndate = "月份"\nmetrics = { "a" = "one", "b" = "one" }\n' + metric("one", "CNY")
    with pytest.raises(DataError) as refusal:
        gate("rows.csv", "月份,a,b\n2025-01,1,2\n".encode(), wide)
    assert (refusal.value.code, refusal.value.fields["other"]) == ("metric_twice", "a")
    periods = 'layout = "wide"\n[columns]\nmetric = "指标"\nperiods = ["2025-01", "2025年1月"]\n' + metric("one", "CNY")
    with pytest.raises(DataError) as refusal:
        gate("rows.csv", "指标,2025-01,2025年1月\none,1,2\n".encode(), periods)
    assert refusal.value.code == "period_twice"


def test_random_tables_hold_no_total_and_their_sums_are_found() -> None:
    chance = random.Random(11)
    for _ in range(300):
        count = chance.randrange(3, 30)
        drawn = [[Decimal(chance.randrange(100, 10**6)).scaleb(-2) for _ in range(2)] for _ in range(count)]
        lines = [
            Line(at, None, at, datetime(2025, 1, 1), tuple(float(each) for each in cells))  # noqa: DTZ001
            for at, cells in enumerate(drawn)
        ]
        assert unlabelled_totals(lines) == frozenset()
        sums = tuple(float(sum(column)) for column in zip(*drawn, strict=True))
        total = Line(count, None, -1, None, sums, odd=True)
        assert unlabelled_totals([*lines, total]) == {count}


def test_rows_of_years_and_columns_of_months_meet_and_the_other_way_round(gate: Gate, tmp_path: Path) -> None:
    head = 'layout = "wide"\n[columns]\ndate = "{}"\nmetric = "指标"\nperiods = [{}]\n'
    by_month = head.format("年份", '"1月", "2月"') + metric("one", "CNY", "sum")
    taken = gate("rows.csv", "年份,指标,1月,2月\n2023,one,1,2\n2024,one,3,4\n".encode(), by_month)
    assert (values(tmp_path), taken.periods) == ([1.0, 2.0, 3.0, 4.0], ("2023-01", "2023-02", "2024-01", "2024-02"))
    titled = "2025年度,,,\n年份,指标,1月,2月\n2023,one,1,2\n2024,one,3,4\n"
    assert gate("rows.csv", titled.encode(), by_month).periods == taken.periods
    by_year = head.format("月份", '"2023年", "2024年"') + metric("one", "CNY", "sum")
    taken = gate("rows.csv", "月份,指标,2023年,2024年\n1月,one,1,3\n2月,one,2,4\n".encode(), by_year)
    assert (values(tmp_path), taken.periods) == ([1.0, 3.0, 2.0, 4.0], ("2023-01", "2023-02", "2024-01", "2024-02"))


def by_month(lines: Sequence[str], *, count: int = 6) -> tuple[str, ...]:
    """Lines of each month: {a} and {b} are the numbers of two parts, {sum} and {mean} what they make."""
    chance = random.Random(5)
    found = []
    for month in range(1, count + 1):
        a, b = (Decimal(chance.randrange(150, 350)).scaleb(-1) for _ in range(2))
        numbers = {
            "a": a,
            "b": b,
            "sum": a + b,
            "whole": round(a + b),
            "mean": (a + b) / 2,
            "other": a + 7,
            "a2": a * 2,
        }
        found += [line.format(m=f"2025-{month:02d}-01", **numbers) for line in lines]
    return tuple(found)


P1, P2 = "{m},P1,{a}", "{m},P2,{b}"
BESIDE: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("blank last", (P1, P2, "{m},,{sum}"), True),
    ("blank first", ("{m},,{sum}", P1, P2), True),
    ("the group last", (P1, P2, "{m},集团,{sum}"), True),
    ("a dash", (P1, P2, "{m},-,{sum}"), True),
    ("a mean", (P1, P2, "{m},,{mean}"), True),
    ("rounded", (P1, P2, "{m},,{whole}"), True),
    ("any label that is always the same", (P1, P2, "{m},P9,{sum}"), True),
    ("a blank that adds nothing up", (P1, P2, "{m},,{other}"), False),
    ("a blank that repeats its one part", (P1, "{m},,{a}"), False),
    ("two sites alike", (P1, "{m},P2,{a}"), False),
    ("two sites alike and a third", (P1, "{m},P2,{a}", "{m},P3,{b}"), False),
    ("three sites that keep their ratio", (P1, "{m},P2,{a}", "{m},P3,{a2}"), False),
    ("three sites that never change", ("{m},P1,10", "{m},P2,20", "{m},P3,30"), False),
    ("all alike and blank", ("{m},P1,95.25", "{m},P2,95.25", "{m},,95.25"), False),
)


@pytest.mark.parametrize("case", BESIDE, ids=lambda case: case[0])
def test_a_row_that_sums_the_two_beside_it_month_after_month_is_rejected_and_no_other(
    case: tuple[str, tuple[str, ...], bool], gate: Gate
) -> None:
    _, lines, sums = case
    taken = gate("rows.csv", rows(*by_month(lines)), mapping("金额", "CNY").replace('"mean"', '"sum"'))
    assert {reason for _, reason in reasons(taken)} == ({"total_by_arithmetic"} if sums else set())
    assert (taken.rejected, taken.total_rows) == ((6, 6) if sums else (0, 0))
    assert taken.findings == () or not sums


def test_a_site_that_adds_up_by_chance_or_too_seldom_stays(gate: Gate) -> None:
    same = by_month((P1, P2, "{m},{{}},{sum}"), count=2)
    often = by_month((P1, P2, "{m},,{sum}"), count=10)
    for lines in ([line.replace("{}", "P3") for line in same], [line.replace("{}", "") for line in same]):
        assert gate("rows.csv", rows(*lines), mapping("金额", "CNY")).rejected == 0
    wrong = [line.rpartition(",")[0] + f",{at}.3" if at % 3 == 2 and at < 10 else line for at, line in enumerate(often)]
    assert gate("rows.csv", rows(*wrong), mapping("金额", "CNY")).rejected == 0


def test_one_month_in_which_the_total_is_wrong_is_a_total_all_the_same_and_a_finding(gate: Gate) -> None:
    often = list(by_month((P1, P2, "{m},,{sum}"), count=10))
    often[2] = "2025-01-01,,99.9"
    taken = gate("rows.csv", rows(*often), mapping("金额", "CNY").replace('"mean"', '"sum"'))
    assert (taken.rejected, [each.code for each in taken.findings]) == (10, ["total_does_not_add_up"])


def test_totals_are_found_within_each_product_and_means_weighed_by_volume() -> None:
    chance = random.Random(3)
    lines: list[Line] = []
    for month in range(1, 7):
        for product in ("x", "y"):
            a, b, count, other = (chance.randrange(1000, 9999) for _ in range(4))
            weighed = round((a * count + b * other) / (count + other), 2)
            told = (("P1", a, count), ("P2", b, other), ("", weighed, count + other))
            for site, value, weight in told:
                at, labels = datetime(2025, month, 1), (site, product)  # noqa: DTZ001
                lines.append(Line(len(lines), "m", 0, at, (value,), labels=labels, weight=weight))
    assert totals_beside(lines).rows == {line.row for line in lines if not line.labels[0]}
    assert totals_beside([replace(line, weight=None) for line in lines]).rows == frozenset()


def test_random_sites_are_never_totals_of_each_other() -> None:
    chance = random.Random(17)
    for _ in range(300):
        sites, months, most = chance.randrange(2, 6), chance.randrange(3, 13), 10 ** chance.randrange(1, 5)
        lines = [
            Line(at, "m", 0, datetime(2025, at // sites + 1, 1), (float(chance.randrange(most)),), labels=(f"P{at % sites}",))  # noqa: DTZ001
            for at in range(sites * months)
        ]  # fmt: skip
        assert totals_beside(lines).rows == frozenset()


def test_a_column_a_month_betrays_the_blank_site_that_sums_two(gate: Gate) -> None:
    periods = 'layout = "wide"\n[columns]\nmetric = "指标"\ndimensions = ["工厂"]\n'
    periods += 'periods = ["2025-01", "2025-02", "2025-03", "2025-04"]\n' + metric("one", "CNY", "sum")
    content = "指标,工厂,2025-01,2025-02,2025-03,2025-04\none,P1,12.5,13.25,14,18\none,P2,9,8.5,7.75,3\none,,21.5,21.75,21.75,21\n"
    assert reasons(gate("rows.csv", content.encode(), periods)) == [(4, "total_by_arithmetic")]
