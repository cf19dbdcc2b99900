"""One table in every container comes through the gate the same; what cannot be read says what it is."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import odf.opendocument
import odf.style
import odf.table
import odf.text
import pyarrow.parquet
import pytest
import xlwt

from tests.intake.conftest import Gate
from tests.intake.corpus import GOOD_SUM, MAPPING, METRIC, SHEET, TABLE, repacked, workbook
from valueviz.errors import DataError
from valueviz.intake.compound import MAGIC
from valueviz.intake.grid import text_of, texts_of
from valueviz.intake.reading import TextTable, parse_text_table

FULL = MAPPING + METRIC


def by_xlwt(fill: Callable[[xlwt.Workbook], None]) -> bytes:
    """A binary workbook made by xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _rows_of_xls(book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("数据")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, cells in enumerate(TABLE):
        for column, cell in enumerate(cells):
            dated = row > 0 and column == 0
            sheet.write(row, column, datetime.fromisoformat(cell) if dated else cell, *((day,) if dated else ()))


def by_odfpy(rows: list[list[object]], *, edit: Callable[[odf.table.Table], None] | None = None) -> bytes:
    """An OpenDocument spreadsheet made by odfpy."""
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="数据")
    for cells in rows:
        row = odf.table.TableRow()
        for cell in cells:
            row.addElement(ods_cell(cell))
        table.addElement(row)
    if edit is not None:
        edit(table)
    document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


def ods_cell(cell: object) -> odf.table.TableCell:
    """One cell of an OpenDocument sheet: a number, a date, or text."""
    if cell is None:
        return odf.table.TableCell()
    if isinstance(cell, float | int):
        return odf.table.TableCell(valuetype="float", value=str(cell))
    if isinstance(cell, date):
        return odf.table.TableCell(valuetype="date", datevalue=cell.isoformat())
    made = odf.table.TableCell(valuetype="string")
    made.addElement(odf.text.P(text=str(cell)))
    return made


DATED = [TABLE[0], *([datetime.fromisoformat(row[0]).date(), *row[1:]] for row in TABLE[1:])]


def page(rows: list[list[object]], *, encoding: str = "utf-8", head: str = "", around: str = "{}") -> bytes:
    """A web page with one table, as domestic systems write it under the name .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n" for cells in rows)
    html = f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head>{head}<style>td {{ mso-number-format: '0' }}</style></head>"
    return (html + f"<body>{around.format(f'<table border=1>{lines}</table>')}</body></html>").encode(encoding)


def xml_2003(rows: str, *, styles: str = "", more: str = "", encoding: str = "utf-8") -> bytes:
    """A workbook in the XML of 2003, one sheet."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="数据"><Table>{rows}</Table></Worksheet>{more}</Workbook>'
    ).encode(encoding)


def xml_row(*cells: tuple[str, object] | object, attributes: str = "") -> str:
    """One row of it; a cell is a text, a number, or a pair of type and value."""
    made = ""
    for cell in cells:
        kind, value = (
            cell if isinstance(cell, tuple) else ("Number" if isinstance(cell, float | int) else "String", cell)
        )
        made += f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'
    return f"<Row{attributes}>{made}</Row>"


XML_ROWS = xml_row("date", "site", "value") + "".join(
    xml_row(("DateTime", f"{day}T00:00:00.000"), site, value) for day, site, value in TABLE[1:]
)

FLAT_ODS = (
    '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
    '<table:table table:name="s">'
    + "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, float | int)
            else f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>"
            for cell in cells
        )
        + "</table:table-row>"
        for cells in TABLE
    )
    + "</table:table></office:spreadsheet></office:body></office:document>"
).encode()

CHARSET = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
GBK_ROWS: list[list[object]] = [TABLE[0], *([row[0], "上海工厂", row[2]] for row in TABLE[1:])]

