"""Files as the field sends them, made in code: good ones, strange ones, broken ones, hostile ones.

A case says what the gate must do with it: accept or refuse, with which code, at which row and column, how many
rows it counts, and the sum of the values that come through.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from openpyxl import Workbook

MAPPING = """
layout = "long"
[columns]
date = "date"
value = "value"
metric = "waiting_days"
dimensions = ["site"]
"""

METRIC = """
[metric.waiting_days]
name = { en = "Waiting time", zh_CN = "等待时间" }
unit = "day"
better = "lower"
aggregation = "mean"
minimum = 0
maximum = 1000
"""

HEAD = "date,site,value\n"
ROWS = ("2025-01-06,A,3.5\n", "2025-01-13,A,4\n", "2025-01-20,B,5.25\n")
GOOD = HEAD + "".join(ROWS)
GOOD_SUM = 12.75


@dataclass(frozen=True)
class Case:
    """A file and what the gate must do with it."""

    id: str
    content: bytes
    name: str = "rows.csv"
    mapping: str = MAPPING + METRIC
    code: str | None = None
    row: int | None = None
    column: str | int | None = None
    rows: int = 3
    total: float = GOOD_SUM
    rejects: tuple[tuple[int, str | None, str], ...] = ()
    warnings: tuple[str, ...] = ()
    periods: tuple[str, ...] | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def text(content: str, encoding: str = "utf-8") -> bytes:
    """The content in an encoding."""
    return content.encode(encoding)


def with_value(value: str, *, quote: bool = False) -> bytes:
    """The good table with another value in its second row."""
    cell = f'"{value}"' if quote else value
    return text(f"{HEAD}{ROWS[0]}2025-01-13,A,{cell}\n{ROWS[2]}")


def with_date(value: str) -> bytes:
    """The good table with another date in its second row."""
    return text(f"{HEAD}{ROWS[0]}{value},A,4\n{ROWS[2]}")


def in_format(**format_: str) -> str:
    """The mapping with a [format] table."""
    return f"{MAPPING}[format]\n" + "".join(f'{key} = "{value}"\n' for key, value in format_.items()) + METRIC


def encodings() -> Iterator[Case]:
    chinese = GOOD.replace("A", "上海工厂").replace("B", "苏州工厂")
    yield Case("utf-8", text(GOOD))
    yield Case("byte order mark", text(GOOD, "utf-8-sig"))
    yield Case("chinese in utf-8", text(chinese))
    yield Case("gbk", text(chinese, "gbk"), warnings=("encoding_gb18030",))
    yield Case(
        "gb18030 with a rare character",
        text(chinese.replace("上海", "𠮷林"), "gb18030"),
        warnings=("encoding_gb18030",),
    )
    yield Case("utf-16 little endian with mark", text(chinese, "utf-16"))
    yield Case("utf-16 big endian with mark", b"\xfe\xff" + text(chinese, "utf-16-be"))
    yield Case("utf-16 little endian without mark", text(GOOD, "utf-16-le"), warnings=("encoding_guessed",))
    yield Case("utf-16 big endian without mark", text(GOOD, "utf-16-be"), warnings=("encoding_guessed",))
    traditional = GOOD.replace("A", "臺灣區營運處統計").replace("B", "高雄廠區業務量與備註")
    yield Case("big5", text(traditional, "big5"), warnings=("encoding_guessed",))
    western = GOOD.replace("A", "Werk Süd-Köln, Größe".replace(",", "")).replace("B", "Usine de Besançon à l'été")
    yield Case("latin-1", text(western, "latin-1"), code="unknown_encoding", row=2)
    yield Case("latin-1 declared", text(western, "latin-1"), mapping=in_format(encoding="latin-1"))
    repeated = "2025-01-06,Zürich,5\n"
    for count in (1, 2, 36, 5000):
        yield Case(f"latin-1, {count} rows", text(HEAD + repeated * count, "latin-1"), code="unknown_encoding", row=2)
    yield Case(
        "latin-1 late in the file",
        text(HEAD + ROWS[0] * 40 + repeated, "latin-1"),
        code="unknown_encoding",
        row=42,
    )
    sharp = text(HEAD + "2025-01-06,Größe,5\n", "latin-1")
    yield Case("western letters that are valid chinese", sharp, code="unknown_encoding", row=2)
    japanese = GOOD.replace("A", "東京工場の待ち時間の記録").replace("B", "大阪営業所の記録")
    yield Case("japanese", text(japanese, "shift_jis"), warnings=("encoding_guessed",))
    mixed = (
        text(HEAD)
        + "".join(f"2025-01-{day:02d},上海工厂,1\n" for day in range(1, 8)).encode()
        + text("2025-01-09,苏州工厂,1\n", "gbk")
    )
    yield Case("two encodings in one file", mixed, code="unknown_encoding", row=9)
    mostly_gbk = (
        text(HEAD)
        + "".join(f"2025-01-{day:02d},上海工厂,1\n" for day in range(1, 8)).encode("gbk")
        + text("2025-01-09,苏州工厂,1\n")
    )
    yield Case("utf-8 row in a gbk file", mostly_gbk, code="unknown_encoding", row=9)
    broken = text(chinese, "gbk")[:-30] + b"\xff\xff" + text(chinese, "gbk")[-30:]
    yield Case("broken byte in a gbk file", broken, code="unknown_encoding", row=3)
    yield Case("declared encoding", text(chinese, "gbk"), mapping=in_format(encoding="gbk"))
    yield Case(
        "declared encoding that is none",
        text(GOOD),
        mapping=in_format(encoding="klingon"),
        code="unknown_encoding_name",
    )
    yield Case(
        "declared encoding that does not fit",
        text(chinese, "gbk"),
        mapping=in_format(encoding="utf-8"),
        code="encoding_differs",
        row=2,
        fields={"needed": "utf-8", "found": "0xC9"},
    )
    for name in ("utf-16", "UTF-16-LE", "utf-16-be", "utf_32", "utf-32-le"):
        for content in (GOOD, GOOD + " " * (len(GOOD) % 2 + 1), chinese):
            yield Case(
                f"{name} declared for utf-8, {len(content)} {content is chinese}",
                text(content),
                mapping=in_format(encoding=name),
                code="encoding_differs",
                row=1,
                fields={"needed": name, "found": "UTF-8"},
            )
    yield Case(
        "ascii declared for utf-8",
        text(GOOD.replace("A", "Zürich")),
        mapping=in_format(encoding="ascii"),
        code="encoding_differs",
        row=2,
        fields={"needed": "ascii", "found": "UTF-8"},
    )
    for name in ("hex", "rot13", "idna", "undefined", "unicode_escape", "utf-7x", "é"):
        mapping = in_format(encoding=name)
        yield Case(
            f"{name} declared", text(GOOD), mapping=mapping, code="unknown_encoding_name", fields={"found": name}
        )
    declared = in_format(encoding="utf-16")
    yield Case("utf-16 declared", text(chinese, "utf-16"), mapping=declared)
    yield Case("utf-16 declared, no mark", text(GOOD, "utf-16-le"), mapping=declared)
    yield Case("utf-16-le declared, with mark", text(chinese, "utf-16"), mapping=in_format(encoding="utf-16-le"))
    yield Case("utf-32 declared", text(chinese, "utf-32"), mapping=in_format(encoding="utf-32"))


def lines() -> Iterator[Case]:
    yield Case("cr lf", text(GOOD.replace("\n", "\r\n")))
    yield Case("cr only", text(GOOD.replace("\n", "\r")))
    yield Case("mixed line ends", text(GOOD.replace("\n", "\r\n", 2)))
    yield Case("no final line end", text(GOOD[:-1]), warnings=("no_final_newline",))
    yield Case("blank line at the end", text(GOOD + "\n\n"))
    yield Case("blank line in the middle", text(HEAD + ROWS[0] + "\n" + ROWS[1] + ROWS[2]))
    yield Case("row of delimiters only", text(HEAD + ROWS[0] + ",,\n" + ROWS[1] + ROWS[2]), warnings=("blank_rows",))
    yield Case("sep hint", text("sep=,\n" + GOOD))
    yield Case("sep hint for semicolons", text("sep=;\n" + GOOD.replace(",", ";")))
    yield Case("trailing delimiter in rows", text(GOOD.replace("3.5\n", "3.5,\n")))
    yield Case("quoted line break", text(GOOD.replace(",A,", ',"A\nnorth",')), total=GOOD_SUM)
    broken = text(HEAD + '2025-01-06,"A\nnorth\nend",1\n' + "2025-01-13,A,soon\n")
    yield Case(
        "line number after a quoted line break", broken, rows=2, total=1.0, rejects=((5, "value", "not_a_number"),)
    )
    tall = text('"the\ndate",site,value\n' + ROWS[0] + "2025-01-13,A,soon\n")
    yield Case(
        "line break in the header",
        tall,
        mapping=MAPPING.replace('"date"', '"the date"') + METRIC,
        rows=2,
        total=3.5,
        rejects=((4, "value", "not_a_number"),),
    )
    yield Case("quote inside a cell", text(GOOD.replace(",A,", ',"A ""north""",')))
    yield Case(
        "everything quoted",
        text("".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in GOOD.splitlines())),
    )
    yield Case("space before a quote", text(GOOD.replace(",A,", ', "A, north",')))
    yield Case("title rows", text("月度统计,,\n导出人: 张三,,\n" + GOOD), warnings=("title_rows",))
    yield Case("title rows without delimiters", text("Report of waiting times\n\n" + GOOD), warnings=("title_rows",))
    yield Case(
        "comment line below the header",
        text(HEAD + "# exported\n" + "".join(ROWS)),
        rows=4,
        rejects=((2, None, "wrong_cell_count"),),
    )
    yield Case(
        "short row",
        text(HEAD + ROWS[0] + "2025-01-13,A\n" + ROWS[2]),
        total=8.75,
        rejects=((3, None, "wrong_cell_count"),),
    )
    yield Case(
        "long row",
        text(HEAD + ROWS[0] + "2025-01-13,A,4,5\n" + ROWS[2]),
        total=8.75,
        rejects=((3, None, "wrong_cell_count"),),
    )
    yield Case(
        "thousands without quotes make a long row",
        text(HEAD + ROWS[0] + "2025-01-13,A,1,204.5\n" + ROWS[2]),
        total=8.75,
        rejects=((3, None, "wrong_cell_count"),),
    )
    yield Case(
        "text after a closing quote",
        text(HEAD + ROWS[0] + '2025-01-13,"A"x,4\n' + ROWS[2]),
        total=8.75,
        rejects=((3, None, "bad_quoting"),),
    )
    yield Case(
        "backslash before a quote",
        text(HEAD + ROWS[0] + '2025-01-13,"A\\"x",4\n' + ROWS[2]),
        total=8.75,
        rejects=((3, None, "bad_quoting"),),
    )
    yield Case(
        "a cell of a million characters",
        text(HEAD + ROWS[0] + f"2025-01-13,{'x' * 1_000_000},4\n" + ROWS[2]),
        total=8.75,
        rejects=((3, None, "cell_too_long"),),
    )
    yield Case(
        "unclosed quote at the end", text(HEAD + ROWS[0] + '2025-01-13,"A,4\n' + ROWS[2]), code="truncated_file", row=3
    )
    yield Case(
        "unclosed quote that swallows rows",
        text(HEAD + '2025-01-06,"A,4\n' + '2025-01-13,"B",4\n' * 3),
        code="unclosed_quote",
        row=2,
    )
    yield Case("cut off in the middle of a row", text(GOOD[:-9]), code="truncated_file", row=4)
    yield Case(
        "cut off in the middle of a character",
        text(HEAD + ROWS[0] + "2025-01-13,上海")[:-1],
        code="truncated_file",
        row=3,
    )
    yield Case("utf-16 with half a character", text(GOOD, "utf-16")[:-1], code="truncated_file")


