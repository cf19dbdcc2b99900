"""The grammar of one table with series: what is read, what is missing, what is refused and where."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from valueviz.analysis.effect import Control
from valueviz.errors import DataError, UsageError, ValuevizError
from valueviz.intake.plain_date import option_ordinal
from valueviz.intake.reading import TextTable
from valueviz.intake.series import Columns, DatedSeries, read_series
from valueviz.language import language
from valueviz.terms import Locale, period_of


def table(text: str, *, delimiter: str = ",") -> TextTable:
    """A table from lines; line 1 is the header, as an editor counts."""
    header, *lines = [tuple(line.strip().split(delimiter)) for line in text.strip().splitlines()]
    numbers = tuple(range(2, 2 + len(lines)))
    return TextTable(header, tuple(lines), "utf-8", delimiter, 2, (), numbers=numbers)


def found(text: str, *, delimiter: str = ",", **columns: Any) -> tuple[DatedSeries, ...]:
    return read_series(table(text, delimiter=delimiter), file="folder/export.csv", columns=Columns(**columns))


def refused(text: str, **columns: Any) -> ValuevizError:
    with pytest.raises(ValuevizError) as caught:
        found(text, **columns)
    return caught.value


def dated(*dates: str) -> str:
    return "date,value\n" + "\n".join(f"{text},{i}" for i, text in enumerate(dates))


GRAINS: dict[str, tuple[tuple[str, ...], str]] = {
    "days": (("2024-01-01", "2024-01-02", "2024-01-10"), "day"),
    "working days": (("2024-01-04", "2024-01-05", "2024-01-08"), "day"),
    "Mondays": (("2024-01-01", "2024-01-08", "2024-01-15"), "week"),
    "weeks on other weekdays": (("2024-01-03", "2024-01-09", "2024-01-19"), "week"),
    "ends of months": (("2024-01-31", "2024-02-29", "2024-03-31"), "month"),
    "months": (("2024-01", "2024-02", "2024-04"), "month"),
    "quarters as months": (("2024-01", "2024-04", "2024-07"), "quarter"),
    "quarters as days": (("2023-12-31", "2024-03-31", "2024-06-30"), "quarter"),
    "years": (("2001", "2002", "2004"), "year"),
    "years as days": (("2001-06-30", "2002-06-30", "2004-06-30"), "year"),
    "numbers": (("1", "2", "4"), "index"),
    "numbers that reach into years": (("1899", "1900", "1901"), "index"),
    "negative numbers": (("-1", "0", "1"), "index"),
}


@pytest.mark.parametrize(("dates", "grain"), GRAINS.values(), ids=GRAINS.keys())
def test_the_grain_is_the_coarsest_that_keeps_all_dates_apart(dates: tuple[str, ...], grain: str) -> None:
    (read,) = found(dated(*dates))
    assert read.series.grain == grain
    assert len(set(read.series.ordinals)) == 3


def test_each_series_has_its_own_grain_and_the_order_of_first_appearance() -> None:
    read = found("series,date,value\nb,2024-01,1\na,2024-01,5\nb,2024-02,2\na,2024-04,6\n")
    assert [(each.series.key, each.series.grain) for each in read] == [("b", "month"), ("a", "quarter")]


def test_rows_in_any_order_are_the_same_series() -> None:
    first = found("date,value,volume\n2024-03,3,9\n2024-01,1,7\n2024-02,,8\n")
    assert first == found("date,value,volume\n2024-01,1,7\n2024-02,NA,8\n2024-03,3,9\n")
    assert first[0].series.values == (1.0, None, 3.0)
    assert first[0].series.volumes == (7.0, 8.0, 9.0)
    assert first[0].series.key == "export"
    assert first[0].series.ordinals == tuple(2024 * 12 + i for i in range(3))


def test_several_columns_name_a_series() -> None:
    read = found("org,type,period,n\nA,1,2024-01,5\nA,2,2024-01,6\n", series=("org", "type"), date="period", value="n")
    assert [each.series.key for each in read] == ["A/1", "A/2"]


def test_wide_tables_hold_a_series_in_every_column_but_the_date() -> None:
    read = found("y,Alabama,Texas\n1970,1.5,2\n1971,,3\n", wide=True, date="y")
    assert [(each.series.key, each.series.values) for each in read] == [("Alabama", (1.5, None)), ("Texas", (2.0, 3.0))]


def test_index_numbers_the_rows_of_each_series_from_1() -> None:
    (read,) = found("value\n5\n6\n7\n", index=True)
    assert (read.series.grain, read.series.ordinals) == ("index", (1, 2, 3))
    both = found("series,value\na,5\nb,1\na,6\n", index=True)
    assert [each.series.ordinals for each in both] == [(1, 2), (1,)]


def test_names_may_be_empty_or_na_values_may_not_be_names() -> None:
    (read,) = found("date,value,instrument,definition_version\n2024-01,NA,NA,\n2024-02,1,log,2\n")
    assert read.series.values == (None, 1.0)
    assert read.series.instruments == ("NA", "log")
    assert read.series.definition_versions == ("", "2")


def test_a_go_live_column_overrides_and_empty_means_never() -> None:
    read = found(
        "series,date,value,go_live\na,2024-01,1,2024-02-15\na,2024-02,1,2024-02-15\nb,2024-01,1,\nb,2024-02,1,\n"
    )
    assert [(each.go_live, each.own_go_live) for each in read] == [(2024 * 12 + 1, True), (None, True)]
    assert not found("date,value\n2024-01,1\n")[0].own_go_live


def test_numbers_are_read_as_their_column_writes_them() -> None:
    (comma,) = found("date;value\n2024-01;1,5\n2024-02;2,25\n", delimiter=";")
    assert comma.series.values == (1.5, 2.25)
    (percent,) = found("date,value\n2024-01,12.5%\n2024-02,7%\n")
    assert [value for value in percent.series.values if value is not None] == pytest.approx([0.125, 0.07])
    (gaps,) = found("date,value\n2024-01,12.5 %\n2024-02,\n2024-03,NA\n2024-04,1%\n")
    assert gaps.series.values == (0.125, None, None, 0.01)


def test_another_grain_can_be_asked_for() -> None:
    (read,) = found(dated("2024-01-31", "2024-02-29"), grain="week")
    assert read.series.ordinals == (period_of(date(2024, 1, 31), "week"), period_of(date(2024, 2, 29), "week"))
    (numbered,) = found(dated("2001", "2002"), grain="index")
    assert numbered.series.ordinals == (2001, 2002)


REFUSED: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "no such day": (
        dated("2024-01-01", "2024-02-30"),
        {},
        "series_bad_date",
        {"row": 3, "column": "date", "found": "2024-02-30"},
    ),
    "no such month": (dated("2024-13"), {}, "series_bad_date", {"row": 2}),
    "a word": (dated("2024-01", "May"), {}, "series_bad_date", {"row": 3, "found": "May"}),
    "no date": (dated("2024-01", ""), {}, "series_bad_date", {"row": 3}),
    "months among days": (dated("2024-01-01", "2024-02"), {}, "series_mixed_dates", {"row": 3, "needed": "2024-01-01"}),
    "numbers among months": (dated("2024-01", "3"), {}, "series_mixed_dates", {"row": 3}),
    "text in a number column": (
        "date,value\n2024-01,1\n2024-02,abc\n",
        {},
        "series_bad_number",
        {"row": 3, "column": "value", "found": "abc"},
    ),
    "not a number": ("date,value\n2024-01,NaN\n", {}, "series_bad_number", {"found": "NaN"}),
    "infinity": ("date,value\n2024-01,inf\n", {}, "series_bad_number", {"found": "inf"}),
    "a negative volume": (
        "date,value,volume\n2024-01,1,-2\n",
        {},
        "series_negative_volume",
        {"row": 2, "column": "volume"},
    ),
    "a negative exposure": (
        "date,value,n\n2024-01,1,-2\n",
        {"exposure": "n"},
        "series_negative_exposure",
        {"row": 2, "column": "n", "found": "-2"},
    ),
    "a word as control": (
        "date,value,x\n2024-01,1,2\n2024-02,1,warm\n",
        {"controls": ("x",)},
        "series_bad_number",
        {"row": 3, "column": "x", "found": "warm"},
    ),
    "no control as named": (
        "date,value,x1\n2024-01,1,2\n",
        {"controls": ("x",)},
        "series_column_missing",
        {"needed": "x", "nearest": "x1"},
    ),
    "twice": (dated("2024-01", "2024-02", "2024-01"), {}, "series_twice", {"row": 4, "other": 2, "found": "2024-01"}),
    "twice the day": (dated("2024-01-01", "2024-01-01"), {}, "series_twice", {"row": 3, "other": 2}),
    "two days in a month": (
        dated("2024-01-01", "2024-01-09"),
        {"grain": "month"},
        "series_shared_period",
        {"row": 3, "grain": "month"},
    ),
    "weeks of months": (
        dated("2024-01"),
        {"grain": "week"},
        "series_grain",
        {"found": "week", "needed": "month, quarter, year"},
    ),
    "no value column": ("date,vale\n2024-01,1\n", {}, "series_column_missing", {"needed": "value", "nearest": "vale"}),
    "no volume column as named": (dated("2024-01"), {"volume": "n"}, "series_column_missing", {"needed": "n"}),
    "two go-lives": (
        "date,value,go_live\n2024-01,1,2024-02\n2024-02,1,2024-03\n",
        {},
        "series_go_live_differs",
        {"row": 3, "column": "go_live", "found": "2024-03", "needed": "2024-02"},
    ),
    "a go-live in one row only": (
        "date,value,go_live\n2024-01,1,\n2024-02,1,NA\n2024-03,1,2024-03\n",
        {},
        "series_go_live_empty",
        {"row": 4, "other": 2, "column": "go_live", "needed": "2024-03"},
    ),
    "a go-live missing in a later row": (
        "date,value,go_live\n2024-01,1,2024-03\n2024-02,1,\n",
        {},
        "series_go_live_empty",
        {"row": 3, "other": 2, "column": "go_live", "needed": "2024-03"},
    ),
    "a percent sign among plain numbers": (
        "date,value\n2024-01,12\n2024-02,13%\n",
        {},
        "series_mixed_percent",
        {"row": 3, "column": "value", "found": "13%"},
    ),
    "a percent sign before a number with a thousands mark": (
        "date;value\n2024-01;13%\n2024-02;1e3\n",
        {"delimiter": ";"},
        "series_mixed_percent",
        {"row": 2, "column": "value", "found": "13%"},
    ),
    "a percent sign in a column of a wide table": (
        "date,a,b\n2024-01,1%,2\n2024-02,2%,3%\n",
        {"wide": True},
        "series_mixed_percent",
        {"row": 3, "column": "b", "found": "3%"},
    ),
    "a bad go-live": (
        "date,value,go_live\n2024-01,1,soon\n",
        {},
        "series_bad_date",
        {"row": 2, "column": "go_live", "found": "soon"},
    ),
    "no rows": ("date,value", {}, "series_no_rows", {}),
    "nothing but dates": ("date\n2024-01\n", {"wide": True}, "series_no_rows", {}),
}


@pytest.mark.parametrize(("text", "columns", "code", "fields"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_named(text: str, columns: dict[str, Any], code: str, fields: dict[str, Any]) -> None:
    error = refused(text, **columns)
    assert error.code == code
    assert error.fields | fields == error.fields
    if isinstance(error, DataError):
        assert error.fields["file"] == "export.csv"


@pytest.mark.parametrize(("tongue", "word"), [("en", "(empty)"), ("zh_CN", "（空）")])
def test_an_empty_go_live_is_called_empty(tongue: Locale, word: str) -> None:
    error = refused("date,value,go_live\n2024-01,1,2024-03\n2024-02,1,\n")
    sentence = language(tongue).error(error)
    assert word in sentence
    assert "go_live" in sentence
    assert "2024-03" in sentence


OPTIONS: dict[str, tuple[str, Any, int | None]] = {
    "the month that holds a day": ("2024-02-15", "month", 2024 * 12 + 1),
    "a year is its first day": ("2024", "month", 2024 * 12),
    "a number": ("71", "index", 71),
    "a day among numbers": ("2024-02-15", "index", None),
    "a number among months": ("71", "month", None),
    "a word": ("soon", "month", None),
}


@pytest.mark.parametrize(("text", "grain", "ordinal"), OPTIONS.values(), ids=OPTIONS.keys())
def test_an_option_names_a_period_of_the_data(text: str, grain: Any, ordinal: int | None) -> None:
    if ordinal is not None:
        assert option_ordinal(text, grain=grain, option="--go-live") == ordinal
        return
    with pytest.raises(UsageError, match="series_option_date"):
        option_ordinal(text, grain=grain, option="--go-live")


# Columns beside the values ───────────────────────────────────────────────────

BESIDE = "date,value,x,n,tool\n2024-02,2,20,7,log\n2024-01,1,,8,log\n2024-03,3,30,9,export\n"


def test_controls_and_exposure_are_aligned_with_the_periods() -> None:
    (read,) = found(BESIDE, controls=("x",), exposure="n")
    assert read.series.values == (1.0, 2.0, 3.0)
    assert read.controls == (Control("x", (None, 20.0, 30.0)),)
    assert read.exposure == (8.0, 7.0, 9.0)


def test_columns_that_are_named_are_no_series_of_a_wide_table() -> None:
    read = found(BESIDE, wide=True, controls=("x",), exposure="n", instrument="tool")
    assert [each.series.key for each in read] == ["value"]
    assert read[0].series.instruments == ("log", "log", "export")
    assert read[0].controls == (Control("x", (None, 20.0, 30.0)),)


def test_each_series_of_a_long_table_has_its_own_controls() -> None:
    read = found("series,date,value,x\na,2024-01,1,5\nb,2024-01,1,6\n", controls=("x",))
    assert [each.controls[0].values for each in read] == [(5.0,), (6.0,)]


def test_series_read_together_have_the_finest_grain_any_of_them_needs() -> None:
    text = "series,date,value\na,2024-01,1\na,2024-04,1\nb,2024-01,1\nb,2024-02,2\n"
    assert [each.series.grain for each in found(text)] == ["quarter", "month"]
    assert [each.series.grain for each in found(text, together=True)] == ["month", "month"]
    numbered = found("series,date,value\na,1,1\na,2,1\nb,4,1\n", together=True)
    assert [each.series.grain for each in numbered] == ["index", "index"]


TWICE: dict[str, tuple[dict[str, Any], str, str]] = {
    "the value": ({"controls": ("value",)}, "control", "value"),
    "the date": ({"controls": ("date",)}, "control", "date"),
    "a control": ({"controls": ("x", "x")}, "control", "control"),
    "the exposure": ({"controls": ("n",), "exposure": "n"}, "control", "exposure"),
    "the weight": ({"volume": "n", "exposure": "n"}, "exposure", "volume"),
    "a key": ({"series": ("tool",), "controls": ("tool",)}, "control", "series"),
}


@pytest.mark.parametrize(("columns", "option", "other"), TWICE.values(), ids=TWICE.keys())
def test_a_control_or_exposure_is_a_column_of_its_own(columns: dict[str, Any], option: str, other: str) -> None:
    error = refused(BESIDE, **columns)
    assert (error.code, error.fields["option"], error.fields["other"]) == ("series_column_twice", option, other)