CONTAINERS = {
    "xlsx": ("rows.xlsx", workbook(TABLE)),
    "xlsx under the name of its forerunner": ("rows.xls", workbook(TABLE)),
    "xlsx in capitals": ("ROWS.XLSX", workbook(TABLE)),
    "xls": ("rows.xls", by_xlwt(_rows_of_xls)),
    "xls under the name of its successor": ("rows.xlsx", by_xlwt(_rows_of_xls)),
    "xls of wps": ("rows.et", by_xlwt(_rows_of_xls)),
    "ods": ("rows.ods", by_odfpy(DATED)),
    "flat ods": ("rows.fods", FLAT_ODS),
    "web page": ("rows.xls", page(TABLE)),
    "web page in gbk that says so": ("rows.xls", page(GBK_ROWS, head=CHARSET, encoding="gbk")),
    "web page in gbk that does not say so": ("rows.xls", page(GBK_ROWS, encoding="gbk")),
    "web page in utf-8 that says gb2312": ("rows.xls", page(GBK_ROWS, head=CHARSET)),
    "web page in utf-16": ("rows.xls", page(GBK_ROWS, encoding="utf-16")),
    "web page of another name": ("rows.html", page(TABLE)),
    "xml of 2003": ("rows.xls", xml_2003(XML_ROWS)),
    "xml of 2003 in gb2312": ("rows.xml", xml_2003(XML_ROWS.replace(">A<", ">上海<"), encoding="gb2312")),
    "xml of 2003 in utf-16": ("rows.xls", xml_2003(XML_ROWS, encoding="utf-16")),
    "text in gbk": ("rows.xls", "\n".join("\t".join(map(str, row)) for row in GBK_ROWS).encode("gbk") + b"\n"),
    "text in utf-16": ("rows.xls", ("\n".join("\t".join(map(str, row)) for row in GBK_ROWS) + "\n").encode("utf-16")),
}


@pytest.mark.parametrize("case", CONTAINERS, ids=list(CONTAINERS))
def test_the_same_rows_come_out_of_every_container(case: str, gate: Gate, tmp_path: Path) -> None:
    name, content = CONTAINERS[case]
    taken = gate(name, content, FULL)
    assert (taken.rows, taken.accepted, taken.rejected) == (3, 3, 0)
    snapshot = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").to_pylist()
    assert sum(row["value"] for row in snapshot) == GOOD_SUM
    assert [row["date"].date().isoformat() for row in snapshot] == ["2025-01-06", "2025-01-13", "2025-01-20"]
    assert [row["row"] for row in snapshot] == [2, 3, 4]