def whole_files() -> Iterator[Case]:
    yield Case("empty", b"", code="empty_file")
    yield Case("white space only", b" \n\r\n\t\n", code="empty_file")
    yield Case("byte order mark only", b"\xef\xbb\xbf", code="empty_file")
    yield Case("one byte", b"x", code="header_only")
    yield Case("header only", text(HEAD), code="header_only", row=1)
    yield Case("zero bytes", text(GOOD).replace(b"A", b"\0", 1), code="nul_bytes", row=2)
    yield Case("all zero bytes", b"\0" * 5000, code="empty_file")
    yield Case(
        "picture",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        code="not_what_its_name_says",
        fields={"found": "PNG", "needed": "CSV"},
    )
    yield Case(
        "web page",
        b"<!DOCTYPE html><html><body>Please sign in</body></html>",
        code="not_what_its_name_says",
        fields={"found": "HTML"},
    )
    yield Case(
        "web page named .csv",
        b"\n  <html><table><tr><td>1</td></tr></table></html>",
        code="not_what_its_name_says",
        fields={"found": "HTML"},
    )
    yield Case("pdf", b"%PDF-1.7\n", code="not_what_its_name_says", fields={"found": "PDF"})
    yield Case("gzip", gzip.compress(text(GOOD)), code="not_what_its_name_says", fields={"found": "gzip"})
    yield Case("zip", _zip({"rows.csv": text(GOOD)}), code="not_what_its_name_says", fields={"found": "ZIP"})
    yield Case(
        "workbook named .csv",
        workbook([["date", "site", "value"], ["2025-01-06", "A", 3.5]]),
        code="not_what_its_name_says",
        fields={"found": "XLSX"},
    )
    yield Case("parquet", b"PAR1" + bytes(100), code="not_what_its_name_says", fields={"found": "Parquet"})
    yield Case("duckdb", bytes(8) + b"DUCK" + bytes(100), code="not_what_its_name_says", fields={"found": "DuckDB"})
    for name in ("rows.xlsx", "rows.XLSM"):
        yield Case(
            f"text named {name}",
            text(GOOD),
            name=name,
            code="not_what_its_name_says",
            fields={"found": "CSV", "needed": "XLSX"},
        )
    yield Case(
        "tab separated text named .xls",
        text(GOOD.replace(",", "\t")),
        name="rows.xls",
        warnings=("text_named_workbook",),
    )


