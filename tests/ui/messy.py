"""Exports as clients send them, none of our make: openpyxl, the csv module, bytes and markup written by hand.

Every file measures a metric of its own over the same months, so that what comes out can be compared cell by cell.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl import Workbook

MONTHS = tuple((2024 + at // 12, at % 12 + 1) for at in range(28))
"""January 2024 to April 2026: twenty before a go-live in September 2025, eight from then on."""


def value(at: int, *, base: float, step: float) -> float:
    """The value of a month: a level that changes by `step` at go-live, and a little rhythm."""
    return round(base + (at * 7 % 5) * 0.3 + (step if at >= 20 else 0.0), 2)


@dataclass(frozen=True, slots=True)
class Messy:
    """One export: its bytes, the rows an import must find, and what it measures in the unit the metric is kept in.

    `values` are those of `MONTHS`, None where the file has no usable one. `answers` are the choices a person
    clicks, by the beginning of their words.
    """

    name: str
    content: bytes
    metric: str
    rows: int
    rejected: int
    values: tuple[float | None, ...]
    answers: tuple[str, ...] = ()


def _series(base: float, step: float) -> tuple[float, ...]:
    return tuple(value(at, base=base, step=step) for at in range(len(MONTHS)))


def _book(fill: Callable[[Workbook], None]) -> bytes:
    book = Workbook()
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def gbk_csv() -> Messy:
    """Comma-separated, Chinese of the nineties, CRLF, dates with dots."""
    values = _series(12, -4)
    lines = ["日期,订单交付周期(天),地点"]
    lines += [f"{y}.{m}.1,{v},一厂" for (y, m), v in zip(MONTHS, values, strict=True)]
    return Messy("订单.csv", "\r\n".join([*lines, ""]).encode("gbk"), "order_lead_time_days", 28, 0, values)


def titled_book() -> Messy:
    """Title rows, a merged header of two rows, yearly totals, an error cell, a hidden row, a column of remarks."""
    values: list[float | None] = list(_series(9, -3))

    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet["A1"], sheet["A2"] = "华东精工月报", "编制：财务部"
        sheet.merge_cells("A1:D1")
        sheet["A4"], sheet["B4"], sheet["B5"], sheet["C5"] = "月份", "财务", "月结天数(天)", "备注"
        sheet.merge_cells("A4:A5")
        sheet.merge_cells("B4:C4")
        row = 6
        for at, (year, month) in enumerate(MONTHS):
            sheet.cell(row, 1, f"{year}年{month}月")
            sheet.cell(row, 2, "#DIV/0!" if at == 7 else values[at])
            sheet.row_dimensions[row].hidden = at == 9
            row += 1
            if month == 12:
                sheet.cell(row, 1, f"{year}年合计")
                sheet.cell(row, 2, 999)
                row += 1

    content = _book(fill)
    values[7] = None
    return Messy("月报 (最终版).xlsx", content, "month_close_days", 30, 3, tuple(values))


def web_page() -> Messy:
    """A web page in GBK that calls itself a workbook."""
    values = _series(91, 3)
    rows = "".join(f"<tr><td>{y}年{m}月1日</td><td>{v}</td></tr>" for (y, m), v in zip(MONTHS, values, strict=True))
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gbk"></head><body>'
        f"<table><tr><td colspan=2>质量台账</td></tr><tr><th>日期</th><th>一次合格率(%)</th></tr>{rows}</table></body></html>"
    )
    return Messy("质量.xls", text.encode("gbk"), "first_pass_yield", 28, 0, values)


def xml_2003() -> Messy:
    """The XML an old ERP writes under a workbook's name."""
    values = _series(70, 4)

    def row(*cells: tuple[str, object]) -> str:
        inner = "".join(f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>' for kind, text in cells)
        return f"<Row>{inner}</Row>"

    body = row(("String", "Date"), ("String", "OEE (%)")) + "".join(
        row(("DateTime", f"{y}-{m:02d}-01T00:00:00.000"), ("Number", v))
        for (y, m), v in zip(MONTHS, values, strict=True)
    )
    text = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Daten"><Table>'
        f"{body}</Table></Worksheet></Workbook>"
    )
    return Messy("oee.xls", text.encode(), "oee", 28, 0, values)


def tabbed_text() -> Messy:
    """Tabs in GBK, dates as eight digits, under a workbook's name."""
    values = _series(5, -1)
    lines = ["日期\t返工率(%)"] + [f"{y}{m:02d}01\t{v}" for (y, m), v in zip(MONTHS, values, strict=True)]
    return Messy("返工.xls", "\r\n".join([*lines, ""]).encode("gbk"), "rework_rate", 28, 0, values)


def german_csv() -> Messy:
    """Semicolons, a decimal comma, the day first where no day can be a month."""
    values = _series(30, -9)
    lines = ["Date;Purchase approval time (hours)"]
    lines += [
        f"28.{m:02d}.{y};{v}".replace(f";{v}", f";{str(v).replace('.', ',')}")
        for (y, m), v in zip(MONTHS, values, strict=True)
    ]
    return Messy("freigabe.csv", "\n".join([*lines, ""]).encode("cp1252"), "purchase_approval_hours", 28, 0, values)