def _zip(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def compound(*names: str) -> bytes:
    """A compound file of one sector of directory, in which these streams are named and empty."""
    header = MAGIC + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108
    table = struct.pack("<2I", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * (512 - 8)
    entries = b""
    for at, name in enumerate(("Root Entry", *names)):
        letters = name.encode("utf-16-le")
        entry = letters + bytes(64 - len(letters)) + struct.pack("<HB", len(letters) + 2, 2 if at else 5)
        entries += entry + bytes(116 - len(entry)) + struct.pack("<3I", 0xFFFFFFFE, 0, 0)
    return header + table + entries + bytes(512 - len(entries))


FOREIGN = {
    "a locked workbook": ("rows.xlsx", compound("EncryptionInfo", "EncryptedPackage"), "password_protected", None),
    "a locked workbook under an old name": ("rows.xls", compound("EncryptedPackage"), "password_protected", None),
    "a locked open document": (
        "rows.ods",
        repacked(
            by_odfpy(DATED),
            lambda members: members.update({"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"}),
        ),
        "password_protected",
        None,
    ),
    "a letter": ("rows.xls", compound("WordDocument"), "not_what_its_name_says", "DOC"),
    "slides": ("rows.xls", compound("PowerPoint Document"), "not_what_its_name_says", "PPT"),
    "xls of 1990": ("rows.xls", b"\x09\x02\x06\0\0\0\x10\0", "not_what_its_name_says", "XLS 3.0"),
    "parquet": ("rows.xlsx", b"PAR1" + bytes(100), "not_what_its_name_says", "Parquet"),
    "duckdb": ("rows.xls", bytes(8) + b"DUCK" + bytes(100), "not_what_its_name_says", "DuckDB"),
    "sqlite": ("rows.csv", b"SQLite format 3\0" + bytes(100), "not_what_its_name_says", "SQLite"),
    "access": ("rows.csv", b"\0\x01\0\0Standard Jet DB\0", "not_what_its_name_says", "Access"),
    "pdf": ("rows.xls", b"%PDF-1.7\n", "not_what_its_name_says", "PDF"),
    "picture": ("rows.xlsx", b"\xff\xd8\xff\xe0" + bytes(100), "not_what_its_name_says", "JPEG"),
    "gzip": ("rows.xlsx", gzip.compress(b"a,b\n1,2\n"), "not_what_its_name_says", "gzip"),
    "zip of tables": ("rows.xlsx", _zip(rows_csv=b"a,b\n1,2\n"), "not_what_its_name_says", "ZIP"),
    "zip in a zip": ("rows.xlsx", _zip(inner_zip=_zip(rows_csv=b"a,b\n")), "not_what_its_name_says", "ZIP"),
    "open document text": (
        "rows.ods",
        _zip(mimetype=b"application/vnd.oasis.opendocument.text", content_xml=b"<a/>"),
        "not_what_its_name_says",
        "ZIP",
    ),
    "binary workbook of 2007": (
        "rows.xlsb",
        repacked(workbook(TABLE), lambda members: members.update({"xl/workbook.bin": b""})),
        "not_what_its_name_says",
        "XLSB",
    ),
    "saved page of several parts": ("rows.xls", b"MIME-Version: 1.0\nX: y\n", "not_what_its_name_says", "MHTML"),
    "xml of another kind": (
        "rows.xls",
        b"<?xml version='1.0'?><rss/>",
        "not_what_its_name_says",
        "XML of another kind",
    ),
    "text under the name of a packed workbook": ("rows.xlsx", b"a,b\n1,2\n", "not_what_its_name_says", "CSV"),
    "workbook under the name of a text": ("rows.csv", workbook(TABLE), "not_what_its_name_says", "XLSX"),
    "old workbook under the name of a text": ("rows.csv", by_xlwt(_rows_of_xls), "not_what_its_name_says", "XLS"),
    "page without a table": ("rows.xls", b"<html><body><p>login</p></body></html>", "no_table", None),
}


@pytest.mark.parametrize("case", FOREIGN, ids=list(FOREIGN))
def test_what_is_no_table_is_refused_by_its_name(case: str, gate: Gate) -> None:
    name, content, code, found = FOREIGN[case]
    with pytest.raises(DataError) as refusal:
        gate(name, content, FULL)
    assert (refusal.value.code, refusal.value.fields.get("found")) == (code, found)
    assert refusal.value.fields["file"] == name


def _parsed(path: Path, content: bytes) -> TextTable:
    path.write_bytes(content)
    return parse_text_table(path)


def test_a_binary_workbook_keeps_errors_percent_signs_and_hidden_rows(tmp_path: Path) -> None:
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("s")
        for at, name in enumerate(("month", "rate", "state", "dept")):
            sheet.write(0, at, name)
        for row in range(1, 7):
            sheet.write(row, 0, f"2025-0{row}")
        percent = xlwt.easyxf(num_format_str="0.0%")
        for row, value in enumerate((0.3, 0.135, 3), start=1):
            sheet.write(row, 1, value, percent)
        sheet.row(4).set_cell_error(1, 0x07)
        sheet.write(5, 1, 123456789.125)
        sheet.write(6, 1, -1.5)
        sheet.write(1, 2, True)
        sheet.write(2, 2, datetime(2025, 3, 5, 8, 30), xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm"))  # noqa: DTZ001
        sheet.write(3, 2, time(8, 30), xlwt.easyxf(num_format_str="hh:mm"))
        sheet.write(4, 2, 120000, xlwt.easyxf(num_format_str='0!.0,"万"'))
        sheet.write(5, 2, 2.5, xlwt.easyxf(num_format_str='0.0"万元"'))
        sheet.write_merge(2, 4, 3, 3, "质检部")
        sheet.row(3).hidden = True
        sheet.col(3).hidden = True

    table = _parsed(tmp_path / "old.xls", by_xlwt(fill))
    assert [row[1] for row in table.rows] == ["30%", "13.5%", "300%", "#DIV/0!", "123456789.125", "-1.5"]
    assert [row[2] for row in table.rows][:4] == ["TRUE", "2025-03-05 08:30:00", "08:30:00", "120000"]
    assert table.rows[4][2] == "2.5万元"
    assert [row[3] for row in table.rows] == ["", "质检部", "质检部", "质检部", "", ""]
    assert {"error_cells", "hidden_rows", "hidden_columns", "merged_cells", "scaled_formats"} <= set(table.notes)


def test_numbers_of_a_chart_inside_a_sheet_are_no_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = xlwt.Worksheet.get_biff_data

    def with_chart(sheet: xlwt.Worksheet) -> bytes:
        content = made(sheet)
        begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x20, 0, 0, 0, 0)
        cached = b"".join(
            struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, 22.48) for row in range(3) for column in range(2)
        )
        return bytes(content[:-4] + begin + cached + b"\x0a\0\0\0" + content[-4:])

    monkeypatch.setattr(xlwt.Worksheet, "get_biff_data", with_chart)
    try:
        table = _parsed(tmp_path / "chart.xls", by_xlwt(_rows_of_xls))
    except DataError as refusal:
        assert refusal.code == "cells_in_doubt"  # noqa: PT017
    else:
        assert table.rows == tuple(tuple(map(str, row)) for row in TABLE[1:])


def test_a_number_the_parser_reads_otherwise_than_its_record_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("valueviz.intake.binary._unpacked", float)
    with pytest.raises(DataError) as refusal:
        _parsed(tmp_path / "old.xls", by_xlwt(_rows_of_xls))
    assert refusal.value.code == "cells_in_doubt"
    assert (refusal.value.fields["row"], refusal.value.fields["column"]) == (2, "C")


def test_a_web_page_is_read_as_a_browser_shows_it(tmp_path: Path) -> None:
    html = """<!DOCTYPE html><html><head><title>日报 <b>x</b></title><script>document.write("<table><tr><td>evil")</script></head>
    <body onload="alert(1)"><!-- <table><tr><td>old</td></tr></table> -->
    <TABLE BORDER=1><CAPTION>月报</CAPTION><thead>
    <tr><th rowspan=2>月份</th><th colspan="2">采购&nbsp;部</th><th rowspan="2">备注&amp;说明</th>
    <tr><th>金额<br>(万元)</th><th>审批&#21608;期</th></tr></thead>
    <tr><td>2025-01<td x:num="1234.5678" align=right>1,234.57</td><td x:num>3<td></td>
    <tr style="display:none"><td rowspan='2'>2025-02</td><td sdval="0.305">30.5%</td><td>4</td><td>a > b, "c"</td></tr>
    <tr><td x:num="45726">2025-03-10</td><td>5</td><td title="x > y">
    <p>第一段</p><p>第二段</p></td></tr>
    </TABLE></body></html>"""
    table = _parsed(tmp_path / "page.xls", html.encode())
    assert table.header == ("月份", "采购 部/金额 (万元)", "采购 部/审批周期", "备注&说明")
    assert table.rows == (
        ("2025-01", "1234.5678", "3", ""),
        ("2025-02", "30.5%", "4", 'a > b, "c"'),
        ("2025-02", "2025-03-10", "5", "第一段 第二段"),
    )
    assert table.numbers == (3, 4, 5)
    assert {"web_page", "hidden_rows", "merged_cells", "header_rows_joined"} <= set(table.notes)


def test_a_table_inside_a_cell_is_a_table_of_its_own(tmp_path: Path) -> None:
    inner = "<table><tr><td>day</td><td>value</td></tr><tr><td>2025-01-06</td><td>3</td></tr></table>"
    table = _parsed(tmp_path / "page.xls", f"<table><tr><td>menu</td><td>{inner}</td></tr></table>".encode())
    assert (table.header, table.rows) == (("day", "value"), (("2025-01-06", "3"),))


def test_xml_of_2003_places_cells_by_index_and_spans(tmp_path: Path) -> None:
    rows = (
        xml_row("月份", "比率", "部门", "状态", attributes=' ss:Index="3"')
        + '<Row><Cell><Data ss:Type="String">2025-01</Data></Cell><Cell ss:StyleID="p"><Data ss:Type="Number">0.305</Data></Cell>'
        '<Cell ss:MergeDown="1"><Data ss:Type="String">质检部</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>'
        '<Row ss:Hidden="1"><Cell><Data ss:Type="String">2025-02</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell>'
        '<Cell ss:Index="4" ss:Formula="=RC[-1]*2"/></Row>'
        '<Row ss:Index="9"><Cell ss:Index="1"><Data ss:Type="String">2025-03</Data><Comment><Data ss:Type="String">no</Data></Comment></Cell>'
        '<Cell><Data ss:Type="Number">1E3</Data></Cell></Row>'
    )
    styles = '<Style ss:ID="p"><NumberFormat ss:Format="0.0%"/></Style>'
    table = _parsed(tmp_path / "book.xls", xml_2003(rows, styles=styles))
    assert table.rows == (
        ("2025-01", "30.5%", "质检部", "TRUE"),
        ("2025-02", "#N/A", "质检部", "=RC[-1]*2"),
        ("2025-03", "1000", "", ""),
    )
    assert table.numbers == (4, 5, 9)
    assert {"error_cells", "formulas_without_value", "hidden_rows", "merged_cells"} <= set(table.notes)


def test_an_open_document_keeps_percentages_times_repeats_and_errors(tmp_path: Path) -> None:
    def edit(table: odf.table.Table) -> None:
        row = odf.table.TableRow(visibility="collapse")
        row.addElement(ods_cell("2025-03"))
        row.addElement(odf.table.TableCell(valuetype="percentage", value="0.305"))
        row.addElement(odf.table.TableCell(valuetype="time", timevalue="PT30H05M09S"))
        table.addElement(row)
        row = odf.table.TableRow()
        row.addElement(ods_cell("2025-04"))
        failed = odf.table.TableCell(valuetype="string", formula="of:=1/0")
        failed.addElement(odf.text.P(text="#DIV/0!"))
        row.addElement(failed)
        row.addElement(odf.table.TableCell(valuetype="boolean", booleanvalue="true"))
        table.addElement(row)
        row = odf.table.TableRow(numberrowsrepeated="2")
        row.addElement(ods_cell("2025-05"))
        row.addElement(odf.table.TableCell(valuetype="currency", value="7.5", numbercolumnsrepeated="2"))
        table.addElement(row)
        blank = odf.table.TableRow(numberrowsrepeated="1048000")
        blank.addElement(odf.table.TableCell(numbercolumnsrepeated="16384"))
        table.addElement(blank)

    table = _parsed(
        tmp_path / "book.ods", by_odfpy([["month", "rate", "length"], [date(2025, 1, 6), 3.5, None]], edit=edit)
    )
    assert table.rows == (
        ("2025-01-06", "3.5", ""),
        ("2025-03", "30.5%", "30:05:09"),
        ("2025-04", "#DIV/0!", "TRUE"),
        ("2025-05", "7.5", "7.5"),
        ("2025-05", "7.5", "7.5"),
    )
    assert {"error_cells", "hidden_rows"} <= set(table.notes)


def test_macros_and_links_are_noted_and_left_alone(tmp_path: Path) -> None:
    def add(members: dict[str, bytes]) -> None:
        members["xl/vbaProject.bin"] = b"\xd0\xcf"
        members["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    table = _parsed(tmp_path / "macro.xlsm", repacked(workbook(TABLE), add))
    assert len(table.rows) == 3
    assert {"macros_ignored", "external_links"} <= set(table.notes)


def test_durations_and_divided_numbers_are_read_as_they_are_stored(tmp_path: Path) -> None:
    def edit(book: object) -> None:
        sheet = book.active  # type: ignore[attr-defined]
        sheet["C2"].number_format = "[h]:mm"
        sheet["C3"].number_format = '0!.0,"万"'
        sheet["C4"].number_format = '"¥"#,##0.00'

    rows: list[list[Any]] = [
        ["month", "site", "value"],
        ["2025-01", "A", 1.25],
        ["2025-02", "A", 120000],
        ["2025-03", "A", 12.5],
    ]
    table = _parsed(tmp_path / "formats.xlsx", workbook(rows, edit=edit))
    assert [row[2] for row in table.rows] == ["30:00:00", "120000", "12.5"]
    assert "scaled_formats" in table.notes


def test_a_unit_shown_by_a_number_format_is_that_of_the_cell(tmp_path: Path) -> None:
    formats = ('0.0"万元"', "#,##0\\天", '0.0"‰";-0.0"‰"', '0"次"', '0.0,"千元"', '0!.0000"万元"')

    def edit(book: object) -> None:
        for row, code in enumerate(formats, start=2):
            book.active[f"C{row}"].number_format = code  # type: ignore[attr-defined]

    rows: list[list[Any]] = [["month", "site", "value"], *([f"2025-0{at}", "A", 2.5] for at in range(1, 7))]
    table = _parsed(tmp_path / "formats.xlsx", workbook(rows, edit=edit))
    assert [row[2] for row in table.rows] == ["2.5万元", "2.5天", "2.5‰", "2.5", "2.5", "2.5"]
    assert "scaled_formats" in table.notes

    def plain(book: object) -> None:
        book.active["C2"].number_format = formats[0]  # type: ignore[attr-defined]

    table = _parsed(tmp_path / "plain.xlsx", workbook(rows, edit=plain))
    assert (table.rows[0][2], "scaled_formats" in table.notes) == ("2.5万元", False)


def test_a_formula_as_text_stays_text(tmp_path: Path) -> None:
    def quoted(members: dict[str, bytes]) -> None:
        members[SHEET] = members[SHEET].replace(b"<v>4</v>", b"<v>4</v>")

    def edit(book: object) -> None:
        book.active["B2"].data_type = "s"  # type: ignore[attr-defined]

    rows: list[list[Any]] = [["date", "site", "value"], ["2025-01-06", "=1+1", 3.5]]
    table = _parsed(tmp_path / "text.xlsx", repacked(workbook(rows, edit=edit), quoted))
    assert table.rows == (("2025-01-06", "=1+1", "3.5"),)


def test_a_long_column_reads_as_its_cells_do_one_by_one() -> None:
    numbers = [float(at) for at in range(2000)]
    fractions = [at + 0.25 for at in range(2000)]
    columns: tuple[list[Any], ...] = (
        ["head", *numbers, -0.0, 1e15, 1e16, 1e300],
        ["head", *fractions, 3.0, -0.0, 5e-324],
        ["head", *fractions, "", "—", 3.0],
        ["head", *numbers, True, False],
        ["head", *[date(2025, 3, 5), datetime(2025, 3, 5), ""] * 700],  # noqa: DTZ001
        ["head", *[timedelta(hours=30), 2, 2.0] * 700],
    )
    for column in columns:
        assert texts_of(column) == [text_of(cell) for cell in column]