def headers() -> Iterator[Case]:
    yield Case(
        "duplicate header",
        text("date,site,value,value\n2025-01-06,A,3.5,1\n"),
        code="duplicate_header",
        row=1,
        column=4,
    )
    yield Case(
        "headers that differ by width only",
        text("date,site,value,ｖａｌｕｅ\n2025-01-06,A,3.5,1\n"),
        code="duplicate_header",
        row=1,
        column=4,
    )
    yield Case(
        "column without header", text("date,site,value,\n2025-01-06,A,3.5,9\n"), code="missing_header", row=1, column=4
    )
    yield Case(
        "empty column without header",
        text(HEAD.replace("\n", ",\n") + "".join(row.replace("\n", ",\n") for row in ROWS)),
        warnings=("empty_columns",),
    )
    yield Case("headers of another case and width", text(GOOD.replace("value", "ＶＡＬＵＥ").replace("date", " Date ")))
    yield Case(
        "missing column",
        text(GOOD.replace("value", "valeu")),
        code="missing_column",
        row=1,
        fields={"needed": "value", "nearest": "valeu"},
    )
    yield Case("no header", text("".join(ROWS)), code="no_header_row", row=1)
    two = "统计日期,现场,等待,\n,,天数,备注\n"
    mapping = (
        MAPPING.replace('"date"', '"统计日期"').replace('"site"', '"现场"').replace('"value"', '"等待/天数"') + METRIC
    )
    yield Case(
        "two header rows",
        text(two + "".join(row.replace("\n", ",x\n") for row in ROWS)),
        mapping=mapping,
        warnings=("header_rows_joined",),
    )
    yield Case(
        "five thousand columns",
        text(",".join(f"c{at}" for at in range(5000)) + "\n" + "1," * 4999 + "1\n"),
        code="too_many_columns",
    )
    yield Case(
        "many columns not mapped",
        text(HEAD.replace("\n", ",note,a b,@@x\n") + "".join(row.replace("\n", ",n,,1\n") for row in ROWS)),
    )