def swappable() -> Messy:
    """Dates in which day and month could be swapped: asked about, never guessed."""
    values = _series(55, -15)
    lines = ["date,changeover time (minutes)"]
    lines += [f"{m:02d}/01/{y},{v}" for (y, m), v in zip(MONTHS, values, strict=True)]
    text = "\n".join([*lines, ""])
    return Messy("changeover.csv", text.encode(), "changeover_minutes", 28, 0, values, ("month first",))


def full_width() -> Messy:
    """Numbers as text: full width, thousands separators, blanks around them; real dates."""
    values = _series(1203, -200)

    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["日期", "库存周转天数"])
        wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
        for at, ((year, month), found) in enumerate(zip(MONTHS, values, strict=True)):
            text = f"{found:,}"
            sheet.append([f"{year}/{month}/1", str(found).translate(wide) if at % 3 == 0 else f" {text} "])

    return Messy("库存.xlsx", _book(fill), "inventory_turnover_days", 28, 0, values)


def months_across() -> Messy:
    """One row a metric, one column a month, written by the csv module with a byte order mark."""
    values = _series(85, 5)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["指标", *(f"{y}年{m}月" for y, m in MONTHS)])
    writer.writerow(["准时交付率", *values])
    return Messy("宽表.csv", stream.getvalue().encode("utf-8-sig"), "on_time_delivery_rate", 1, 0, values)


def personal() -> Messy:
    """Names and mobile numbers beside the figures."""
    values = _series(20, -6)
    lines = ["日期,收货入库时长(小时),经办人,手机"]
    lines += [
        f"{y}-{m:02d}-01,{v},{'张王李赵'[at % 4]}伟,1380013{8000 + at}"
        for at, ((y, m), v) in enumerate(zip(MONTHS, values, strict=True))
    ]
    return Messy("收货.csv", "\n".join([*lines, ""]).encode(), "goods_receipt_hours", 28, 0, values)


def bad_rows() -> Messy:
    """Cells that are no values, a value no share can have, a formula as text, under a name that is markup."""
    values: list[float | None] = list(_series(60, 8))
    values[3], values[5] = None, None
    lines = ["Date,Automatic voucher rate (%)"]
    lines += [
        f"{y}-{m:02d}-01,{'n/a' if at == 3 else 300 if at == 5 else v}"
        for at, ((y, m), v) in enumerate(zip(MONTHS, values, strict=True))
    ]
    lines += ["someday,60", "=cmd|' /C calc'!A0,60"]
    name = "<b>bad</b> [x](www.example.com) $a$ :red[b].csv".replace("/", "")
    return Messy(name, "\n".join([*lines, ""]).encode(), "voucher_automation_rate", 30, 3, tuple(values))


def two_sheets() -> Messy:
    """Two sheets that could both be meant: asked about."""
    values = _series(14, -4)

    def fill(book: Workbook) -> None:
        book.active.title = "Plan"
        for name, plus in (("Plan", 5.0), ("Actual", 0.0)):
            sheet = book["Plan"] if name == "Plan" else book.create_sheet(name)
            sheet.append(["Date", "Order entry time (minutes)"])
            for (year, month), found in zip(MONTHS, values, strict=True):
                sheet.append([f"{year}-{month:02d}-01", round(found + plus, 2)])

    return Messy("entry.xlsx", _book(fill), "order_entry_minutes", 28, 0, values, ("Actual",))


def open_document() -> Messy:
    """An OpenDocument sheet, zipped by hand."""
    values = _series(18, -5)

    def cell(kind: str, attribute: str, text: object) -> str:
        return f'<table:table-cell office:value-type="{kind}" {attribute}><text:p>{text}</text:p></table:table-cell>'

    rows = "".join(
        "<table:table-row>"
        + cell("date", f'office:date-value="{y}-{m:02d}-01"', f"{m}/{y}")
        + cell("float", f'office:value="{v}"', v)
        + "</table:table-row>"
        for (y, m), v in zip(MONTHS, values, strict=True)
    )
    head = "".join(cell("string", "", text) for text in ("Date", "Engineering change time (days)"))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1"><table:table-row>{head}</table:table-row>{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
            'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return Messy("changes.ods", stream.getvalue(), "engineering_change_days", 28, 0, values)


def ten_thousands() -> Messy:
    """Money in units of ten thousand, as the header says."""
    values = _series(21, -4)

    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["月份", "异常损失(万元)"])
        for (year, month), found in zip(MONTHS, values, strict=True):
            sheet.append([f"{year}-{month:02d}", found])

    kept = tuple(round(found * 10_000, 2) for found in values)
    return Messy("损失.xlsx", _book(fill), "incident_loss_amount", 28, 0, kept)


def messy() -> tuple[Messy, ...]:
    """All of them."""
    return tuple(
        make()
        for make in (
            gbk_csv,
            titled_book,
            web_page,
            xml_2003,
            tabbed_text,
            german_csv,
            swappable,
            full_width,
            months_across,
            personal,
            bad_rows,
            two_sheets,
            open_document,
            ten_thousands,
        )
    )
