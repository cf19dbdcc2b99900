"""The same table in any dialect gives the same observations; damage is refused or accounted for, never believed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.conftest import Gate
from tests.intake.corpus import GOOD, MAPPING, METRIC, workbook
from valueviz.errors import ValuevizError
from valueviz.intake import spool
from valueviz.intake.amount import read_amount
from valueviz.intake.moment import read_moment
from valueviz.intake.reading import parse_text_table

Table = list[tuple[str, str, str]]
Taken = TypeVar("Taken")

NAMES = st.text(alphabet="上海苏州工厂一二AB cd,;\"'\n-0", min_size=1, max_size=8).map(lambda name: f"n{name}z")
VALUES = st.floats(min_value=0, max_value=1000, allow_nan=False).map(lambda value: repr(round(value, 6)))
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 1, 1)).map(date.isoformat)
TABLES = st.lists(st.tuples(DAYS, NAMES, VALUES), min_size=1, max_size=12)
HEADER = ("date", "site", "value")

QUICK = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
SLOW = settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def _text(table: Table, encoding: str, delimiter: str, end: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows([HEADER, *table])
    return stream.getvalue().encode(encoding)


DIALECTS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "gbk": ("rows.csv", lambda table: _text(table, "gb18030", ",", "\r\n")),
    "utf-16": ("rows.csv", lambda table: _text(table, "utf-16", "\t", "\n")),
    "semicolon": ("rows.csv", lambda table: _text(table, "utf-8", ";", "\n")),
    "tab": ("rows.txt", lambda table: _text(table, "utf-8-sig", "\t", "\r\n")),
    "workbook": ("rows.xlsx", lambda table: workbook([[*HEADER], *([*row] for row in table)])),
}


def _plain(rows: Any) -> list[tuple[str, ...]]:
    return [tuple(" ".join(cell.split()) for cell in row) for row in rows]


def _taken_or_refused(take: Callable[[], Taken]) -> Taken | ValuevizError:
    try:
        return take()
    except ValuevizError as refusal:
        return refusal


@QUICK
@given(table=TABLES)
def test_any_dialect_reads_as_the_same_text(table: Table, tmp_path: Path) -> None:
    for name, write in DIALECTS.values():
        path = tmp_path / name
        path.write_bytes(write(table))
        read = parse_text_table(path, encoding="gb18030" if write is DIALECTS["gbk"][1] else None)
        assert read.header == HEADER
        assert _plain(read.rows) == _plain(table)


@SLOW
@given(table=TABLES)
def test_any_dialect_gives_the_same_observations(table: Table, gate: Gate, tmp_path: Path) -> None:
    found = []
    for name, write in DIALECTS.values():
        taken = gate(name, write(table), MAPPING + METRIC)
        assert (taken.rows, taken.accepted, taken.rejected) == (len(table), len(table), 0)
        snapshot = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet", columns=["date", "value", "unit"])
        found.append(snapshot.to_pylist())
    assert all(each == found[0] for each in found)
    assert [row["value"] for row in found[0]] == [float(value) for _, _, value in table]


@QUICK
@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), length=st.integers(0, 3))
def test_a_damaged_file_is_refused_or_every_record_is_accounted_for(
    at: int, byte: int, length: int, tmp_path: Path
) -> None:
    content = GOOD.encode()
    path = tmp_path / "rows.csv"
    path.write_bytes(content[:at] + bytes([byte]) * length + content[at + 1 :])
    table = _taken_or_refused(lambda: parse_text_table(path))
    if isinstance(table, ValuevizError):
        assert table.fields["file"] == "rows.csv"
        return
    assert len(table.rows) == len(table.numbers)
    assert all(len(row) == len(table.header) for row in table.rows)
    assert sorted({*table.numbers, *(fault.row for fault in table.faults)}) == sorted(
        [*table.numbers, *(fault.row for fault in table.faults)]
    )


@SLOW
@given(noise=st.lists(st.text(alphabet='0123456789,.-"eE年月日/: \t%', max_size=9), min_size=1, max_size=12))
def test_noise_in_cells_is_rejected_cell_by_cell(noise: list[str], gate: Gate) -> None:
    stream = io.StringIO()
    rows = [
        ("2025-01-06", "A", "1"),
        *(("2025-01-06", "A", text) for text in noise),
        *((text, "A", "1") for text in noise),
    ]
    csv.writer(stream, lineterminator="\n").writerows([HEADER, *rows])
    taken = _taken_or_refused(lambda: gate("rows.csv", stream.getvalue().encode(), MAPPING + METRIC))
    if isinstance(taken, ValuevizError):
        assert taken.code == "ambiguous_decimal"
        return
    assert taken.rows == len(rows) == taken.accepted + taken.rejected
    assert {fault.reason for fault in taken.rejects} <= {
        *("not_a_number", "not_a_date", "missing_value", "out_of_range", "not_finite", "date_out_of_range"),
        *("ambiguous_date", "ambiguous_decimal", "ambiguous_duration", "coarser_period", "month_unclear", "not_exact"),
        *("total_by_arithmetic", "unit_differs", "year_missing", "percent_unclear"),
    }


BROKEN = st.sampled_from(
    [("", "A", "1"), ("2025-02-30", "A", "1"), ("2025-01-06", "合计", "1"), ("2025-01-06", "A", "x")]
)


@SLOW
@given(table=TABLES, broken=BROKEN)
def test_the_engine_reads_a_file_as_the_reader_of_records_does(
    table: Table, broken: tuple[str, str, str], gate: Gate, tmp_path: Path
) -> None:
    content = _text([*table, ("2025-01-06", "z", "1"), broken], "utf-8", ",", "\n")
    found = []
    for read_whole in (spool._whole, lambda *args, **options: None):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(spool, "_whole", read_whole)
            taken = gate("rows.csv", content, MAPPING + METRIC)
        found.append((taken, pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").to_pylist()))
    assert found[0] == found[1]


@QUICK
@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_python_writes_is_read_back_exactly(value: float) -> None:
    assert read_amount(repr(value)).value == value


@QUICK
@given(value=st.integers(-(10**15), 10**15))
def test_well_formed_thousands_are_read_and_ill_formed_refused(value: int) -> None:
    assert read_amount(f"{value:,}").value == float(value)
    assert read_amount(f"{value:,}".replace(",", "."), decimal=",").value == float(value)
    if abs(value) >= 10**4:
        assert read_amount(f"{value}"[:-2] + "," + f"{value}"[-2:]).reason == "not_a_number"


@QUICK
@given(moment=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_day_reads_the_same_in_every_form(moment: date) -> None:
    forms = (
        moment.isoformat(),
        f"{moment:%Y/%m/%d}",
        f"{moment.year}.{moment.month}.{moment.day}",
        f"{moment:%Y%m%d}",
        f"{moment.year}年{moment.month}月{moment.day}日",
        f"{moment:%Y-%m-%d} 00:00:00+08:00",
    )
    for form in forms:
        read = read_moment(form)
        assert read.at is not None
        assert read.at.date() == moment