def delimiters() -> Iterator[Case]:
    yield Case("semicolons", text(GOOD.replace(",", ";")))
    yield Case("tabs", text(GOOD.replace(",", "\t")))
    yield Case("bars", text(GOOD.replace(",", "|")))
    yield Case(
        "semicolons and decimal commas", text(GOOD.replace(",", ";").replace(".", ",")), warnings=("decimal_comma",)
    )
    declared = in_format(decimal=",")
    yield Case(
        "declared decimal comma",
        text("date;site;value\n2025-01-06;A;1.234,5\n"),
        mapping=declared.replace("1000", "9999"),
        rows=1,
        total=1234.5,
    )
    yield Case(
        "comma that could mean both",
        text("date;site;value\n2025-01-06;A;1,234\n"),
        code="ambiguous_decimal",
        row=2,
        column="value",
    )


NUMBERS: tuple[tuple[str, float | str], ...] = (
    ("１２．５", 12.5),
    (" 12.5 ", 12.5),
    ("\u00a012.5", 12.5),
    ("+12.5", 12.5),
    ("1.25E+1", 12.5),
    ("12.", 12.0),
    (".5", 0.5),
    ("007", 7.0),
    ("−0", 0.0),
    ("NaN", "not_finite"),
    ("inf", "not_finite"),
    ("-Infinity", "not_finite"),
    ("1e400", "not_finite"),
    ("1_000", "not_a_number"),
    ("0x10", "not_a_number"),
    ("¥12.5", "unit_differs"),
    ("30%", "unit_differs"),
    ("三点五", "not_a_number"),
    ("1:30", "ambiguous_duration"),
    ("true", "not_a_number"),
    ("#DIV/0!", "not_a_number"),
    ("=1+1", "not_a_number"),
    ("<5", "not_exact"),
    ("约3", "not_exact"),
    ("3-5", "not_exact"),
    ("35.2①", "unit_differs"),
    ("3.5天", 3.5),
    ("84小时", 3.5),
    ("3天12小时", 3.5),
    ("12:00:00", 0.5),
    ("1天30小时", 2.25),
    ("５ 天", 5.0),
    ("12.5元", "unit_differs"),
    ("3个工作日", "unit_differs"),
    ("-4", "out_of_range"),
    ("\u22124", "out_of_range"),
    ("(4.1)", "out_of_range"),
    ("1000.5", "out_of_range"),
)
"""A value cell, and the number it is or the reason it is none."""


def numbers() -> Iterator[Case]:
    for value, meaning in NUMBERS:
        if isinstance(meaning, float):
            yield Case(f"number {value}", with_value(value), total=8.75 + meaning)
        else:
            yield Case(f"number {value}", with_value(value), total=8.75, rejects=((3, "value", meaning),))
    yield Case(
        "number 1,203.4",
        with_value("1,203.4", quote=True),
        mapping=(MAPPING + METRIC).replace("1000", "9999"),
        total=8.75 + 1203.4,
    )
    yield Case("number 1,23", with_value("1,2,3", quote=True), total=8.75, rejects=((3, "value", "not_a_number"),))
    yield Case("missing value", with_value(""), total=8.75, warnings=("missing_values",))
    yield Case("NA", with_value("NA"), total=8.75, warnings=("missing_values",))
    for word in ("N/A", "—", "-", "/", "无", "暂无"):
        yield Case(f"missing {word}", with_value(word), total=8.75, warnings=("missing_values", "missing_words"))
    percent = MAPPING + METRIC.replace('"day"', '"percent"')
    yield Case("percent sign on a percentage", with_value("30%"), mapping=percent, total=38.75)
    share = MAPPING + METRIC.replace('"day"', '"share"')
    yield Case(
        "percent sign on a share",
        text(f"{HEAD}2025-01-06,A,0.25\n2025-01-13,A,30%\n2025-01-20,B,1\n"),
        mapping=share,
        total=1.55,
        warnings=("percent_mixed",),
    )
    unclear = ((2, "value", "percent_unclear"), (4, "value", "percent_unclear"))
    yield Case(
        "percent sign among percentages of a share", with_value("30%"), mapping=share, total=0.3, rejects=unclear
    )
    yield Case("all values missing", text(HEAD + "2025-01-06,A,\n2025-01-13,A,NA\n"), code="no_value")
    yield Case(
        "no row accepted",
        text(HEAD + "2025-01-06,A,x\n2025-01-13,A,y\n"),
        code="no_row_accepted",
        row=2,
        column="value",
    )
    yield Case("total row below", text(GOOD + "合计,,12.75\n"), rows=4, rejects=((5, "date", "total_row"),))
    yield Case(
        "total row by label", text(GOOD + "2025-01-20,小计,12.75\n"), rows=4, rejects=((5, "site", "total_row"),)
    )
    allowed = MAPPING + '[allowed]\nsite = ["A"]\n' + METRIC
    yield Case("dimension not allowed", text(GOOD), mapping=allowed, total=7.5, rejects=((4, "site", "not_allowed"),))
    yield Case(
        "text in row 90,000",
        text(HEAD + "2025-01-06,A,1\n" * 89_998 + "2025-01-06,A,soon\n" + "2025-01-06,A,1\n" * 10),
        rows=90_009,
        total=90_008.0,
        rejects=((90_000, "value", "not_a_number"),),
    )


DATES: tuple[tuple[str, str | None], ...] = (
    ("2025/1/13", None),
    ("2025.1.13", None),
    ("20250113", None),
    ("2025年1月13日", None),
    ("２０２５年１月１３日", None),
    ("2025-01", None),
    ("202501", None),
    ("2025年1月", None),
    ("2025-W03", None),
    ("2025Q1", None),
    ("13 Jan 2025", None),
    ("2025-01-13 08:30", None),
    ("2025-01-13T08:30:15.250+08:00", None),
    ("2025-01-13 08:30:00Z", None),
    ("20250113083000", None),
    ("31/12/2024", None),
    ("12/31/2024", None),
    ("2025-02-30", "not_a_date"),
    ("2025-13-01", "not_a_date"),
    ("0000-01-01", "date_out_of_range"),
    ("9999-12-31", "date_out_of_range"),
    ("", "missing_value"),
    ("soon", "not_a_date"),
    ("45726", "not_a_date"),
    ("infinity", "not_a_date"),
    ("01/02/2025", "ambiguous_date"),
)
"""A date cell among ISO dates, and the reason it is none."""


def dates() -> Iterator[Case]:
    for value, reason in DATES:
        if reason is None:
            yield Case(f"date {value}", with_date(value))
        else:
            yield Case(f"date {value or 'missing'}", with_date(value), total=8.75, rejects=((3, "date", reason),))
    ambiguous = text("date,site,value\n01/02/2025,A,1\n03/04/2025,A,2\n")
    yield Case("day and month never told apart", ambiguous, code="ambiguous_date", row=2, column="date")
    yield Case("day and month declared", ambiguous, mapping=in_format(date="%d/%m/%Y"), rows=2, total=3.0)
    contradicting = text("date,site,value\n31/01/2025,A,1\n01/31/2025,A,2\n")
    yield Case("day and month in both orders", contradicting, code="ambiguous_date", row=2, column="date")
    yield Case("day first proved", text("date,site,value\n01/02/2025,A,1\n31/01/2025,A,2\n"), rows=2, total=3.0)
    short = text("date,site,value\n1-Jan-11,A,1\n1-Feb-11,A,2\n")
    yield Case("year of two digits", short, code="ambiguous_date", row=2, column="date")
    yield Case("year of two digits declared", short, mapping=in_format(date="%d-%b-%y"), rows=2, total=3.0)
    swapped = text("date,site,value\n2025-05-06,A,1\n2025-13-01,A,2\n2025-01-13,A,4\n")
    yield Case(
        "declared format that looks like iso",
        swapped,
        mapping=in_format(date="%Y-%d-%m"),
        total=3.0,
        periods=("2025-01", "2025-06"),
        rejects=((4, "date", "not_a_date"),),
    )
    yield Case("date format that is none", text(GOOD), mapping=in_format(date="%Q"), code="date_format_unsupported")
    timed = MAPPING.replace('value = "value"', 'value = "value"\nend = "end"') + METRIC
    ends = text(
        "date,end,site,value\n2025-01-06 08:00,2025-01-06 09:00,A,1\n2025-01-06 08:00,2025-01-06 07:59,A,2\n2025-01-07 08:00,,A,4\n"
    )
    yield Case("end before date", ends, mapping=timed, rows=3, total=5.0, rejects=((3, "end", "end_before_date"),))


def metrics() -> Iterator[Case]:
    named = MAPPING.replace('metric = "waiting_days"', 'metric = "metric"') + METRIC
    rows = "date,site,metric,value\n2025-01-06,A,waiting_days,1\n2025-01-13,A,Waiting time,2\n2025-01-20,A,等待时间,4\n"
    yield Case("metric by key, name and chinese name", text(rows), mapping=named, total=7.0)
    yield Case(
        "unknown metric in a row",
        text(rows.replace("Waiting time", "waiting_dayz")),
        mapping=named,
        code="unknown_metric",
        row=3,
        column="metric",
        fields={"nearest": "waiting_days"},
    )
    yield Case(
        "unknown metric in the mapping",
        text(GOOD),
        mapping=MAPPING.replace("waiting_days", "oeee"),
        code="unknown_metric",
        fields={"nearest": "oee"},
    )
    yield Case(
        "row without a metric",
        text(rows.replace("Waiting time", "")),
        mapping=named,
        total=5.0,
        rejects=((3, "metric", "missing_value"),),
    )
    one = text("date,site,value,waiting_days\n2025-01-06,A,1,9\n")
    yield Case("key named like a column", one, rows=1, total=1.0)
    same = text("date,site,waiting_days\n2025-01-06,A,1\n")
    yield Case(
        "value column named like the key",
        same,
        mapping=(MAPPING + METRIC).replace('"value"', '"waiting_days"'),
        rows=1,
        total=1.0,
    )
    yield Case(
        "one column in two parts",
        text(GOOD),
        mapping=MAPPING.replace('value = "value"', 'value = "date"') + METRIC,
        code="one_column_two_roles",
    )
    hidden = text(GOOD.replace(",A,", ",A\u200b\u202e,"))
    yield Case("invisible characters in a name", hidden, warnings=("invisible_characters",))
    volume = MAPPING.replace('value = "value"', 'value = "value"\nvolume = "n"') + METRIC
    weighed = text("date,site,value,n\n2025-01-06,A,1,10\n2025-01-13,A,2,-1\n2025-01-20,A,3,many\n2025-01-27,A,4,\n")
    yield Case(
        "volume negative, no number, missing",
        weighed,
        mapping=volume,
        rows=4,
        total=5.0,
        rejects=((3, "n", "out_of_range"), (4, "n", "not_a_number")),
    )


WIDE = """
layout = "wide"
[columns]
date = "month"
dimensions = ["site"]
metrics = { "waiting" = "waiting_days", "again" = "rework_days" }
"""

PERIODS = """
layout = "wide"
[columns]
metric = "metric"
dimensions = ["site"]
periods = ["2025-01", "2025年2月", "202503"]
"""

REWORK = METRIC.replace("waiting_days", "rework_days").replace("Waiting", "Rework").replace("等待", "返工")


def wide() -> Iterator[Case]:
    by_metric = WIDE + METRIC + REWORK
    table = "month,site,waiting,again\n2025-01,A,1,2\n2025-02,A,x,4\n2025-03,A,,8\n2025-04,A,x,y\n"
    yield Case(
        "metrics across",
        text(table),
        mapping=by_metric,
        rows=4,
        total=15.0,
        rejects=((3, "waiting", "not_a_number"), (5, "waiting", "not_a_number"), (5, "again", "not_a_number")),
        warnings=("missing_values",),
    )
    by_period = PERIODS + METRIC + REWORK
    table = "metric,site,2025-01,2025年2月,202503\nwaiting_days,A,1,2,\nrework_days,A,4,-8,16\n合计,A,5,10,16\n"
    yield Case(
        "periods across",
        text(table),
        mapping=by_period,
        rows=3,
        total=23.0,
        rejects=((3, "2025年2月", "out_of_range"), (4, "metric", "total_row")),
        warnings=("missing_values",),
    )
    yield Case(
        "period nobody can read",
        text(table.replace("202503", "spring")),
        mapping=by_period.replace("202503", "spring"),
        code="period_unreadable",
        column="spring",
    )


# Workbooks ───────────────────────────────────────────────────────────────────


def workbook(rows: list[list[Any]], *, edit: Callable[[Any], None] | None = None) -> bytes:
    """A workbook made by openpyxl, one sheet; `edit` may change it before it is written."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if edit is not None:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_xlsxwriter(fill: Callable[[Any, Any], None]) -> bytes:
    """A workbook made by XlsxWriter; `fill` is given the book and its sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book, book.add_worksheet("数据"))
    book.close()
    return stream.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A workbook with changed parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    return _zip(members)


TABLE: list[list[Any]] = [
    ["date", "site", "value"],
    ["2025-01-06", "A", 3.5],
    ["2025-01-13", "A", 4],
    ["2025-01-20", "B", 5.25],
]
SHEET = "xl/worksheets/sheet1.xml"


def _sheet(change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    def apply(members: dict[str, bytes]) -> None:
        members[SHEET] = change(members[SHEET])

    return apply


def workbooks() -> Iterator[Case]:
    from datetime import datetime

    good = workbook(TABLE)
    dated = [TABLE[0], *([datetime.fromisoformat(row[0]), *row[1:]] for row in TABLE[1:])]
    yield Case("workbook", good, name="rows.xlsx")
    yield Case("workbook with date cells", workbook(dated), name="rows.xlsx")
    yield Case(
        "workbook with title rows", workbook([["月度统计"], [], *TABLE]), name="rows.xlsx", warnings=("title_rows",)
    )
    yield Case("workbook with text numbers", workbook([[str(cell) for cell in row] for row in TABLE]), name="rows.xlsx")
    yield Case("workbook of the 1904 calendar", workbook(dated, edit=_in_1904), name="rows.xlsx", periods=("2025-01",))
    stamped = [TABLE[0], [datetime(2025, 1, 6, 8, 29, 59), "A", 3.5]]  # noqa: DTZ001
    yield Case(
        "workbook with time stamps", workbook(stamped), name="rows.xlsx", rows=1, total=3.5, periods=("2025-01",)
    )
    yield Case("hidden column", workbook(TABLE, edit=_hide_column), name="rows.xlsx", warnings=("hidden_columns",))
    yield Case("macro workbook", good, name="rows.xlsm")
    yield Case(
        "workbook with several sheets",
        workbook(TABLE, edit=lambda book: book.create_sheet("other")),
        name="rows.xlsx",
        warnings=("several_sheets",),
    )
    named = in_format(sheet="Sheet")
    yield Case("sheet by name", good, name="rows.xlsx", mapping=named)
    yield Case(
        "missing sheet",
        good,
        name="rows.xlsx",
        mapping=in_format(sheet="Sheets"),
        code="missing_sheet",
        fields={"nearest": "Sheet"},
    )
    yield Case("hidden rows", workbook(TABLE, edit=_hide_row), name="rows.xlsx", warnings=("hidden_rows",))
    yield Case(
        "hidden first sheet",
        workbook([["secret"]], edit=_visible_second),
        name="rows.xlsx",
        warnings=("hidden_sheets",),
    )
    yield Case(
        "error cell",
        by_xlsxwriter(_with_error),
        name="rows.xlsx",
        total=8.75,
        rejects=((3, "value", "not_a_number"),),
        warnings=("error_cells",),
    )
    yield Case(
        "formula without a stored value",
        workbook([*TABLE[:2], ["2025-01-13", "A", "=1+3"], TABLE[3]]),
        name="rows.xlsx",
        total=8.75,
        rejects=((3, "value", "not_a_number"),),
        warnings=("formulas_without_value",),
    )
    percent = MAPPING + METRIC.replace('"day"', '"percent"')
    yield Case("percentage cells", by_xlsxwriter(_with_percent), name="rows.xlsx", mapping=percent, rows=2, total=43.5)
    yield Case(
        "merged names",
        workbook([*TABLE[:2], ["2025-01-13", None, 4], TABLE[3]], edit=lambda book: book.active.merge_cells("B2:B3")),
        name="rows.xlsx",
        warnings=("merged_cells",),
    )
    yield Case("blank rows between", workbook([*TABLE[:2], [], *TABLE[2:]]), name="rows.xlsx", rows=3)
    yield Case(
        "bad row number in a workbook",
        workbook([*TABLE[:2], [], ["2025-01-13", "A", "soon"], TABLE[3]]),
        name="rows.xlsx",
        total=8.75,
        rejects=((4, "value", "not_a_number"),),
    )
    yield Case("empty workbook", workbook([]), name="rows.xlsx", code="empty_file")
    yield Case(
        "zip named .xlsx",
        _zip({"readme.txt": b"hello"}),
        name="rows.xlsx",
        code="not_what_its_name_says",
        fields={"found": "ZIP", "needed": "XLSX"},
    )
    yield Case(
        "picture named .xlsx",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        name="rows.xlsx",
        code="not_what_its_name_says",
        fields={"found": "PNG", "needed": "XLSX"},
    )
    yield Case(
        "password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), name="rows.xlsx", code="password_protected"
    )
    yield Case("workbook cut in half", good[: len(good) // 2], name="rows.xlsx", code="truncated_file")
    far = repacked(
        good,
        _sheet(
            lambda sheet: sheet.replace(
                b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            )
        ),
    )
    yield Case("one cell at XFD1048576", far, name="rows.xlsx", code="used_range_too_large")
    hidden_far = repacked(
        good,
        _sheet(
            lambda sheet: sheet.replace(
                b"</sheetData>", b'<row r="9"><c s="0" t="n" r="XFD1048576"><v>1</v></c></row></sheetData>'
            )
        ),
    )
    yield Case("far cell in a near row", hidden_far, name="rows.xlsx", code="used_range_too_large")
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">]>'
    yield Case(
        "billion laughs",
        repacked(good, _sheet(lambda sheet: laughs + sheet.partition(b"?>")[2])),
        name="rows.xlsx",
        code="hostile_workbook",
        fields={"found": "DTD"},
    )
    yield Case(
        "bomb",
        repacked(good, _sheet(lambda sheet: sheet + b" " * 40_000_000)),
        name="rows.xlsx",
        code="hostile_workbook",
        fields={"found": "ratio"},
    )
    yield Case(
        "path out of the container",
        repacked(good, lambda members: members.update({"../evil.xml": b"<a/>"})),
        name="rows.xlsx",
        code="hostile_workbook",
        fields={"found": "path"},
    )
    yield Case(
        "broken xml",
        repacked(good, _sheet(lambda sheet: sheet[: len(sheet) // 2])),
        name="rows.xlsx",
        code="damaged_workbook",
    )


def _in_1904(book: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book.epoch = CALENDAR_MAC_1904


def _hide_column(book: Any) -> None:
    book.active.column_dimensions["B"].hidden = True


def _hide_row(book: Any) -> None:
    book.active.row_dimensions[3].hidden = True


def _visible_second(book: Any) -> None:
    sheet = book.create_sheet("data")
    for row in TABLE:
        sheet.append(row)
    book.active.sheet_state = "hidden"
    book.active = 1


def _with_error(book: Any, sheet: Any) -> None:
    for at, row in enumerate(TABLE):
        sheet.write_row(at, 0, row)
    sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")


def _with_percent(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, TABLE[0])
    style = book.add_format({"num_format": "0.0%"})
    for at, value in enumerate((0.3, 0.135), start=1):
        sheet.write_row(at, 0, [f"2025-01-0{at}", "A"])
        sheet.write_number(at, 2, value, style)


def all_cases() -> tuple[Case, ...]:
    """Every case."""
    groups = (encodings, lines, whole_files, headers, delimiters, numbers, dates, metrics, wide, workbooks)
    return tuple(case for group in groups for case in group())
